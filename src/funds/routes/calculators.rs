//! Routes of the money calculators: the rules without the paperwork, for everybody.

use actix_web::post;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::calculators;
use crate::funds::calculators::ApportionmentAnswer;
use crate::funds::calculators::ApportionmentRequest;
use crate::funds::calculators::FundClosingRequest;
use crate::funds::calculators::InstalmentsAnswer;
use crate::funds::calculators::InstalmentsRequest;
use crate::funds::calculators::LevyAnswer;
use crate::funds::calculators::LevyOwnerCapAnswer;
use crate::funds::calculators::LevyOwnerCapRequest;
use crate::funds::calculators::LevyRequest;
use crate::funds::calculators::RefundAnswer;
use crate::funds::calculators::RefundRequest;
use crate::funds::calculators::SponsorMatchAnswer;
use crate::funds::calculators::SponsorMatchRequest;
use crate::funds::calculators::TrueUpAnswer;
use crate::funds::calculators::TrueUpRequest;
use crate::funds::domain::sponsor::Closing;
use crate::http::calculate;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;

/// Mounts the calculators.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(calculate_apportionment)
        .service(calculate_true_up)
        .service(calculate_levy)
        .service(calculate_levy_owner_cap)
        .service(calculate_instalments)
        .service(calculate_refund)
        .service(calculate_sponsor_match)
        .service(calculate_fund_closing);
}

/// Split a budget
///
/// Anybody; nothing is stored: a budget is split by one weight per member, or by a mix of measures.
#[utoipa::path(tag = "calculators", request_body = ApportionmentRequest,
    responses((status = 200, body = ApportionmentAnswer, description = "What everybody pays")))]
#[post("/v1/calculators/apportionment")]
async fn calculate_apportionment(call: Call, body: Json<ApportionmentRequest>) -> Answer {
    calculate::run(&call, body, calculators::apportionment).await
}

/// True up a season
///
/// Anybody; nothing is stored: bills during a season, final amounts, and the notes between them.
#[utoipa::path(tag = "calculators", request_body = TrueUpRequest,
    responses((status = 200, body = TrueUpAnswer, description = "The season trued up")))]
#[post("/v1/calculators/true-up")]
async fn calculate_true_up(call: Call, body: Json<TrueUpRequest>) -> Answer {
    calculate::run(&call, body, calculators::true_up).await
}

/// Try a levy rule on one member
///
/// Anybody; nothing is stored: a rule is tried before it is adopted.
#[utoipa::path(tag = "calculators", request_body = LevyRequest,
    responses((status = 200, body = LevyAnswer, description = "What the member owes, with the arithmetic")))]
#[post("/v1/calculators/levy")]
async fn calculate_levy(call: Call, body: Json<LevyRequest>) -> Answer {
    calculate::run(&call, body, calculators::levy).await
}

/// Cap a levy per owner
///
/// Anybody; nothing is stored: units are charged one by one, and each owner is brought down to the cap.
#[utoipa::path(tag = "calculators", request_body = LevyOwnerCapRequest,
    responses((status = 200, body = LevyOwnerCapAnswer, description = "What every unit owes")))]
#[post("/v1/calculators/levy-owner-cap")]
async fn calculate_levy_owner_cap(call: Call, body: Json<LevyOwnerCapRequest>) -> Answer {
    calculate::run(&call, body, calculators::levy_owner_cap).await
}

/// Split an amount into instalments
///
/// Anybody; nothing is stored: parts differ by at most one minor unit, larger ones first.
#[utoipa::path(tag = "calculators", request_body = InstalmentsRequest,
    responses((status = 200, body = InstalmentsAnswer, description = "The plan")))]
#[post("/v1/calculators/instalments")]
async fn calculate_instalments(call: Call, body: Json<InstalmentsRequest>) -> Answer {
    calculate::run(&call, body, calculators::instalments).await
}

/// Divide unspent money
///
/// Anybody; nothing is stored: by cash paid, after arrears.
#[utoipa::path(tag = "calculators", request_body = RefundRequest,
    responses((status = 200, body = RefundAnswer, description = "Who gets what")))]
#[post("/v1/calculators/refund")]
async fn calculate_refund(call: Call, body: Json<RefundRequest>) -> Answer {
    calculate::run(&call, body, calculators::refund).await
}

/// Compute a sponsor's match
///
/// Anybody; nothing is stored: the least of ratio, cap and what has accrued.
#[utoipa::path(tag = "calculators", request_body = SponsorMatchRequest,
    responses((status = 200, body = SponsorMatchAnswer, description = "What the sponsor adds")))]
#[post("/v1/calculators/sponsor-match")]
async fn calculate_sponsor_match(call: Call, body: Json<SponsorMatchRequest>) -> Answer {
    calculate::run(&call, body, calculators::sponsor_match).await
}

/// Divide what is left of a fund
///
/// Anybody; nothing is stored: between sponsor and members, by the return rule.
#[utoipa::path(tag = "calculators", request_body = FundClosingRequest,
    responses((status = 200, body = Closing, description = "Who gets what back")))]
#[post("/v1/calculators/fund-closing")]
async fn calculate_fund_closing(call: Call, body: Json<FundClosingRequest>) -> Answer {
    calculate::run(&call, body, calculators::fund_closing).await
}
