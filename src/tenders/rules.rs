//! Who may do what with tenders.

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Largest body of a calculator or of a quote: room for 100,000 commitments or 50,000 lines.
const LARGE: usize = 32 << 20;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    calculator("calculate_tiered_price"),
    calculator("calculate_clearing"),
    calculator("calculate_quote_choice"),
    calculator("calculate_evaluated_cost"),
    calculator("calculate_award_scoring"),
    calculator("calculate_award"),
    calculator("calculate_sharing"),
    calculator("calculate_scorecard"),
];

const fn calculator(operation: &'static str) -> Rule {
    Rule::new(operation, Allow::Public).max_body(LARGE)
}
