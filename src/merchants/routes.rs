//! Routes of merchants and manufacturers.

mod api_keys;
mod manufacturers;
mod merchants;
mod staff;

use utoipa_actix_web::service_config::ServiceConfig;

pub use merchants::SizeFactView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(merchants::configure)
        .configure(manufacturers::configure)
        .configure(staff::configure)
        .configure(api_keys::configure);
}
