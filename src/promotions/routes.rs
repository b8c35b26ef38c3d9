//! Routes of promotions.

mod blackouts;
mod bodies;
mod calculators;
mod enrolments;
mod feeds;
mod festivals;
mod own_festivals;
mod price_log;
mod promotions;
mod timetables;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(calculators::calculate_phases)
        .service(calculators::calculate_conflicts)
        .service(festivals::list_festivals)
        .service(own_festivals::list_alliance_festivals)
        .service(own_festivals::add_alliance_festival)
        .service(own_festivals::remove_alliance_festival)
        .service(own_festivals::confirm_festival)
        .service(own_festivals::list_promotion_templates)
        .service(blackouts::declare_blackout)
        .service(blackouts::list_blackouts)
        .service(blackouts::remove_blackout)
        .service(blackouts::find_free_slots)
        .service(price_log::log_price)
        .service(price_log::list_price_log)
        .service(promotions::create_promotion)
        .service(promotions::list_promotions)
        .service(promotions::read_promotion)
        .service(promotions::list_promotion_phases)
        .service(promotions::change_promotion)
        .service(promotions::propose_promotion)
        .service(promotions::schedule_promotion)
        .service(promotions::re_date_promotion)
        .service(promotions::repeat_promotion)
        .service(promotions::cancel_promotion)
        .service(enrolments::create_enrolment)
        .service(enrolments::list_enrolments)
        .service(enrolments::read_enrolment)
        .service(enrolments::replace_enrolment_items)
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
