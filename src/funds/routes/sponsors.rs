//! Routes of sponsor deals.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::sponsor::ReturnOrder;
use crate::funds::repo::Deal;
use crate::funds::routes::fields;
use crate::funds::service::closing;
use crate::funds::service::sponsors;
use crate::funds::service::sponsors::NewDeal;
use crate::funds::service::sponsors::NewReceipt;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::SponsorDealId;
use crate::kernel::ids::UserId;
use crate::kernel::rational::Exact;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(agree_sponsor_deal)
        .service(list_sponsor_deals)
        .service(read_sponsor_deal)
        .service(earn_sponsor_match)
        .service(receive_sponsor_match)
        .service(return_sponsor_match);
}

/// Terms with a sponsor.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"sponsor": "Tea Machines Ltd", "ratio": "1/2", "cap_minor": 2_000_000}))]
struct AgreeSponsorDeal {
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    sponsor: String,
    /// Sponsor's money per unit of members' cash, above zero: `"0.5"` or `"1/2"`.
    ratio: Exact,
    /// Most of the match.
    #[garde(inner(range(min = 0, max = fields::MOST)))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    /// What the sponsor's programme has accrued for this alliance.
    #[garde(inner(range(min = 0, max = fields::MOST)))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    accrued_minor: Option<i64>,
    /// What the money must be used for; needs a decision of the members.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    restriction: Option<String>,
    /// Whose money comes back first; other than `pro_rata` it needs a decision of the members.
    #[serde(default)]
    return_rule: ReturnOrder,
}

/// Money from a sponsor.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"amount_minor": 1, "received_on": "2026-01-15", "reference": "bank line 31"}))]
struct ReceiveSponsorMatch {
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// The day on which the bank received it; not a day to come.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    received_on: NaiveDate,
    /// Where it stands on the bank's statement.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reference: String,
}

/// A sponsor deal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SponsorDealView {
    id: SponsorDealId,
    fund_id: FundId,
    #[schema(max_length = 80)]
    sponsor: String,
    /// Exact: an integer or a fraction.
    #[schema(max_length = 80)]
    ratio: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    accrued_minor: Option<i64>,
    #[schema(max_length = 80)]
    restriction: Option<String>,
    /// `pro_rata`, `sponsor_first` or `members_first`.
    #[schema(max_length = 20)]
    return_rule: String,
    /// Whether it takes effect only by a decision of the members.
    needs_mandate: bool,
    mandate_id: Option<MandateId>,
    /// What the sponsor owes on the cash that the members paid.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    earned_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    received_minor: i64,
    /// Its part of what was not spent, known once the fund is closing.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    return_minor: i64,
    /// `agreed`, `earned`, `paid` or `returned`.
    #[schema(max_length = 20)]
    state: String,
    agreed_by: UserId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Deal> for SponsorDealView {
    fn from(row: Deal) -> Self {
        Self {
            needs_mandate: sponsors::has_strings(&row),
            id: row.id,
            fund_id: row.fund_id,
            sponsor: row.sponsor,
            ratio: row.ratio,
            cap_minor: row.cap_minor,
            accrued_minor: row.accrued_minor,
            restriction: row.restriction,
            return_rule: row.return_rule,
            mandate_id: row.mandate_id,
            earned_minor: row.earned_minor,
            received_minor: row.received_minor,
            return_minor: row.return_minor,
            state: row.state,
            agreed_by: row.agreed_by,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

fn shown(row: Deal) -> Reply<SponsorDealView> {
    let version = row.version;
    Reply::ok(SponsorDealView::from(row)).version(version)
}

/// Agree a sponsor deal
///
/// Organizers and treasurers. With a restriction or another return rule than `pro_rata` it takes effect by a
/// decision of the members on the matter `sponsor_deal`.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = AgreeSponsorDeal,
    responses((status = 201, body = SponsorDealView, description = "The deal")))]
#[post("/v1/funds/{fund_id}/sponsor-deals")]
async fn agree_sponsor_deal(call: Call, id: Path<FundId>, body: Json<AgreeSponsorDeal>) -> Answer {
    call.run(&body, async |act| {
        let new = NewDeal {
            sponsor: &body.sponsor,
            ratio: &body.ratio,
            cap_minor: body.cap_minor,
            accrued_minor: body.accrued_minor,
            restriction: body.restriction.as_deref(),
            return_rule: body.return_rule,
        };
        let row = sponsors::agree(act, *id, &new).await?;
        let (location, version) = (format!("/v1/sponsor-deals/{}", row.id), row.version);
        Ok(Reply::created(location, SponsorDealView::from(row)).version(version))
    })
    .await
}

/// List sponsor deals
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<SponsorDealView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/sponsor-deals")]
async fn list_sponsor_deals(call: Call, id: Path<FundId>) -> Answer {
    let slice = sponsors::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(SponsorDealView::from)))
}

/// Read a sponsor deal
///
/// Everybody in the alliance.
#[utoipa::path(tag = "money", params(("deal_id" = SponsorDealId, Path)),
    responses((status = 200, body = SponsorDealView, description = "The deal")))]
#[get("/v1/sponsor-deals/{deal_id}")]
async fn read_sponsor_deal(call: Call, id: Path<SponsorDealId>) -> Answer {
    let row = sponsors::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(SponsorDealView::from(row), version))
}

/// Compute a sponsor's match
///
/// Organizers and treasurers. The ratio times the cash levies received so far, rounded down, at most the cap and at
/// most what has accrued. Repeat it as more comes in.
#[utoipa::path(tag = "money", params(("deal_id" = SponsorDealId, Path)),
    responses((status = 200, body = SponsorDealView, description = "The deal, with what is earned")))]
#[post("/v1/sponsor-deals/{deal_id}/earn")]
async fn earn_sponsor_match(call: Call, id: Path<SponsorDealId>) -> Answer {
    call.run_bare(async |act| Ok(shown(sponsors::earn(act, *id).await?)))
        .await
}

/// Record money from a sponsor
///
/// Treasurers. At most what is earned and not paid yet; it is posted to the fund's bank.
#[utoipa::path(tag = "money", params(("deal_id" = SponsorDealId, Path)), request_body = ReceiveSponsorMatch,
    responses((status = 200, body = SponsorDealView, description = "The deal, with what was received")))]
#[post("/v1/sponsor-deals/{deal_id}/receive")]
async fn receive_sponsor_match(
    call: Call,
    id: Path<SponsorDealId>,
    body: Json<ReceiveSponsorMatch>,
) -> Answer {
    call.run(&body, async |act| {
        let new = NewReceipt {
            amount_minor: body.amount_minor,
            received_on: body.received_on,
            reference: &body.reference,
        };
        Ok(shown(sponsors::receive(act, *id, &new).await?))
    })
    .await
}

/// Pay a sponsor its part back
///
/// Treasurers, in a fund that is closing: the sponsor's part of what was not spent leaves the fund.
#[utoipa::path(tag = "money", params(("deal_id" = SponsorDealId, Path)),
    responses((status = 200, body = SponsorDealView, description = "The deal, returned")))]
#[post("/v1/sponsor-deals/{deal_id}/return")]
async fn return_sponsor_match(call: Call, id: Path<SponsorDealId>) -> Answer {
    call.run_bare(async |act| Ok(shown(closing::return_match(act, *id).await?)))
        .await
}
