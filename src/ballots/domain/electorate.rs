//! Who has a vote: the members in good standing at the opening, without those whose own matter it is and,
//! where money is decided, those in arrears. Whoever is left out is named with the reason.

use crate::words;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

words! {
    /// Why a member has no vote.
    pub enum Exclusion {
        /// Its membership rests.
        Suspended = "suspended",
        /// It has an interest of its own in the outcome.
        Interested = "interested",
        /// It owes what was due long ago, and money is decided.
        Arrears = "arrears",
    }
}

/// The members of an alliance as they stand at the opening.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings<K> {
    /// Active members and what each weighs.
    pub active: BTreeMap<K, i64>,
    /// Members whose membership rests.
    pub suspended: BTreeSet<K>,
    /// Whose own matter it is.
    pub interested: BTreeSet<K>,
    /// In arrears beyond the limit; empty where that suspends no vote.
    pub arrears: BTreeSet<K>,
}

/// The electorate, and who is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Electorate<K> {
    /// Member to weight before a cap.
    pub electors: BTreeMap<K, i64>,
    /// Member to reason.
    pub excluded: BTreeMap<K, Exclusion>,
}

impl<K: Ord + Copy> Standings<K> {
    /// Parts the members: a conflict of interest is the first reason, because it does not pass.
    pub fn electorate(&self) -> Electorate<K> {
        let mut electors = BTreeMap::new();
        let suspended = self.suspended.iter();
        let mut excluded: BTreeMap<K, Exclusion> =
            suspended.map(|k| (*k, Exclusion::Suspended)).collect();
        for (member, weight) in &self.active {
            let reason = match member {
                k if self.interested.contains(k) => Some(Exclusion::Interested),
                k if self.arrears.contains(k) => Some(Exclusion::Arrears),
                _ => None,
            };
            if let Some(reason) = reason {
                excluded.insert(*member, reason);
            } else {
                electors.insert(*member, *weight);
            }
        }
        Electorate { electors, excluded }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_member_is_an_elector_or_named_with_a_reason(
            active in prop::collection::btree_map(0_u8..20, 0_i64..9, 0..15),
            suspended in prop::collection::btree_set(20_u8..25, 0..5),
            interested in prop::collection::btree_set(0_u8..25, 0..5),
            arrears in prop::collection::btree_set(0_u8..25, 0..5),
        ) {
            let standings = Standings { active, suspended, interested, arrears };
            let Electorate { electors, excluded } = standings.electorate();
            for (member, weight) in &standings.active {
                let out = standings.interested.contains(member) || standings.arrears.contains(member);
                prop_assert_eq!(excluded.contains_key(member), out);
                prop_assert_eq!(electors.get(member), (!out).then_some(weight));
            }
            let members = standings.active.len() + standings.suspended.len();
            prop_assert_eq!(electors.len() + excluded.len(), members);
        }
    }
}
