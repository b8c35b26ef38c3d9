//! The composition root: joins the slices, opens the installation, serves it.

pub mod cli;
mod demo;
mod metrics;
mod ops;
pub mod recompute;
mod sandbox;
pub mod server;
pub mod startup;
mod verify;

use serde_json::Value;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::accounts;
use crate::alliances;
use crate::audit;
use crate::ballots;
use crate::campaigns;
use crate::funds;
use crate::http::document;
use crate::http::links;
use crate::http::problem::ProblemBody;
use crate::kernel::access::Rule;
use crate::kernel::problem::Kind;
use crate::kernel::problem::kinds;
use crate::mail;
use crate::mandates;
use crate::merchants;
use crate::platform::cron_line::CRON_NEVER_FIRES;
use crate::platform::cron_line::CRON_TOO_OFTEN;
use crate::platform::cron_line::CRON_TWO_DAYS;
use crate::platform::cron_line::INVALID_CRON;
use crate::platform::links::LINK_SPENT;
use crate::platform::registry::Registry;
use crate::promotions;
use crate::tenders;

/// What every slice brings to the worker and the door.
pub fn registry() -> Registry {
    Registry {
        rules: rules(),
        jobs: [ops::jobs(), ballots::JOBS.to_vec(), campaigns::jobs()].concat(),
        consumers: [
            mandates::consumers(),
            funds::consumers(),
            promotions::consumers(),
            ballots::consumers(),
            campaigns::consumers(),
        ]
        .concat(),
        sweeps: [
            accounts::sweeps(),
            alliances::sweeps(),
            funds::sweeps(),
            promotions::sweeps(),
            tenders::sweeps(),
            ballots::SWEEPS.to_vec(),
            campaigns::sweeps(),
            mail::sweeps(),
        ]
        .concat(),
        authenticators: vec![
            accounts::AUTHENTICATOR,
            merchants::AUTHENTICATOR,
            tenders::AUTHENTICATOR,
        ],
        links: [
            accounts::links(),
            alliances::links(),
            promotions::links(),
            tenders::links(),
            ballots::LINKS.to_vec(),
        ]
        .concat(),
        unfinished: vec![
            funds::UNFINISHED,
            promotions::UNFINISHED,
            tenders::UNFINISHED,
            ballots::UNFINISHED,
            campaigns::UNFINISHED,
        ],
        hold: Some(alliances::HOLD),
        kinds: problems(),
        recomputes: recompute::all(),
        letterheads: Some(alliances::LETTERHEADS),
        refusal_link: Some(campaigns::refusal_link),
    }
}

/// The access table of the whole service.
pub fn rules() -> Vec<Rule> {
    [
        ops::RULES,
        sandbox::RULES,
        links::RULES,
        mail::RULES,
        accounts::RULES,
        merchants::RULES,
        alliances::RULES,
        mandates::RULES,
        funds::RULES,
        promotions::RULES,
        tenders::RULES,
        ballots::RULES,
        campaigns::RULES,
        audit::RULES,
    ]
    .concat()
}

/// The catalogue of problems of the whole service.
pub fn problems() -> Vec<&'static Kind> {
    [
        kinds::ALL,
        &[
            &LINK_SPENT,
            &INVALID_CRON,
            &CRON_TWO_DAYS,
            &CRON_NEVER_FIRES,
            &CRON_TOO_OFTEN,
        ],
        sandbox::PROBLEMS,
        mail::problems::ALL,
        accounts::problems::ALL,
        merchants::problems::ALL,
        alliances::problems::ALL,
        mandates::problems::ALL,
        funds::problems::ALL,
        promotions::problems::ALL,
        tenders::problems::ALL,
        ballots::problems::ALL,
        campaigns::problems::ALL,
    ]
    .concat()
}

/// Mounts every route.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(ops::configure)
        .configure(sandbox::configure)
        .configure(links::configure)
        .configure(mail::configure)
        .configure(accounts::configure)
        .configure(merchants::configure)
        .configure(alliances::configure)
        .configure(mandates::configure)
        .configure(funds::configure)
        .configure(promotions::configure)
        .configure(tenders::configure)
        .configure(ballots::configure)
        .configure(campaigns::configure)
        .configure(audit::configure);
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
