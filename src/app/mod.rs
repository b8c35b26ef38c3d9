//! The composition root: joins the slices, opens the installation, serves it.

pub mod cli;
mod metrics;
mod ops;
mod sandbox;
pub mod server;
pub mod startup;

use serde_json::Value;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::accounts;
use crate::alliances;
use crate::audit;
use crate::ballots;
use crate::http::document;
use crate::http::links;
use crate::http::problem::ProblemBody;
use crate::kernel::access::Rule;
use crate::kernel::problem::Kind;
use crate::kernel::problem::kinds;
use crate::mail;
use crate::merchants;
use crate::platform::links::LINK_SPENT;
use crate::platform::registry::Registry;
use crate::platform::schedule::INVALID_CRON;

/// What every slice brings to the worker and the door.
pub fn registry() -> Registry {
    Registry {
        rules: rules(),
        jobs: [ops::jobs(), ballots::JOBS.to_vec()].concat(),
        consumers: [ballots::CONSUMERS.to_vec()].concat(),
        sweeps: [
            accounts::sweeps(),
            alliances::sweeps(),
            mail::sweeps(),
            ballots::SWEEPS.to_vec(),
        ]
        .concat(),
        authenticators: vec![accounts::AUTHENTICATOR, merchants::AUTHENTICATOR],
        links: [
            accounts::links(),
            alliances::links(),
            ballots::LINKS.to_vec(),
        ]
        .concat(),
        kinds: problems(),
    }
}

/// The access table of the whole service.
pub fn rules() -> Vec<Rule> {
    [
        ops::RULES,
        sandbox::RULES,
        links::RULES,
        accounts::RULES,
        ballots::RULES,
        audit::RULES,
        merchants::RULES,
        alliances::RULES,
    ]
    .concat()
}

/// The catalogue of problems of the whole service.
pub fn problems() -> Vec<&'static Kind> {
    [
        kinds::ALL,
        &[&LINK_SPENT, &INVALID_CRON],
        sandbox::PROBLEMS,
        mail::problems::ALL,
        accounts::problems::ALL,
        ballots::problems::ALL,
        merchants::problems::ALL,
        alliances::problems::ALL,
    ]
    .concat()
}

/// Mounts every route.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(ops::configure)
        .configure(sandbox::configure)
        .configure(links::configure)
        .configure(accounts::configure)
        .configure(ballots::configure)
        .configure(audit::configure)
        .configure(merchants::configure)
        .configure(alliances::configure);
}

/// Types that the document names beside those of the handlers.
#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(ProblemBody)))]
struct Preface;

/// The OpenAPI document: what `guildhall openapi` prints and `/openapi.json` serves.
pub fn document() -> Value {
    let (_, collected) = actix_web::App::new()
        .into_utoipa_app()
        .openapi(<Preface as utoipa::OpenApi>::openapi())
        .configure(configure)
        .split_for_parts();
    document::complete(&collected, &rules())
}
