//! The case against a member: announced with its reasons → heard → executed; dropped at any time before.

use crate::kernel::problem::Refused;

crate::words! {
    /// Where a case stands.
    pub enum ExpulsionState {
        /// The member knows the reasons and the day of the hearing, and may answer.
        Announced = "announced",
        /// The hearing is over: the case can be put to the vote, and does not change any more.
        Heard = "heard",
        /// The member was expelled.
        Executed = "executed",
        /// Given up, or the member is gone.
        Dropped = "dropped",
    }
}

crate::words! {
    /// What can happen to a case.
    pub enum ExpulsionEvent {
        /// The member answers.
        Answer = "answer",
        /// The hearing has taken place.
        Hear = "hear",
        /// The vote carried, and the member is expelled.
        Execute = "execute",
        /// The organizers give it up, or the member is gone.
        Drop = "drop",
    }
}

impl ExpulsionState {
    /// The state after `event`.
    ///
    /// # Errors
    /// `illegal_transition` with the events that are possible.
    pub fn after(self, event: ExpulsionEvent) -> Result<Self, Refused> {
        self.next(event).ok_or_else(|| {
            let possible = ExpulsionEvent::ALL.iter().copied();
            let allowed: Vec<&str> = possible
                .filter(|e| self.next(*e).is_some())
                .map(ExpulsionEvent::as_str)
                .collect();
            Refused::illegal_transition(self.as_str(), event.as_str(), &allowed)
        })
    }

    const fn next(self, event: ExpulsionEvent) -> Option<Self> {
        use ExpulsionEvent as E;
        match (self, event) {
            (Self::Announced, E::Answer) => Some(Self::Announced),
            (Self::Announced, E::Hear) => Some(Self::Heard),
            (Self::Heard, E::Execute) => Some(Self::Executed),
            (Self::Announced | Self::Heard, E::Drop) => Some(Self::Dropped),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_expelled_unheard_and_an_ended_case_stays_ended() {
        use ExpulsionEvent as E;
        assert!(ExpulsionState::Announced.after(E::Execute).is_err());
        assert!(ExpulsionState::Heard.after(E::Answer).is_err());
        for ended in [ExpulsionState::Executed, ExpulsionState::Dropped] {
            assert!(E::ALL.iter().all(|event| ended.after(*event).is_err()));
        }
        let events =
            |state: ExpulsionState| E::ALL.iter().filter(|e| state.after(**e).is_ok()).count();
        let legal: usize = ExpulsionState::ALL.iter().map(|state| events(*state)).sum();
        assert_eq!(legal, 5);
    }
}
