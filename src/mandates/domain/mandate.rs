//! Where a permission stands: live until it is used, revoked or out of time.

crate::words! {
    /// Where a mandate stands.
    pub enum MandateState {
        /// It permits its act.
        Live = "live",
        /// Its act was done; it permits nothing more.
        Consumed = "consumed",
        /// The decision was challenged or annulled before the act.
        Revoked = "revoked",
        /// The time that the by-laws give to a mandate is over.
        Expired = "expired",
    }
}

/// What the row of a mandate says; instants in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    pub consumed: bool,
    pub revoked: bool,
    /// The first instant at which it permits nothing more.
    pub expires_at: Option<i64>,
}

impl Marks {
    /// The state at `now`. What was used or revoked stays so, whatever the clock says.
    pub fn state(self, now: i64) -> MandateState {
        if self.consumed {
            MandateState::Consumed
        } else if self.revoked {
            MandateState::Revoked
        } else if self.expires_at.is_some_and(|end| now >= end) {
            MandateState::Expired
        } else {
            MandateState::Live
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mandate_is_live_until_it_is_used_revoked_or_out_of_time() {
        let fresh = Marks {
            expires_at: Some(10),
            ..Marks::default()
        };
        assert_eq!(Marks::default().state(i64::MAX), MandateState::Live);
        assert_eq!(fresh.state(9), MandateState::Live);
        assert_eq!(fresh.state(10), MandateState::Expired);
        let revoked = Marks {
            revoked: true,
            ..fresh
        };
        assert_eq!(revoked.state(10), MandateState::Revoked);
        let consumed = Marks {
            consumed: true,
            ..fresh
        };
        assert_eq!(consumed.state(10), MandateState::Consumed);
    }
}
