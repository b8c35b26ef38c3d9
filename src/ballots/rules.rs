//! Who may do what with ballots.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Largest body of a calculator.
const CALCULATOR_BODY: usize = 32 << 20;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("calculate_tally", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("calculate_early_close", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("calculate_votes", Allow::Public).max_body(CALCULATOR_BODY),
    Rule::new("calculate_choice", Allow::Public).max_body(CALCULATOR_BODY),
];
