//! Use cases of tenders.

pub mod award_answers;
pub mod awards;
pub mod bids;
pub mod clearing_field;
pub mod clock;
pub mod commitments;
pub mod evaluations;
pub mod invitations;
pub mod items;
pub mod link_sessions;
pub mod mailing;
pub mod orders;
pub mod quote_reading;
pub mod quotes;
pub mod rounds;
pub mod statements;
pub mod tenders;
pub mod unsealing;
pub mod uploads;
pub mod viewer;
