//! Calculators: the money rules over plain requests, without accounts or stored state.
//!
//! A request is what an organizer knows before adopting a rule; the answer is what the adopted rule would
//! charge or pay. The functions are pure, and the same domain functions run the real thing. Amounts are minor
//! units, ids are any text, and maps are keyed by id.

mod apportionment;
mod bounds;

#[cfg(test)]
mod vectors;

pub use apportionment::ApportionmentAnswer;
pub use apportionment::ApportionmentRequest;
pub use apportionment::BudgetSplitMember;
pub use apportionment::BudgetSplitRequest;
pub use apportionment::FloorMode;
pub use apportionment::MixedSplitMember;
pub use apportionment::MixedSplitRequest;
pub use apportionment::apportionment;
pub use bounds::MAX_MEMBERS;
