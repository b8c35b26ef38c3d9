//! Who may do what: mail has no operations of its own yet.

use crate::kernel::access::Rule;

/// One row per operation of this slice.
pub const RULES: &[Rule] = &[];
