//! What a decision is about: the object of the act that it permits, as it stands now.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::kernel::ids::MembershipId;

/// An object that waits for a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// How people call it, in a few words.
    pub title: String,
    /// Hash of exactly what would be permitted; see [`crate::mandates::content_hash`]. A choice permits the
    /// hash of the winning option instead.
    pub content_hash: Vec<u8>,
    /// What each member would be billed, in minor units: the weights of an alliance's first season. Empty
    /// where the subject bills nobody.
    pub weights: BTreeMap<MembershipId, i64>,
    /// Members with an interest of their own in the outcome: they have no vote, and the record names them.
    pub interested: BTreeSet<MembershipId>,
    /// What is chosen among, in a fixed order; empty where the question is answered with for or against.
    pub options: Vec<Choice>,
}

/// One of several contents, of which a choice permits one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Names the option within its subject.
    pub id: String,
    /// How people call it.
    pub title: String,
    /// Hash of exactly what is permitted where this option wins.
    pub content_hash: Vec<u8>,
}
