//! Routes of the calendar calculators: the rules without the paperwork, for everybody.

use actix_web::post;

use crate::http::calculate;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::promotions::calculators;
use crate::promotions::calculators::ConflictsAnswer;
use crate::promotions::calculators::ConflictsRequest;
use crate::promotions::calculators::PhasesAnswer;
use crate::promotions::calculators::PhasesRequest;

/// Place, convert or check phases
///
/// Anybody; nothing is stored. Broken conditions are an answer, not a refusal.
#[utoipa::path(tag = "calculators", request_body = PhasesRequest,
    responses((status = 200, body = PhasesAnswer, description = "Instants, or what is wrong")))]
#[post("/v1/calculators/phases")]
pub async fn calculate_phases(call: Call, body: Json<PhasesRequest>) -> Answer {
    calculate::run(&call, body, |request| calculators::phases(&request)).await
}

/// Find promotions that cannot both be joined
///
/// Anybody; nothing is stored. Two conflict where their times and scopes meet and one is exclusive.
#[utoipa::path(tag = "calculators", request_body = ConflictsRequest,
    responses((status = 200, body = ConflictsAnswer, description = "The conflicts")))]
#[post("/v1/calculators/conflicts")]
pub async fn calculate_conflicts(call: Call, body: Json<ConflictsRequest>) -> Answer {
    calculate::run(&call, body, |request| calculators::conflicts(&request)).await
}
