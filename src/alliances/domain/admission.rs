//! The admission of a merchant by consent: both sides agreed, and every member may object for some days. Without an
//! objection the merchant is in by itself; with one a second person weighs the reasons.
//!
//! Source of the rule: `admission` among the matters of an alliance (committee, with a time to object).

use crate::kernel::problem::Refused;

crate::words! {
    /// Where an admission stands.
    pub enum AdmissionState {
        /// Members may object, or an objection waits for its answer.
        Open = "open",
        /// The merchant is a member.
        Admitted = "admitted",
        /// It is not.
        Refused = "refused",
    }
}

/// What is to be done with an open admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Members may object still.
    Wait,
    /// Nobody objects: the merchant is in.
    Consent,
    /// Somebody objects: a second person decides.
    Decide,
}

/// The next step of an admission at `now` whose time to object ends at `until` (both in milliseconds), with as many
/// objections that were not withdrawn. The instant `until` itself is too late to object.
pub fn step(now: i64, until: i64, objections: u64) -> Step {
    match (now < until, objections) {
        (true, _) => Step::Wait,
        (false, 0) => Step::Consent,
        (false, _) => Step::Decide,
    }
}

impl AdmissionState {
    /// Passes an admission that is not decided yet.
    ///
    /// # Errors
    /// `illegal_transition`.
    pub fn require_open(self, event: &str) -> Result<(), Refused> {
        match self {
            Self::Open => Ok(()),
            Self::Admitted | Self::Refused => {
                Err(Refused::illegal_transition(self.as_str(), event, &[]))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_admits_once_the_time_to_object_is_over() {
        assert_eq!(step(9, 10, 0), Step::Wait);
        assert_eq!(step(9, 10, 1), Step::Wait);
        assert_eq!(step(10, 10, 0), Step::Consent);
        assert_eq!(step(10, 10, 1), Step::Decide);
    }

    #[test]
    fn what_was_decided_stays_decided() {
        assert!(AdmissionState::Open.require_open("object").is_ok());
        for ended in [AdmissionState::Admitted, AdmissionState::Refused] {
            assert!(ended.require_open("object").is_err());
        }
    }
}
