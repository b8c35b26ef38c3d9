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

/// Every kind of this module, for the catalogue.
pub static ALL: &[&Kind] = &[&YEAR_OUT_OF_RANGE, &RANGE_INVALID, &TIME_ZONE_UNKNOWN];
