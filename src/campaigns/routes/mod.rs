//! Routes of campaigns.

mod campaigns;
mod preferences;
mod reports;
mod schedules;
mod suppressions;
mod templates;
mod unsubscribe;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(templates::configure)
        .configure(campaigns::configure)
        .configure(reports::configure)
        .configure(schedules::configure)
        .configure(preferences::configure)
        .configure(suppressions::configure)
        .configure(unsubscribe::configure);
}
