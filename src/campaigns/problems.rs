//! Problems of campaigns.

use crate::kernel::problem::Kind;

pub static TEMPLATE_DOES_NOT_FIT: Kind = Kind::unprocessable(
    "template_does_not_fit",
    "The template needs something that the campaign does not have",
);
pub static TEMPLATE_CATEGORY_FIXED: Kind = Kind::conflict(
    "template_category_fixed",
    "The category of a template never changes",
);
pub static TOO_MANY_RECIPIENTS: Kind = Kind::unprocessable(
    "too_many_recipients",
    "The campaign has more recipients than the by-laws allow",
);
pub static ALREADY_SUPPRESSED: Kind =
    Kind::conflict("already_suppressed", "The address refuses this already");

pub static TOO_MANY_SCHEDULES: Kind =
    Kind::conflict("too_many_schedules", "The alliance has enough schedules");

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[
    &TEMPLATE_DOES_NOT_FIT,
    &TEMPLATE_CATEGORY_FIXED,
    &TOO_MANY_RECIPIENTS,
    &ALREADY_SUPPRESSED,
    &TOO_MANY_SCHEDULES,
];
