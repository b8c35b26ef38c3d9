//! The life of a membership: applied | invited → active ⇄ suspended → left | expelled.

use crate::kernel::problem::Refused;

crate::words! {
    /// Where a membership stands.
    pub enum MembershipState {
        /// The merchant asked to join.
        Applied = "applied",
        /// The alliance asked it to.
        Invited = "invited",
        /// A member with all rights and duties.
        Active = "active",
        /// Rights rest, duties stay.
        Suspended = "suspended",
        /// An application or invitation was turned down.
        Declined = "declined",
        /// An invitation ran out.
        Expired = "expired",
        /// Gone by its own will.
        Left = "left",
        /// Removed by the alliance.
        Expelled = "expelled",
    }
}

crate::words! {
    /// What can happen to a membership.
    pub enum MembershipEvent {
        /// An organizer takes an application; a merchant takes an invitation.
        Approve = "approve",
        /// Either side turns the other down.
        Decline = "decline",
        /// Rights rest.
        Suspend = "suspend",
        /// Rights return.
        Reinstate = "reinstate",
        /// The merchant goes.
        Leave = "leave",
        /// The alliance removes it.
        Expel = "expel",
        /// The invitation's time is over.
        Expire = "expire",
    }
}

impl MembershipState {
    /// The state after `event`.
    ///
    /// # Errors
    /// `illegal_transition` with the events that are possible.
    pub fn after(self, event: MembershipEvent) -> Result<Self, Refused> {
        self.next(event).ok_or_else(|| {
            let allowed: Vec<&str> = MembershipEvent::ALL
                .iter()
                .filter(|e| self.next(**e).is_some())
                .map(|e| e.as_str())
                .collect();
            Refused::illegal_transition(self.as_str(), event.as_str(), &allowed)
        })
    }

    const fn next(self, event: MembershipEvent) -> Option<Self> {
        use MembershipEvent as E;
        match (self, event) {
            (Self::Applied | Self::Invited, E::Approve) | (Self::Suspended, E::Reinstate) => {
                Some(Self::Active)
            }
            (Self::Applied | Self::Invited, E::Decline) => Some(Self::Declined),
            (Self::Invited, E::Expire) => Some(Self::Expired),
            (Self::Active, E::Suspend) => Some(Self::Suspended),
            (Self::Active | Self::Suspended, E::Leave) => Some(Self::Left),
            (Self::Active | Self::Suspended, E::Expel) => Some(Self::Expelled),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_takes_exactly_its_events() {
        let legal: usize = MembershipState::ALL
            .iter()
            .map(|s| {
                MembershipEvent::ALL
                    .iter()
                    .filter(|e| s.after(**e).is_ok())
                    .count()
            })
            .sum();
        assert_eq!(legal, 11);
        for ended in [
            MembershipState::Left,
            MembershipState::Expelled,
            MembershipState::Declined,
            MembershipState::Expired,
        ] {
            assert!(
                MembershipEvent::ALL
                    .iter()
                    .all(|e| ended.after(*e).is_err()),
                "{ended}"
            );
        }
    }
}
