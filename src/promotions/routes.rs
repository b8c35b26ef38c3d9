//! Routes of promotions.

mod calculators;
mod festivals;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(calculators::calculate_phases)
        .service(calculators::calculate_conflicts)
        .service(festivals::list_festivals);
}
