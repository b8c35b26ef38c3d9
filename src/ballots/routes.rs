//! Routes of ballots.

mod ballots;
mod calculators;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(calculators::configure)
        .configure(ballots::configure);
}
