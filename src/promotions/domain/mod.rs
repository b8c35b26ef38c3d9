//! The rules of festivals and promotions: no clock, no rows, dates and instants as arguments.

pub mod calendar;
pub mod claims;
pub mod conflicts;
pub mod edition;
pub mod enrolment;
pub mod feasts;
pub mod festivals;
pub mod free_slots;
pub mod ics;
pub mod life;
pub mod local_time;
pub mod offers;
pub mod phases;
pub mod plan;
pub mod price_guard;
pub mod refusal;
pub mod templates;
pub mod terms;
pub mod time_zone;
pub mod timetable;

#[cfg(test)]
pub(crate) mod vectors;
