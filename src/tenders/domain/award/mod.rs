//! Split award: which supplier delivers how much of which item at the lowest total, exactly.
//!
//! Suppliers couple items only through the set of suppliers used: fixed costs and their number. So per item
//! the best split is found for every small set of suppliers, and every set of used suppliers is tried.
//! Costs are compared before rounding; stated amounts are rounded once per line.

mod item_split;
mod line_costs;
mod problem;
mod supplier_sets;

#[cfg(test)]
mod tests;

pub use problem::AwardConstraints;
pub use problem::AwardError;
pub use problem::AwardItem;
pub use problem::AwardLine;
pub use problem::AwardProblem;
pub use problem::AwardQuote;
pub use problem::Fill;
pub use supplier_sets::AwardedLine;
pub use supplier_sets::SplitAward;
pub use supplier_sets::solve;
