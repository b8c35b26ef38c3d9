//! Problems of mandates.

use crate::kernel::problem::Kind;

pub static MANDATE_MISSING: Kind =
    Kind::conflict("mandate_missing", "No decision permits this yet");

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[&MANDATE_MISSING];
