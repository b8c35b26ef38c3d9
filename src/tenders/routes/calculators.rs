//! Routes of the negotiation calculators: the rules without the paperwork, for everybody.

use actix_web::post;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::calculate;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::tenders::calculators::award::AwardAnswer;
use crate::tenders::calculators::award::AwardRequest;
use crate::tenders::calculators::award::award;
use crate::tenders::calculators::award_scoring::AwardScoringAnswer;
use crate::tenders::calculators::award_scoring::AwardScoringRequest;
use crate::tenders::calculators::award_scoring::award_scoring;
use crate::tenders::calculators::clearing::ClearingAnswer;
use crate::tenders::calculators::clearing::ClearingRequest;
use crate::tenders::calculators::clearing::clearing;
use crate::tenders::calculators::evaluated_cost::EvaluatedCostAnswer;
use crate::tenders::calculators::evaluated_cost::EvaluatedCostRequest;
use crate::tenders::calculators::evaluated_cost::evaluated_cost;
use crate::tenders::calculators::quote_choice::QuoteChoiceAnswer;
use crate::tenders::calculators::quote_choice::QuoteChoiceRequest;
use crate::tenders::calculators::quote_choice::quote_choice;
use crate::tenders::calculators::scorecard::ScorecardAnswer;
use crate::tenders::calculators::scorecard::ScorecardRequest;
use crate::tenders::calculators::scorecard::scorecard;
use crate::tenders::calculators::sharing::SharingAnswer;
use crate::tenders::calculators::sharing::SharingRequest;
use crate::tenders::calculators::sharing::sharing;
use crate::tenders::calculators::tiered_price::TieredPriceAnswer;
use crate::tenders::calculators::tiered_price::TieredPriceRequest;
use crate::tenders::calculators::tiered_price::tiered_price;

/// Mounts the calculators.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(calculate_tiered_price)
        .service(calculate_clearing)
        .service(calculate_quote_choice)
        .service(calculate_evaluated_cost)
        .service(calculate_award_scoring)
        .service(calculate_award)
        .service(calculate_sharing)
        .service(calculate_scorecard);
}

/// Price a quote line
///
/// Anybody; nothing is stored: what a line costs for a quantity, landed, and whether buying more is cheaper.
#[utoipa::path(tag = "calculators", request_body = TieredPriceRequest,
    responses((status = 200, body = TieredPriceAnswer, description = "The order and its landed total")))]
#[post("/v1/calculators/tiered-price")]
async fn calculate_tiered_price(call: Call, body: Json<TieredPriceRequest>) -> Answer {
    calculate::run(&call, body, tiered_price).await
}

/// Clear commitments
///
/// Anybody; nothing is stored: which members buy together at which price, against one quote.
#[utoipa::path(tag = "calculators", request_body = ClearingRequest,
    responses((status = 200, body = ClearingAnswer, description = "The price and its buyers")))]
#[post("/v1/calculators/clearing")]
async fn calculate_clearing(call: Call, body: Json<ClearingRequest>) -> Answer {
    calculate::run(&call, body, clearing).await
}

/// Choose among quotes
///
/// Anybody; nothing is stored: which of several quotes is worth most to the members.
#[utoipa::path(tag = "calculators", request_body = QuoteChoiceRequest,
    responses((status = 200, body = QuoteChoiceAnswer, description = "The quotes, best first")))]
#[post("/v1/calculators/quote-choice")]
async fn calculate_quote_choice(call: Call, body: Json<QuoteChoiceRequest>) -> Answer {
    calculate::run(&call, body, quote_choice).await
}

/// Compare evaluated costs
///
/// Anybody; nothing is stored: quotes by their money equivalent: lead time, quality and payment terms included.
#[utoipa::path(tag = "calculators", request_body = EvaluatedCostRequest,
    responses((status = 200, body = EvaluatedCostAnswer, description = "The quotes with their costs")))]
#[post("/v1/calculators/evaluated-cost")]
async fn calculate_evaluated_cost(call: Call, body: Json<EvaluatedCostRequest>) -> Answer {
    calculate::run(&call, body, evaluated_cost).await
}

/// Score quotes by weights
///
/// Anybody; nothing is stored: quotes by weighted scores.
#[utoipa::path(tag = "calculators", request_body = AwardScoringRequest,
    responses((status = 200, body = AwardScoringAnswer, description = "The quotes with their scores")))]
#[post("/v1/calculators/award-scoring")]
async fn calculate_award_scoring(call: Call, body: Json<AwardScoringRequest>) -> Answer {
    calculate::run(&call, body, award_scoring).await
}

/// Split an award
///
/// Anybody; nothing is stored: the cheapest split of items among suppliers.
#[utoipa::path(tag = "calculators", request_body = AwardRequest,
    responses((status = 200, body = AwardAnswer, description = "The cheapest award")))]
#[post("/v1/calculators/award")]
async fn calculate_award(call: Call, body: Json<AwardRequest>) -> Answer {
    calculate::run(&call, body, award).await
}

/// Share amounts
///
/// Anybody; nothing is stored: amounts, invoices, rebates and the damage of a default shared among members.
#[utoipa::path(tag = "calculators", request_body = SharingRequest,
    responses((status = 200, body = SharingAnswer, description = "What everybody gets")))]
#[post("/v1/calculators/sharing")]
async fn calculate_sharing(call: Call, body: Json<SharingRequest>) -> Answer {
    calculate::run(&call, body, sharing).await
}

/// Score a manufacturer
///
/// Anybody; nothing is stored: the score of one period, or of all periods.
#[utoipa::path(tag = "calculators", request_body = ScorecardRequest,
    responses((status = 200, body = ScorecardAnswer, description = "The score")))]
#[post("/v1/calculators/scorecard")]
async fn calculate_scorecard(call: Call, body: Json<ScorecardRequest>) -> Answer {
    calculate::run(&call, body, scorecard).await
}
