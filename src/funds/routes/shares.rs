//! Routes of the shares of an assessment.

use actix_web::get;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::exact;
use crate::funds::domain::plan::Taken;
use crate::funds::repo::AssessmentLine;
use crate::funds::service::printed;
use crate::funds::service::roll::Used;
use crate::funds::service::shares;
use crate::funds::service::shares::Seen;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::AssessmentLineId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::SizeFactId;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_assessment_shares);
}

/// One member's share, with all that it is made of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ShareView {
    id: AssessmentLineId,
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    #[schema(max_length = 60)]
    class: Option<String>,
    #[schema(max_length = 80)]
    owner: Option<String>,
    /// The first size used, in the unit of its measure; null where sizes do not matter.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    size: Option<i64>,
    /// The statement that says so.
    size_fact_id: Option<SizeFactId>,
    /// `verified`, `declared`, `estimated` or `fallback`.
    #[schema(max_length = 20)]
    size_status: Option<String>,
    /// All sizes used.
    #[schema(max_items = 100)]
    sizes: Vec<Used>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    floor_minor: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    cap_minor: Option<i64>,
    /// The weight of a split, or what a rule charges for a whole season.
    #[schema(max_length = 1000)]
    weight: Option<String>,
    /// What led to the amount.
    #[schema(max_items = 2_100)]
    steps: Vec<Taken>,
    /// First day of liability, where it is not the season's.
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    liable_from: Option<NaiveDate>,
    /// The share before rounding, in minor units, as a whole number or a fraction.
    #[schema(max_length = 1000)]
    exact_share: String,
    /// What rounding added, in minor units, as a fraction; less than the quantum.
    #[schema(max_length = 1000)]
    rounding: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

impl ShareView {
    /// Everything of a line.
    pub(super) fn whole(line: AssessmentLine) -> Self {
        let rounding =
            exact::read(&line.exact).map(|share| exact::rounding(line.amount_minor, &share));
        Self {
            id: line.id,
            rounding: rounding.map(|r| r.to_string()).unwrap_or_default(),
            sizes: printed::used_by(&line, ""),
            steps: printed::steps_of(&line),
            membership_id: line.membership_id,
            merchant_name: line.merchant_name,
            class: line.class,
            owner: line.owner,
            size: line.size,
            size_fact_id: line.size_fact_id,
            size_status: line.size_status,
            floor_minor: line.floor_minor,
            cap_minor: line.cap_minor,
            weight: line.weight,
            liable_from: line.liable_from,
            exact_share: line.exact,
            amount_minor: line.amount_minor,
        }
    }
}

/// A share as the caller may see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SeenShare {
    id: AssessmentLineId,
    membership_id: MembershipId,
    #[schema(max_length = 80)]
    merchant_name: String,
    /// `whole`, `amount` or `band`.
    #[schema(max_length = 10)]
    seen: &'static str,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: Option<i64>,
    /// The band begins here; included.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    from_minor: Option<i64>,
    /// The band ends here; excluded.
    #[schema(minimum = 0, maximum = 9_223_372_036_854_775_807_i64)]
    to_minor: Option<i64>,
    /// All of it, where the caller may see it.
    share: Option<ShareView>,
}

impl From<Seen> for SeenShare {
    fn from(seen: Seen) -> Self {
        let line = seen.line();
        let mut view = Self {
            id: line.id,
            membership_id: line.membership_id,
            merchant_name: line.merchant_name.clone(),
            seen: "band",
            amount_minor: None,
            from_minor: None,
            to_minor: None,
            share: None,
        };
        match seen {
            Seen::Whole(line) => {
                view.seen = "whole";
                view.amount_minor = Some(line.amount_minor);
                view.share = Some(ShareView::whole(*line));
            }
            Seen::Amount(line) => {
                view.seen = "amount";
                view.amount_minor = Some(line.amount_minor);
            }
            Seen::Band(_, (from, to)) => {
                view.from_minor = Some(from);
                view.to_minor = Some(to);
            }
        }
        view
    }
}

/// List the shares of an assessment
///
/// Organizers, treasurers and observers see every share; a member sees its own, and of the others the amount, a
/// band of round amounts, or nothing, as the policy or the by-laws say.
#[utoipa::path(tag = "money", params(("assessment_id" = AssessmentId, Path), PageParams),
    responses((status = 200, body = ListOf<SeenShare>, description = "One page")))]
#[get("/v1/assessments/{assessment_id}/shares")]
async fn list_assessment_shares(call: Call, id: Path<AssessmentId>) -> Answer {
    let slice = shares::page(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(SeenShare::from)))
}
