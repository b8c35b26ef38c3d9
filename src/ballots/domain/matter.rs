//! What a ballot can be about: the list of the by-laws. There is no free matter that executes.

pub use crate::alliances::domain::ballot_matter::BallotMatter;
