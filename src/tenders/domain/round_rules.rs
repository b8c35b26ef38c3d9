//! Bids of one round, replayed in order of receipt: windows, decrement, ties, extensions, ranking.
//!
//! A window is half open. A sealed round keeps the last bid in time, better or worse; a best-and-final round
//! lets nobody get worse than before and keeps the earlier bid of whoever is silent; in a reverse auction a
//! bid improves the bidder's own last one, binds, and may move the end.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;

crate::words! {
    /// Kind of a round.
    pub enum RoundKind {
        /// Nobody sees prices before unsealing.
        Sealed = "sealed",
        /// Best and final offer.
        Bafo = "bafo",
        /// Prices fall visibly by rank.
        ReverseAuction = "reverse_auction",
    }
}

crate::words! {
    /// Which late bid moves the end.
    pub enum ExtensionTrigger {
        /// One that takes the lead.
        LeaderChange = "leader_change",
        /// Every accepted one.
        Any = "any",
    }
}

crate::words! {
    /// What happens to a bid equal to another supplier's leading bid.
    pub enum TieRule {
        /// It is refused.
        RejectLeadTie = "reject_lead_tie",
        /// It stands, behind the earlier one.
        Allow = "allow",
    }
}

crate::words! {
    /// What a supplier did.
    pub enum RoundAct {
        /// Offer an amount.
        Bid = "bid",
        /// Leave the round.
        Withdraw = "withdraw",
    }
}

crate::words! {
    /// What became of an event.
    pub enum RoundResult {
        /// The bid stands.
        Accepted = "accepted",
        /// The bid stands and moved the end.
        AcceptedExtended = "accepted_extended",
        /// Before the window.
        RoundNotOpen = "round_not_open",
        /// At or after the end.
        Late = "late",
        /// The supplier left the round before.
        Withdrawn = "withdrawn",
        /// The supplier leaves the round.
        WithdrawnOk = "withdrawn_ok",
        /// A bid in an auction cannot be taken back.
        BindingInAuction = "binding_in_auction",
        /// There is no amount, or it is not above zero.
        InvalidAmount = "invalid_amount",
        /// Above the highest amount of the auction.
        AboveCeiling = "above_ceiling",
        /// Too little better than the supplier's own last bid.
        DecrementTooSmall = "decrement_too_small",
        /// Equal to the leading bid of another supplier.
        TiesWithLeader = "ties_with_leader",
        /// Above the supplier's bid of the round before.
        WorseThanPreviousRound = "worse_than_previous_round",
    }
}

/// Rules of one round; times in seconds, amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoundRules {
    pub kind: RoundKind,
    pub opens_at: i64,
    pub closes_at: i64,
    /// A bid this close to the end may extend.
    pub extension_window_s: i64,
    /// New end counted from the receipt of the bid.
    pub extension_s: i64,
    pub max_extensions: u32,
    pub extension_trigger: ExtensionTrigger,
    pub min_decrement_minor: i64,
    pub min_decrement_bps: i64,
    /// Highest amount of an auction.
    pub ceiling_minor: Option<i64>,
    pub tie_rule: TieRule,
    /// Amounts of the round before, by supplier.
    pub previous_best: BTreeMap<String, i64>,
}

/// Something a supplier did, in order of receipt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoundEvent {
    pub at: i64,
    pub supplier: String,
    #[serde(rename = "type")]
    pub act: RoundAct,
    pub amount_minor: Option<i64>,
}

/// A bid that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RankedBid {
    pub supplier: String,
    pub amount_minor: i64,
}

/// A round replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundReplay {
    /// The end after extensions.
    pub closes_at: i64,
    pub extensions: u32,
    /// One result per event.
    pub results: Vec<RoundResult>,
    /// Lowest first; among equals the earlier bid.
    pub ranking: Vec<RankedBid>,
}

/// The smallest improvement of one's own bid: `max(minor, ceil(own x bps / 10000), 1)`.
pub fn min_decrement(own_minor: i64, rules: &RoundRules) -> i128 {
    let by_rate =
        (i128::from(own_minor) * i128::from(rules.min_decrement_bps) + 9_999).div_euclid(10_000);
    i128::from(rules.min_decrement_minor).max(by_rate).max(1)
}

/// Replays `events`, which are in order of receipt.
pub fn replay(rules: &RoundRules, events: &[RoundEvent]) -> RoundReplay {
    let mut round = Round {
        rules,
        closes_at: rules.closes_at,
        extensions: 0,
        bids: BTreeMap::new(),
        withdrawn: BTreeSet::new(),
    };
    if rules.kind == RoundKind::Bafo {
        for (supplier, amount) in &rules.previous_best {
            round.bids.insert(supplier, (*amount, 0));
        }
    }
    let results = events
        .iter()
        .enumerate()
        .map(|(index, event)| round.apply(event, index + 1))
        .collect();
    RoundReplay {
        closes_at: round.closes_at,
        extensions: round.extensions,
        results,
        ranking: round.ranking(),
    }
}

