//! Routes of pledges.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Pledge;
use crate::funds::routes::fields;
use crate::funds::service::pledges;
use crate::funds::service::pledges::NewPledge;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PledgeId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(offer_pledge)
        .service(list_pledges)
        .service(read_pledge)
        .service(accept_pledge)
        .service(withdraw_pledge)
        .service(convert_pledge);
}

/// What a member offers of its own accord.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"amount_minor": 100_000, "purpose": "Lanterns for the bridge", "valid_until": "2199-10-31"}))]
struct OfferPledge {
    /// The member, where the caller acts for several.
    membership_id: Option<MembershipId>,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// What it is for.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    purpose: String,
    /// Last day on which it may be converted; after it the pledge lapses.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    valid_until: NaiveDate,
}

/// When a pledge is to be paid.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"due_on": "2199-11-15"}))]
struct ConvertPledge {
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    due_on: NaiveDate,
}

/// An offer; nothing is posted before it is converted.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PledgeView {
    id: PledgeId,
    fund_id: FundId,
    membership_id: MembershipId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(max_length = 80)]
    purpose: String,
    #[schema(value_type = String, format = Date, max_length = 10)]
    valid_until: NaiveDate,
    /// `offered`, `accepted`, `converted`, `withdrawn` or `lapsed`.
    #[schema(max_length = 20)]
    state: String,
    /// The notice that it was converted into.
    notice_id: Option<LevyNoticeId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Pledge> for PledgeView {
    fn from(row: Pledge) -> Self {
        Self {
            id: row.id,
            fund_id: row.fund_id,
            membership_id: row.membership_id,
            amount_minor: row.amount_minor,
            purpose: row.purpose,
            valid_until: row.valid_until,
            state: row.state,
            notice_id: row.notice_id,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn changed(row: Pledge) -> Reply<PledgeView> {
    let version = row.version;
    Reply::ok(PledgeView::from(row)).version(version)
}

/// Offer a pledge
///
/// Members, to a fund that is not closing. Nothing is posted.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = OfferPledge,
    responses((status = 201, body = PledgeView, description = "The pledge")))]
#[post("/v1/funds/{fund_id}/pledges")]
async fn offer_pledge(call: Call, id: Path<FundId>, body: Json<OfferPledge>) -> Answer {
    call.run(&body, async |act| {
        let new = NewPledge {
            membership: body.membership_id,
            amount_minor: body.amount_minor,
            purpose: &body.purpose,
            valid_until: body.valid_until,
        };
        let row = pledges::offer(act, *id, &new).await?;
        let location = format!("/v1/pledges/{}", row.id);
        Ok(Reply::created(location, PledgeView::from(row)).version(1))
    })
    .await
}

/// List pledges
///
/// Organizers, treasurers and observers see all; a member sees its own.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<PledgeView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/pledges")]
async fn list_pledges(call: Call, id: Path<FundId>) -> Answer {
    let slice = pledges::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(PledgeView::from)))
}

/// Read a pledge
///
/// Organizers, treasurers and observers, and the member itself; for other members it does not exist.
#[utoipa::path(tag = "money", params(("pledge_id" = PledgeId, Path)),
    responses((status = 200, body = PledgeView, description = "The pledge")))]
#[get("/v1/pledges/{pledge_id}")]
async fn read_pledge(call: Call, id: Path<PledgeId>) -> Answer {
    let row = pledges::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(PledgeView::from(row), version))
}

/// Accept a pledge
///
/// Organizers and treasurers.
#[utoipa::path(tag = "money", params(("pledge_id" = PledgeId, Path)),
    responses((status = 200, body = PledgeView, description = "The pledge, accepted")))]
#[post("/v1/pledges/{pledge_id}/accept")]
async fn accept_pledge(call: Call, id: Path<PledgeId>) -> Answer {
    call.run_bare(async |act| Ok(changed(pledges::accept(act, *id).await?)))
        .await
}

/// Withdraw a pledge
///
/// The member itself, until the pledge is converted.
#[utoipa::path(tag = "money", params(("pledge_id" = PledgeId, Path)),
    responses((status = 200, body = PledgeView, description = "The pledge, withdrawn")))]
#[post("/v1/pledges/{pledge_id}/withdraw")]
async fn withdraw_pledge(call: Call, id: Path<PledgeId>) -> Answer {
    call.run_bare(async |act| Ok(changed(pledges::withdraw(act, *id).await?)))
        .await
}

/// Convert a pledge into a notice
///
/// Treasurers. The member owes it from then on, like any other notice.
#[utoipa::path(tag = "money", params(("pledge_id" = PledgeId, Path)), request_body = ConvertPledge,
    responses((status = 200, body = PledgeView, description = "The pledge, converted")))]
#[post("/v1/pledges/{pledge_id}/convert")]
async fn convert_pledge(call: Call, id: Path<PledgeId>, body: Json<ConvertPledge>) -> Answer {
    call.run(&body, async |act| {
        Ok(changed(pledges::convert(act, *id, body.due_on).await?))
    })
    .await
}
