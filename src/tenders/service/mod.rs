//! Use cases of tenders.

pub mod awards;
pub mod clock;
pub mod commitments;
pub mod evaluations;
pub mod invitations;
pub mod link_sessions;
pub mod mailing;
pub mod orders;
pub mod quotes;
pub mod rounds;
pub mod tenders;
pub mod unsealing;
pub mod viewer;
