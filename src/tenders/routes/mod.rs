//! Routes of tenders.

mod awards;
mod calculators;
mod commitments;
mod invitations;
mod orders;
mod quotes;
mod rounds;
mod tenders;
mod uploads;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(awards::configure)
        .configure(calculators::configure)
        .configure(commitments::configure)
        .configure(invitations::configure)
        .configure(orders::configure)
        .configure(quotes::configure)
        .configure(rounds::configure)
        .configure(tenders::configure)
        .configure(uploads::configure);
}
