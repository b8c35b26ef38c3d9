//! Problems of alliances.

use crate::kernel::problem::Kind;

pub static NOT_LISTED: Kind =
    Kind::conflict("alliance_not_listed", "This alliance takes no applications");
pub static ALREADY_MEMBER: Kind = Kind::conflict(
    "already_member",
    "This merchant has a membership here already",
);

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[&NOT_LISTED, &ALREADY_MEMBER];
