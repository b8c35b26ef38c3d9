//! Problems of alliances.

use crate::kernel::problem::Kind;

pub static NOT_LISTED: Kind =
    Kind::conflict("alliance_not_listed", "This alliance takes no applications");
pub static ALREADY_MEMBER: Kind = Kind::conflict(
    "already_member",
    "This merchant has a membership here already",
);
pub static ALREADY_INVITED: Kind =
    Kind::conflict("already_invited", "This address is invited already");
pub static ROLE_ALREADY_GRANTED: Kind = Kind::conflict(
    "role_already_granted",
    "This person holds this role already",
);
pub static LAST_ORGANIZER: Kind =
    Kind::conflict("last_organizer", "At least one organizer has to remain");
pub static MEASURE_EXISTS: Kind =
    Kind::conflict("measure_exists", "The alliance has defined this measure");

pub static BALLOT_RULE_INVALID: Kind =
    Kind::unprocessable("ballot_rule_invalid", "The ballot rule contradicts itself");
pub static RULE_LOOSENED: Kind = Kind::unprocessable(
    "rule_loosened",
    "The rule asks for less than the matter needs",
);
pub static ADMISSION_OPEN: Kind =
    Kind::conflict("admission_open", "Members may object to this admission");
pub static OBJECTIONS_OPEN: Kind =
    Kind::conflict("objections_open", "The time to object is not over");
pub static ALREADY_OBJECTED: Kind =
    Kind::conflict("already_objected", "This member objects already");
pub static ALLIANCE_DISSOLVED: Kind =
    Kind::conflict("alliance_dissolved", "This alliance is dissolved");

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[
    &NOT_LISTED,
    &ALREADY_MEMBER,
    &ALREADY_INVITED,
    &ROLE_ALREADY_GRANTED,
    &LAST_ORGANIZER,
    &BALLOT_RULE_INVALID,
    &RULE_LOOSENED,
    &ALLIANCE_DISSOLVED,
    &ADMISSION_OPEN,
    &OBJECTIONS_OPEN,
    &ALREADY_OBJECTED,
    &MEASURE_EXISTS,
];
