//! Who may do what with the money of an alliance.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Largest body of a calculator: room for 100,000 members.
const CALCULATOR_LIMIT: usize = 32 << 20;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    calculator("calculate_apportionment"),
    calculator("calculate_true_up"),
    calculator("calculate_levy"),
    calculator("calculate_levy_owner_cap"),
    calculator("calculate_instalments"),
    calculator("calculate_refund"),
    calculator("calculate_sponsor_match"),
    calculator("calculate_fund_closing"),
];

const fn calculator(operation: &'static str) -> Rule {
    Rule::new(operation, Allow::Public).max_body(CALCULATOR_LIMIT)
}
