//! Problems of merchants and manufacturers.

use crate::kernel::problem::Kind;

pub static LAST_STAFF: Kind = Kind::conflict("last_staff", "At least one person has to remain");
pub static STAFF_ALREADY: Kind =
    Kind::conflict("staff_already", "This person is on the staff already");
pub static SIZE_SUPERSEDED: Kind =
    Kind::conflict("size_superseded", "A later statement replaced this one");
pub static SIZE_OVERLAPS: Kind = Kind::unprocessable(
    "size_overlaps",
    "A statement of the same status holds on these days already",
);

pub static TOO_MANY_KEYS: Kind = Kind::conflict("too_many_keys", "Two keys live already");

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[
    &LAST_STAFF,
    &STAFF_ALREADY,
    &SIZE_SUPERSEDED,
    &SIZE_OVERLAPS,
    &TOO_MANY_KEYS,
];
