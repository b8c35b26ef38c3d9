//! Routes of ballots.

mod after;
mod ballots;
mod calculators;
mod records;
mod views;
mod votes;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(calculators::configure)
        .configure(ballots::configure)
        .configure(after::configure)
        .configure(votes::configure)
        .configure(records::configure);
}
