//! The end of an alliance: proposed with a plan for its assets → executed, or dropped.

use crate::kernel::problem::Refused;

crate::words! {
    /// Where a dissolution stands.
    pub enum DissolutionState {
        /// It can be put to the vote; nothing has ended.
        Proposed = "proposed",
        /// The alliance is dissolved.
        Executed = "executed",
        /// Given up.
        Dropped = "dropped",
    }
}

crate::words! {
    /// What can happen to a dissolution.
    pub enum DissolutionEvent {
        /// The vote carried, and everything is settled.
        Execute = "execute",
        /// The organizers give it up.
        Drop = "drop",
    }
}

impl DissolutionState {
    /// The state after `event`.
    ///
    /// # Errors
    /// `illegal_transition` with the events that are possible.
    pub fn after(self, event: DissolutionEvent) -> Result<Self, Refused> {
        match (self, event) {
            (Self::Proposed, DissolutionEvent::Execute) => Ok(Self::Executed),
            (Self::Proposed, DissolutionEvent::Drop) => Ok(Self::Dropped),
            (Self::Executed | Self::Dropped, _) => Err(Refused::illegal_transition(
                self.as_str(),
                event.as_str(),
                &[],
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_stays_ended() {
        for ended in [DissolutionState::Executed, DissolutionState::Dropped] {
            for event in DissolutionEvent::ALL {
                assert!(ended.after(*event).is_err());
            }
        }
        let executed = DissolutionState::Proposed.after(DissolutionEvent::Execute);
        assert_eq!(executed.ok(), Some(DissolutionState::Executed));
    }
}
