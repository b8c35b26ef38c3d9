//! Calculators: the money rules over plain requests, without accounts or stored state.
//!
//! A request is what an organizer knows before adopting a rule; the answer is what the adopted rule would
//! charge or pay. The functions are pure, and the same domain functions run the real thing. Amounts are minor
//! units, ids are any text, and maps are keyed by id.

mod apportionment;
mod bounds;
mod instalments;
mod levy;
mod refund;
mod sponsor;
mod true_up;

#[cfg(test)]
mod vectors;

pub use apportionment::ApportionmentAnswer;
pub use apportionment::ApportionmentRequest;
pub use apportionment::BudgetSplitMember;
pub use apportionment::FloorMode;
pub use apportionment::MixedSplitMember;
pub use apportionment::apportionment;
pub use bounds::MAX_MEMBERS;
pub use instalments::InstalmentsAnswer;
pub use instalments::InstalmentsKind;
pub use instalments::InstalmentsRequest;
pub use instalments::instalments;
pub use levy::AppliedStep;
pub use levy::LevyAnswer;
pub use levy::LevyKind;
pub use levy::LevyMember;
pub use levy::LevyOwnerCapAnswer;
pub use levy::LevyOwnerCapKind;
pub use levy::LevyOwnerCapRequest;
pub use levy::LevyRequest;
pub use levy::OwnedMember;
pub use levy::levy;
pub use levy::levy_owner_cap;
pub use refund::RefundAnswer;
pub use refund::RefundKind;
pub use refund::RefundRequest;
pub use refund::RefundedMember;
pub use refund::refund;
pub use sponsor::FundClosingKind;
pub use sponsor::FundClosingRequest;
pub use sponsor::SponsorMatchAnswer;
pub use sponsor::SponsorMatchKind;
pub use sponsor::SponsorMatchRequest;
pub use sponsor::fund_closing;
pub use sponsor::sponsor_match;
pub use true_up::TrueUpAnswer;
pub use true_up::TrueUpKind;
pub use true_up::TrueUpRequest;
pub use true_up::true_up;
