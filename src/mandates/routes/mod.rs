//! Routes of mandates and of the acts that are gated here.

mod dissolutions;
mod expulsions;
mod mandates;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(mandates::configure)
        .configure(expulsions::configure)
        .configure(dissolutions::configure);
}
