//! The life of a ballot: draft → notice → open → declared → effective; withdrawn before it opens.

use crate::ballots::domain::refusal::BallotRefused;
use crate::words;

words! {
    /// Where a ballot stands.
    pub enum BallotState {
        /// Only those who run the alliance see it.
        Draft = "draft",
        /// Announced; the question and the rule no longer change.
        Notice = "notice",
        /// Members vote.
        Open = "open",
        /// Counted.
        Declared = "declared",
        /// What was carried has been done.
        Effective = "effective",
        /// Taken back before anybody voted.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What can happen to a ballot.
    pub enum BallotEvent {
        /// An organizer announces it.
        Publish = "publish",
        /// Its hour has come.
        Open = "open",
        /// An organizer takes it back.
        Withdraw = "withdraw",
        /// Its time is over, or its result stands.
        Close = "close",
        /// The act that it permits was done.
        Enact = "enact",
    }
}

impl BallotState {
    /// The state after `event`.
    ///
    /// # Errors
    /// `IllegalTransition` with the events that are possible.
    pub fn after(self, event: BallotEvent) -> Result<Self, BallotRefused> {
        self.next(event)
            .ok_or_else(|| BallotRefused::IllegalTransition {
                state: self,
                event,
                allowed: BallotEvent::ALL
                    .iter()
                    .copied()
                    .filter(|e| self.next(*e).is_some())
                    .collect(),
            })
    }

    const fn next(self, event: BallotEvent) -> Option<Self> {
        match (self, event) {
            (Self::Draft, BallotEvent::Publish) => Some(Self::Notice),
            (Self::Notice, BallotEvent::Open) => Some(Self::Open),
            (Self::Draft | Self::Notice, BallotEvent::Withdraw) => Some(Self::Withdrawn),
            (Self::Open, BallotEvent::Close) => Some(Self::Declared),
            (Self::Declared, BallotEvent::Enact) => Some(Self::Effective),
            _ => None,
        }
    }

    /// Whether the count is known to every member.
    pub const fn is_counted(self) -> bool {
        matches!(self, Self::Declared | Self::Effective)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_takes_exactly_its_events() {
        let legal = BallotState::ALL
            .iter()
            .flat_map(|s| BallotEvent::ALL.iter().filter(|e| s.after(**e).is_ok()))
            .count();
        assert_eq!(legal, 6);
        for ended in [BallotState::Effective, BallotState::Withdrawn] {
            assert!(BallotEvent::ALL.iter().all(|e| ended.after(*e).is_err()));
        }
    }

    #[test]
    fn an_open_ballot_is_not_taken_back() {
        let refused = BallotState::Open.after(BallotEvent::Withdraw);
        let allowed = vec![BallotEvent::Close];
        let expected = BallotRefused::IllegalTransition {
            state: BallotState::Open,
            event: BallotEvent::Withdraw,
            allowed,
        };
        assert_eq!(refused, Err(expected));
    }
}
