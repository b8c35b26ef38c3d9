//! The life of a ballot: draft → notice → open → declared → effective; withdrawn on the way, or challenged
//! after the declaration. Counting is no state that lasts: it happens in the declaration's transaction.

use crate::ballots::domain::refusal::BallotRefused;
use crate::words;

words! {
    /// Where a ballot stands.
    pub enum BallotState {
        /// Only those who run the alliance see it.
        Draft = "draft",
        /// Announced; the rule no longer changes.
        Notice = "notice",
        /// Members vote.
        Open = "open",
        /// Counted.
        Declared = "declared",
        /// A member disputes the declaration; nothing more may follow from it.
        Challenged = "challenged",
        /// The declaration did not stand.
        Annulled = "annulled",
        /// What was carried has been done.
        Effective = "effective",
        /// Taken back; its votes decide nothing.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What can happen to a ballot.
    pub enum BallotEvent {
        /// An organizer announces it.
        Publish = "publish",
        /// The question changes before anybody votes.
        Amend = "amend",
        /// Its hour has come.
        Open = "open",
        /// It closes later, for everybody.
        Extend = "extend",
        /// It is taken back; once open, by two people.
        Withdraw = "withdraw",
        /// The question is put again, changed, after an open ballot was taken back.
        Reopen = "reopen",
        /// Its time is over, or its result stands.
        Close = "close",
        /// No option has the majority: the strongest go on.
        RunOff = "run_off",
        /// The chair decides a tie.
        CastingVote = "casting_vote",
        /// A member disputes the declaration.
        Challenge = "challenge",
        /// The challenge is turned down.
        Uphold = "uphold",
        /// The challenge is right.
        Annul = "annul",
        /// The same question is put again because too few took part.
        Repeat = "repeat",
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
            (Self::Draft, BallotEvent::Publish) | (Self::Notice, BallotEvent::Amend) => {
                Some(Self::Notice)
            }
            (Self::Notice, BallotEvent::Open)
            | (Self::Open, BallotEvent::Extend | BallotEvent::RunOff) => Some(Self::Open),
            (Self::Draft | Self::Notice | Self::Open, BallotEvent::Withdraw)
            | (Self::Withdrawn, BallotEvent::Reopen) => Some(Self::Withdrawn),
            (Self::Open, BallotEvent::Close)
            | (Self::Declared, BallotEvent::CastingVote | BallotEvent::Repeat)
            | (Self::Challenged, BallotEvent::Uphold) => Some(Self::Declared),
            (Self::Declared | Self::Effective, BallotEvent::Challenge) => Some(Self::Challenged),
            (Self::Challenged, BallotEvent::Annul) => Some(Self::Annulled),
            (Self::Declared, BallotEvent::Enact) => Some(Self::Effective),
            _ => None,
        }
    }

    /// Whether the count is known to every member.
    pub const fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Declared | Self::Challenged | Self::Annulled | Self::Effective
        )
    }

    /// Whether the electorate is fixed.
    pub const fn is_frozen(self) -> bool {
        matches!(self, Self::Open) || self.is_counted()
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
        assert_eq!(legal, 17);
        let annulled = BallotState::Annulled;
        assert!(BallotEvent::ALL.iter().all(|e| annulled.after(*e).is_err()));
        // What was done stays done, but not beyond dispute.
        let disputed = BallotState::Effective.after(BallotEvent::Challenge);
        assert_eq!(disputed, Ok(BallotState::Challenged));
    }

    #[test]
    fn a_declaration_cannot_be_taken_back() {
        let refused = BallotState::Declared.after(BallotEvent::Withdraw);
        let allowed = vec![
            BallotEvent::CastingVote,
            BallotEvent::Challenge,
            BallotEvent::Repeat,
            BallotEvent::Enact,
        ];
        let expected = BallotRefused::IllegalTransition {
            state: BallotState::Declared,
            event: BallotEvent::Withdraw,
            allowed,
        };
        assert_eq!(refused, Err(expected));
    }
}
