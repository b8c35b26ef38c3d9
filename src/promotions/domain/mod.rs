//! The rules of festivals and promotions: no clock, no rows, dates and instants as arguments.

pub mod calendar;
pub mod conflicts;
pub mod enrolment;
pub mod festivals;
pub mod ics;
pub mod life;
pub mod local_time;
pub mod phases;
pub mod plan;
pub mod refusal;
pub mod templates;
pub mod time_zone;
pub mod timetable;

#[cfg(test)]
pub(crate) mod vectors;
