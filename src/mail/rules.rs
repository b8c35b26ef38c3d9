//! Who may do what with mail.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::mail::returns::MOST_BYTES;

/// One row per operation of this slice.
pub const RULES: &[Rule] = &[Rule::new("take_bounce", Allow::Public).max_body(MOST_BYTES)];
