//! Routes of promotions.

mod calculators;
mod enrolments;
mod feeds;
mod festivals;
mod promotions;
mod timetables;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(calculators::calculate_phases)
        .service(calculators::calculate_conflicts)
        .service(festivals::list_festivals)
        .service(promotions::create_promotion)
        .service(promotions::list_promotions)
        .service(promotions::read_promotion)
        .service(promotions::list_promotion_phases)
        .service(promotions::change_promotion)
        .service(promotions::propose_promotion)
        .service(promotions::schedule_promotion)
        .service(promotions::re_date_promotion)
        .service(promotions::cancel_promotion)
        .service(enrolments::create_enrolment)
        .service(enrolments::list_enrolments)
        .service(enrolments::read_enrolment)
        .service(enrolments::approve_enrolment)
        .service(enrolments::reject_enrolment)
        .service(enrolments::withdraw_enrolment)
        .service(feeds::create_alliance_feed)
        .service(feeds::list_alliance_feeds)
        .service(feeds::create_merchant_feed)
        .service(feeds::list_merchant_feeds)
        .service(feeds::revoke_calendar_feed)
        .service(feeds::show_calendar)
        .service(timetables::propose_timetable)
        .service(timetables::show_timetable);
}
