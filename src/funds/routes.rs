//! Routes of funds: thin handlers, one file per resource.

mod calculators;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(calculators::configure);
}
