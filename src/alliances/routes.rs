//! Routes of alliances.

mod admissions;
mod founding;
mod invitations;
mod memberships;
mod registers;
mod roles;
mod sizes;
mod statutes;

use utoipa_actix_web::service_config::ServiceConfig;

pub use memberships::MembershipView;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(founding::configure)
        .configure(statutes::configure)
        .configure(memberships::configure)
        .configure(admissions::configure)
        .configure(invitations::configure)
        .configure(roles::configure)
        .configure(sizes::configure)
        .configure(registers::configure);
}
