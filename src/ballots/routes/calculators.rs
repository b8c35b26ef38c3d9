//! Routes of the counting rules.

use actix_web::post;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::ballots::calculators;
use crate::ballots::calculators::ChoiceAnswer;
use crate::ballots::calculators::ChoiceRequest;
use crate::ballots::calculators::EarlyCloseAnswer;
use crate::ballots::calculators::EarlyCloseRequest;
use crate::ballots::calculators::TallyAnswer;
use crate::ballots::calculators::TallyRequest;
use crate::ballots::calculators::VotesAnswer;
use crate::ballots::calculators::VotesRequest;
use crate::http::calculate;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(calculate_tally)
        .service(calculate_early_close)
        .service(calculate_votes)
        .service(calculate_choice);
}

/// Count a motion
///
/// Anybody. Counts single votes, or sums, by a rule, and changes nothing.
#[utoipa::path(tag = "calculators",
    request_body(content = TallyRequest, example = json!({"kind": "tally",
        "rule": {"tests": [{"by": "head", "base": "for_against", "threshold": "1/2", "strict": true},
            {"by": "weight", "base": "for_against", "threshold": "1/2", "strict": true}]},
        "electorate": {"bakery": 407_277, "noodle-bar": 233_505, "tea-house": 868_857},
        "votes": {"bakery": "for", "tea-house": "against"}})),
    responses((status = 200, body = TallyAnswer, description = "The sides and the declaration")))]
#[post("/v1/calculators/tally")]
async fn calculate_tally(call: Call, body: Json<TallyRequest>) -> Answer {
    calculate::run(&call, body, |request| calculators::tally(&request)).await
}

/// Tell whether a ballot may close early
///
/// Anybody. Says whether no completion of the votes can change the result, and changes nothing.
#[utoipa::path(tag = "calculators",
    request_body(content = EarlyCloseRequest, example = json!({
        "rule": {"tests": [{"by": "head", "base": "for_against", "threshold": "1/2", "strict": true}],
            "revote": false, "early_close": "when_decided"},
        "electorate": {"a": 5, "b": 4, "c": 3}, "votes": {"a": "against", "b": "against"}})),
    responses((status = 200, body = EarlyCloseAnswer, description = "The result, if it stands")))]
#[post("/v1/calculators/early-close")]
async fn calculate_early_close(call: Call, body: Json<EarlyCloseRequest>) -> Answer {
    calculate::run(&call, body, |request| calculators::early_close(&request)).await
}

/// Tell which votes count
///
/// Anybody. Resolves votes, changed votes and proxies in order of time, counts what stands, and changes nothing.
#[utoipa::path(tag = "calculators",
    request_body(content = VotesRequest, example = json!({
        "rule": {"tests": [{"by": "head", "base": "for_against", "threshold": "1/2", "strict": true}]},
        "electorate": {"a": 1, "b": 1}, "closes_at": 100, "revote": true,
        "events": [{"at": 10, "by": "a", "choice": "for"}, {"at": 100, "by": "b", "choice": "against"}]})),
    responses((status = 200, body = VotesAnswer, description = "Votes, rejections and the declaration")))]
#[post("/v1/calculators/votes")]
async fn calculate_votes(call: Call, body: Json<VotesRequest>) -> Answer {
    calculate::run(&call, body, |request| calculators::votes(&request)).await
}

/// Count a choice among options
///
/// Anybody. An absolute majority elects, else the strongest go on to a run-off. Changes nothing.
#[utoipa::path(tag = "calculators",
    request_body(content = ChoiceRequest, example = json!({"options": ["north", "south"],
        "votes": {"a": "north", "b": "north", "c": "abstain"}, "majority": "1/2"})),
    responses((status = 200, body = ChoiceAnswer, description = "The counts and the end")))]
#[post("/v1/calculators/choice")]
async fn calculate_choice(call: Call, body: Json<ChoiceRequest>) -> Answer {
    calculate::run(&call, body, |request| calculators::choice(&request)).await
}
