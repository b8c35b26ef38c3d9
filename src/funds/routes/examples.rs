//! Routes of ready-made rules.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::domain::levy::examples;
use crate::funds::domain::levy::examples::Example;
use crate::funds::domain::plan::Terms;
use crate::funds::routes::policies;
use crate::funds::routes::policies::LevyPolicyView;
use crate::funds::service::examples as service;
use crate::funds::service::examples::Taking;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::text;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(list_levy_examples)
        .service(read_levy_example)
        .service(take_levy_example);
}

/// All examples.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LevyExamples {
    #[schema(max_items = 100)]
    items: Vec<Example>,
}

/// List examples of levy rules
///
/// Anybody. Rules that real institutions charge by, each with its source; all on one page.
#[utoipa::path(tag = "money", responses((status = 200, body = LevyExamples, description = "All examples")))]
#[get("/v1/levy-examples")]
async fn list_levy_examples(_call: Call) -> Answer {
    let items = examples::all().to_vec();
    Ok(Reply::ok(LevyExamples { items }).respond())
}

/// Read an example of a levy rule
///
/// Anybody.
#[utoipa::path(tag = "money",
    params(("example" = String, Path, max_length = 60, description = "Its name", example = "oban-bands")),
    responses((status = 200, body = Example, description = "The example")))]
#[get("/v1/levy-examples/{example}")]
async fn read_levy_example(_call: Call, name: Path<String>) -> Answer {
    Ok(Reply::ok(service::find(&name)?.clone()).respond())
}

/// An example to take over.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"example": "revenue-tiers-2025", "name": "Dues by revenue", "terms": {"accept": ["declared"]}}))]
struct TakeLevyExample {
    /// Its name in the list.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    example: String,
    /// Name of the policy; a known one makes its next version. The example's name where absent.
    #[garde(inner(custom(text::line)))]
    #[schema(max_length = 80)]
    name: Option<String>,
    /// What the rule does not say.
    #[serde(default)]
    terms: Terms,
    /// Take the numbers as amounts of the alliance's currency, where the example's is another one.
    #[serde(default)]
    numbers_as_they_are: bool,
}

/// Take over an example
///
/// Organizers and treasurers. Makes a version of a levy policy with exactly this rule, and defines the measures
/// that the alliance does not know yet.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path)), request_body = TakeLevyExample,
    responses((status = 201, body = LevyPolicyView, description = "The version")))]
#[post("/v1/alliances/{alliance_id}/levy-policies/from-example")]
async fn take_levy_example(
    call: Call,
    id: Path<AllianceId>,
    body: Json<TakeLevyExample>,
) -> Answer {
    call.run(&body, async |act| {
        let taking = Taking {
            example: &body.example,
            name: body.name.as_deref(),
            terms: body.terms.clone(),
            numbers_as_they_are: body.numbers_as_they_are,
        };
        let known = service::take(act, *id, &taking).await?;
        Ok(policies::created(*id, known))
    })
    .await
}
