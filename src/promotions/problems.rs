//! The refusals of this slice.

use crate::kernel::problem::Kind;

pub static YEAR_OUT_OF_RANGE: Kind =
    Kind::unprocessable("year_out_of_range", "Festivals are known from 1901 to 2100");
pub static RANGE_INVALID: Kind = Kind::unprocessable(
    "range_invalid",
    "A range runs forward, for at most ten years",
);
pub static TIME_ZONE_UNKNOWN: Kind =
    Kind::unprocessable("time_zone_unknown", "This is not an IANA time zone");
pub static FESTIVAL_UNKNOWN: Kind =
    Kind::unprocessable("festival_unknown", "The catalogue has no such festival");
pub static FESTIVAL_PROVISIONAL: Kind = Kind::unprocessable(
    "festival_provisional",
    "The date of this festival has to be confirmed",
);
pub static FESTIVAL_NOT_ONCE: Kind = Kind::unprocessable(
    "festival_not_once",
    "The festival does not come exactly once in this year",
);
pub static PHASES_INVALID: Kind =
    Kind::unprocessable("phases_invalid", "The phases break their rules");
pub static ENROLMENT_NOT_OPEN: Kind =
    Kind::conflict("enrolment_not_open", "Enrolment has not opened yet");
pub static CAPACITY_REACHED: Kind = Kind::conflict("capacity_reached", "Every place is taken");
pub static ALREADY_ENROLLED: Kind = Kind::conflict("already_enrolled", "The member has enrolled");
pub static TOO_MANY_FEEDS: Kind = Kind::conflict(
    "too_many_feeds",
    "The person has enough addresses of this calendar",
);

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[
    &YEAR_OUT_OF_RANGE,
    &RANGE_INVALID,
    &TIME_ZONE_UNKNOWN,
    &FESTIVAL_UNKNOWN,
    &FESTIVAL_PROVISIONAL,
    &FESTIVAL_NOT_ONCE,
    &PHASES_INVALID,
    &ENROLMENT_NOT_OPEN,
    &CAPACITY_REACHED,
    &ALREADY_ENROLLED,
    &TOO_MANY_FEEDS,
];
