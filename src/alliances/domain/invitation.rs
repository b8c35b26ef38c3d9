//! The life of an invitation by mail: open → accepted | declined | revoked | expired.

use chrono::TimeDelta;

use crate::alliances::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;

/// How long somebody may think about an invitation.
pub const LIFETIME: TimeDelta = TimeDelta::days(14);
/// Invitations of one alliance within 24 hours.
pub const MOST_A_DAY: u64 = 50;

crate::words! {
    /// Where an invitation stands.
    pub enum InvitationState {
        /// Waits for an answer.
        Open = "open",
        /// The person joined.
        Accepted = "accepted",
        /// The person does not want to.
        Declined = "declined",
        /// The alliance took it back.
        Revoked = "revoked",
        /// Its time is over.
        Expired = "expired",
    }
}

crate::words! {
    /// What can happen to an invitation.
    pub enum InvitationEvent {
        /// The invited person joins.
        Accept = "accept",
        /// The invited person does not want to.
        Decline = "decline",
        /// The alliance takes it back.
        Revoke = "revoke",
        /// Its time is over.
        Expire = "expire",
    }
}

impl InvitationState {
    /// The state after `event`: an open invitation takes any, an answered one none.
    ///
    /// # Errors
    /// `illegal_transition`.
    pub fn after(self, event: InvitationEvent) -> Result<Self, Refused> {
        if self != Self::Open {
            return Err(Refused::illegal_transition(
                self.as_str(),
                event.as_str(),
                &[],
            ));
        }
        Ok(match event {
            InvitationEvent::Accept => Self::Accepted,
            InvitationEvent::Decline => Self::Declined,
            InvitationEvent::Revoke => Self::Revoked,
            InvitationEvent::Expire => Self::Expired,
        })
    }
}

/// Why there is no new invitation, or no answer to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    #[error("An invitation of this address to this role is open already.")]
    Already,
    #[error("An alliance may send {MOST_A_DAY} invitations within 24 hours.")]
    TooMany,
    #[error("The time of this invitation is over; ask for a new one.")]
    Over,
}

impl Refusal for InvitationError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Already => &problems::ALREADY_INVITED,
            Self::TooMany => &kinds::QUOTA_EXCEEDED,
            Self::Over => &kinds::DEADLINE_PASSED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_invitation_can_be_answered() {
        for event in InvitationEvent::ALL {
            for state in InvitationState::ALL {
                let open = *state == InvitationState::Open;
                assert_eq!(state.after(*event).is_ok(), open, "{state} {event}");
            }
        }
    }
}
