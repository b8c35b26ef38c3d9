//! Routes of gifts in kind.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Gift;
use crate::funds::routes::fields;
use crate::funds::service::in_kind;
use crate::funds::service::in_kind::NewGift;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::InKindId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(propose_in_kind)
        .service(list_in_kind)
        .service(read_in_kind)
        .service(agree_in_kind)
        .service(reject_in_kind)
        .service(deliver_in_kind);
}

/// Goods or work instead of money.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"donor": "Print & Co", "line": "posters", "description": "200 posters", "value_minor": 180_000}))]
struct ProposeInKind {
    /// Who gives, where it is no member.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    donor: Option<String>,
    /// The member that gives.
    membership_id: Option<MembershipId>,
    /// The line of the budget.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    line: String,
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    description: String,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    value_minor: i64,
    /// Whether it pays what the member owes, where the by-laws let it.
    #[serde(default)]
    counts: bool,
}

/// A delivery.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"delivered_on": "2026-01-15"}))]
struct DeliverInKind {
    /// Not a day to come.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    delivered_on: NaiveDate,
}

/// A gift in kind.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct InKindView {
    id: InKindId,
    fund_id: FundId,
    #[schema(max_length = 80)]
    donor: String,
    membership_id: Option<MembershipId>,
    #[schema(max_length = 80)]
    line: String,
    #[schema(max_length = 80)]
    description: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    value_minor: i64,
    /// Whether it pays what the member owes.
    counts: bool,
    /// How much of it did.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    counts_minor: i64,
    /// `proposed`, `agreed`, `delivered` or `rejected`.
    #[schema(max_length = 20)]
    state: String,
    proposed_by: UserId,
    decided_by: Option<UserId>,
    mandate_id: Option<MandateId>,
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    delivered_on: Option<NaiveDate>,
    transaction_id: Option<LedgerTransactionId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Gift> for InKindView {
    fn from(row: Gift) -> Self {
        Self {
            id: row.id,
            fund_id: row.fund_id,
            donor: row.donor,
            membership_id: row.membership_id,
            line: row.line,
            description: row.description,
            value_minor: row.value_minor,
            counts: row.counts,
            counts_minor: row.counts_minor,
            state: row.state,
            proposed_by: row.proposed_by,
            decided_by: row.decided_by,
            mandate_id: row.mandate_id,
            delivered_on: row.delivered_on,
            transaction_id: row.transaction_id,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn shown(row: Gift) -> Reply<InKindView> {
    let version = row.version;
    Reply::ok(InKindView::from(row)).version(version)
}

/// Propose a gift in kind
///
/// Organizers and treasurers. Its value is agreed before it is delivered.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = ProposeInKind,
    responses((status = 201, body = InKindView, description = "The gift, proposed")))]
#[post("/v1/funds/{fund_id}/in-kind")]
async fn propose_in_kind(call: Call, id: Path<FundId>, body: Json<ProposeInKind>) -> Answer {
    call.run(&body, async |act| {
        let new = NewGift {
            donor: body.donor.as_deref(),
            membership: body.membership_id,
            line: &body.line,
            description: &body.description,
            value_minor: body.value_minor,
            counts: body.counts,
        };
        let row = in_kind::propose(act, *id, &new).await?;
        let (location, version) = (format!("/v1/in-kind/{}", row.id), row.version);
        Ok(Reply::created(location, InKindView::from(row)).version(version))
    })
    .await
}

/// List gifts in kind
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<InKindView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/in-kind")]
async fn list_in_kind(call: Call, id: Path<FundId>) -> Answer {
    let slice = in_kind::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(InKindView::from)))
}

/// Read a gift in kind
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("in_kind_id" = InKindId, Path)),
    responses((status = 200, body = InKindView, description = "The gift")))]
#[get("/v1/in-kind/{in_kind_id}")]
async fn read_in_kind(call: Call, id: Path<InKindId>) -> Answer {
    let row = in_kind::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(InKindView::from(row), version))
}

/// Agree to the value of a gift
///
/// Organizers and treasurers, but never whoever proposed it. Above the by-laws' limit it needs a decision of the
/// members on the matter `sponsor_deal`.
#[utoipa::path(tag = "money", params(("in_kind_id" = InKindId, Path)),
    responses((status = 200, body = InKindView, description = "The gift, agreed")))]
#[post("/v1/in-kind/{in_kind_id}/agree")]
async fn agree_in_kind(call: Call, id: Path<InKindId>) -> Answer {
    call.run_bare(async |act| Ok(shown(in_kind::agree(act, *id).await?)))
        .await
}

/// Reject a gift in kind
///
/// Organizers and treasurers; also gives up an agreed one that was not delivered.
#[utoipa::path(tag = "money", params(("in_kind_id" = InKindId, Path)),
    responses((status = 200, body = InKindView, description = "The gift, rejected")))]
#[post("/v1/in-kind/{in_kind_id}/reject")]
async fn reject_in_kind(call: Call, id: Path<InKindId>) -> Answer {
    call.run_bare(async |act| Ok(shown(in_kind::reject(act, *id).await?)))
        .await
}

/// Record the delivery of a gift
///
/// Treasurers. Its value is posted on both sides and touches no bank; it is never refunded.
#[utoipa::path(tag = "money", params(("in_kind_id" = InKindId, Path)), request_body = DeliverInKind,
    responses((status = 200, body = InKindView, description = "The gift, delivered and posted")))]
#[post("/v1/in-kind/{in_kind_id}/deliver")]
async fn deliver_in_kind(call: Call, id: Path<InKindId>, body: Json<DeliverInKind>) -> Answer {
    call.run(&body, async |act| {
        Ok(shown(in_kind::deliver(act, *id, body.delivered_on).await?))
    })
    .await
}