struct Round<'a> {
    rules: &'a RoundRules,
    closes_at: i64,
    extensions: u32,
    /// Standing bids: amount and order of receipt.
    bids: BTreeMap<&'a str, (i64, usize)>,
    withdrawn: BTreeSet<&'a str>,
}

impl<'a> Round<'a> {
    fn apply(&mut self, event: &'a RoundEvent, order: usize) -> RoundResult {
        if event.at < self.rules.opens_at {
            return RoundResult::RoundNotOpen;
        }
        if event.at >= self.closes_at {
            return RoundResult::Late;
        }
        if self.withdrawn.contains(event.supplier.as_str()) {
            return RoundResult::Withdrawn;
        }
        match event.act {
            RoundAct::Withdraw => self.withdraw(&event.supplier),
            RoundAct::Bid => self.bid(event, order),
        }
    }

    fn withdraw(&mut self, supplier: &'a str) -> RoundResult {
        if self.rules.kind == RoundKind::ReverseAuction {
            return RoundResult::BindingInAuction;
        }
        self.bids.remove(supplier);
        self.withdrawn.insert(supplier);
        RoundResult::WithdrawnOk
    }

    fn bid(&mut self, event: &'a RoundEvent, order: usize) -> RoundResult {
        let supplier = event.supplier.as_str();
        let Some(amount) = event.amount_minor.filter(|amount| *amount > 0) else {
            return RoundResult::InvalidAmount;
        };
        if let Some(refused) = self.refusal(supplier, amount) {
            return refused;
        }
        let leader = self.leader();
        self.bids.insert(supplier, (amount, order));
        let auction = self.rules.kind == RoundKind::ReverseAuction;
        let triggers = match self.rules.extension_trigger {
            ExtensionTrigger::Any => true,
            ExtensionTrigger::LeaderChange => self.leader() != leader,
        };
        if auction && triggers && self.extend(event.at) {
            RoundResult::AcceptedExtended
        } else {
            RoundResult::Accepted
        }
    }

    fn refusal(&self, supplier: &str, amount: i64) -> Option<RoundResult> {
        match self.rules.kind {
            RoundKind::Sealed => None,
            RoundKind::Bafo => {
                let before = self.rules.previous_best.get(supplier);
                before
                    .is_some_and(|before| amount > *before)
                    .then_some(RoundResult::WorseThanPreviousRound)
            }
            RoundKind::ReverseAuction => {
                if self.rules.ceiling_minor.is_some_and(|most| amount > most) {
                    return Some(RoundResult::AboveCeiling);
                }
                if let Some((own, _)) = self.bids.get(supplier)
                    && i128::from(*own) - i128::from(amount) < min_decrement(*own, self.rules)
                {
                    return Some(RoundResult::DecrementTooSmall);
                }
                let ties = self.leader().is_some_and(|leader| {
                    leader != supplier && self.bids.get(leader).is_some_and(|b| b.0 == amount)
                });
                (ties && self.rules.tie_rule == TieRule::RejectLeadTie)
                    .then_some(RoundResult::TiesWithLeader)
            }
        }
    }

    fn extend(&mut self, at: i64) -> bool {
        let window = self.closes_at.saturating_sub(self.rules.extension_window_s);
        let end = at.saturating_add(self.rules.extension_s);
        if self.extensions >= self.rules.max_extensions || at < window || end <= self.closes_at {
            return false;
        }
        self.closes_at = end;
        self.extensions += 1;
        true
    }

    fn leader(&self) -> Option<&'a str> {
        self.bids
            .iter()
            .min_by_key(|(_, bid)| **bid)
            .map(|(supplier, _)| *supplier)
    }

    fn ranking(&self) -> Vec<RankedBid> {
        let mut bids: Vec<_> = self.bids.iter().collect();
        bids.sort_by_key(|(_, bid)| **bid);
        bids.into_iter()
            .map(|(supplier, (amount_minor, _))| RankedBid {
                supplier: (*supplier).to_owned(),
                amount_minor: *amount_minor,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_replays_as_stated() {
        for vector in vectors::load("3_rounds") {
            let text = vector["input"].to_string();
            let rules: RoundRules = serde_json::from_str(&text).expect("rules");
            let events = vector["input"]["events"].to_string();
            let events: Vec<RoundEvent> = serde_json::from_str(&events).expect("events");
            let replayed = serde_json::to_value(replay(&rules, &events)).expect("a replay");
            vectors::assert_covers(&replayed, &vector["expected"], &vector["id"].to_string());
        }
    }
}
