//! Who may do what with festivals and promotions.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Largest body of a calculator: room for 100,000 promotions.
const CALCULATOR_LIMIT: usize = 32 << 20;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("calculate_phases", Allow::Public).max_body(CALCULATOR_LIMIT),
    Rule::new("calculate_conflicts", Allow::Public).max_body(CALCULATOR_LIMIT),
    Rule::new("list_festivals", Allow::Public),
];
