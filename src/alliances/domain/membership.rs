//! The life of a membership: applied | invited → active ⇄ suspended → left | expelled.

use crate::alliances::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
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

/// The two parties of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Its organizers.
    Alliance,
    /// The merchant's staff.
    Merchant,
}

impl MembershipEvent {
    /// Who may bring it about in `state`: an application is approved by the alliance, an invitation by the
    /// merchant; either can turn it down.
    pub const fn sides(self, state: MembershipState) -> &'static [Side] {
        match (self, state) {
            (Self::Approve, MembershipState::Applied)
            | (Self::Suspend | Self::Reinstate | Self::Expel, _) => &[Side::Alliance],
            (Self::Approve, MembershipState::Invited) | (Self::Leave, _) => &[Side::Merchant],
            (Self::Approve | Self::Decline, _) => &[Side::Alliance, Side::Merchant],
            (Self::Expire, _) => &[],
        }
    }

    /// The name of the fact that it happened.
    pub const fn fact(self) -> &'static str {
        match self {
            Self::Approve => "membership.approved",
            Self::Decline => "membership.declined",
            Self::Suspend => "membership.suspended",
            Self::Reinstate => "membership.reinstated",
            Self::Leave => "membership.left",
            Self::Expel => "membership.expelled",
            Self::Expire => "membership.expired",
        }
    }
}

/// Why there is no new membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MembershipError {
    #[error("This alliance takes no applications; ask an organizer for an invitation.")]
    NotListed,
    #[error("This merchant has applied, is invited, or is a member already.")]
    AlreadyMember,
}

impl Refusal for MembershipError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::NotListed => &problems::NOT_LISTED,
            Self::AlreadyMember => &problems::ALREADY_MEMBER,
        }
    }
}

impl MembershipState {
    /// Whether nothing can happen to it any more.
    pub const fn has_ended(self) -> bool {
        matches!(
            self,
            Self::Declined | Self::Expired | Self::Left | Self::Expelled
        )
    }

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
