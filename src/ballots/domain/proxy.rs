//! Appointing a proxy: in writing, before the deadline, to another member, not chained, and only as many per
//! holder as the rule allows; who asks first is served first.

use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::ProxyRule;

const HOUR_MS: i64 = 3_600_000;

/// What is known when a member appoints a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointing {
    /// The principal and the holder are the same member.
    pub to_itself: bool,
    /// Appointments of other principals that the holder has.
    pub held_by_holder: u64,
    /// The holder appointed a proxy of its own.
    pub holder_is_principal: bool,
    /// Somebody appointed the principal.
    pub principal_is_holder: bool,
    /// The instant of the appointment, in milliseconds.
    pub at: i64,
    /// The closing instant, in milliseconds.
    pub closes_at: i64,
}

/// The first instant that is too late for an appointment, in milliseconds.
pub fn deadline(rule: &ProxyRule, closes_at: i64) -> i64 {
    closes_at.saturating_sub(i64::from(rule.deadline_hours).saturating_mul(HOUR_MS))
}

/// Accepts an appointment.
///
/// # Errors
/// `ProxiesNotAllowed`, `ProxyToSelf`, `ProxyLate`, `ProxyChained`, `ProxyLimit`.
pub fn check(rule: Option<&ProxyRule>, facts: Appointing) -> Result<(), BallotRefused> {
    if facts.to_itself {
        return Err(BallotRefused::ProxyToSelf);
    }
    let rule = rule.ok_or(BallotRefused::ProxiesNotAllowed)?;
    let deadline = deadline(rule, facts.closes_at);
    if facts.at >= deadline {
        return Err(BallotRefused::ProxyLate { deadline });
    }
    if facts.holder_is_principal || facts.principal_is_holder {
        return Err(BallotRefused::ProxyChained);
    }
    if facts.held_by_holder >= u64::from(rule.max_per_holder) {
        return Err(BallotRefused::ProxyLimit {
            limit: rule.max_per_holder,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: ProxyRule = ProxyRule {
        max_per_holder: 2,
        deadline_hours: 24,
    };
    const FINE: Appointing = Appointing {
        to_itself: false,
        held_by_holder: 1,
        holder_is_principal: false,
        principal_is_holder: false,
        at: 13 * HOUR_MS - 1,
        closes_at: 37 * HOUR_MS,
    };

    #[test]
    fn each_way_to_appoint_wrongly_has_its_refusal() {
        let with = |change: fn(&mut Appointing)| {
            let mut facts = FINE;
            change(&mut facts);
            check(Some(&RULE), facts)
        };
        assert_eq!(check(Some(&RULE), FINE), Ok(()));
        assert_eq!(check(None, FINE), Err(BallotRefused::ProxiesNotAllowed));
        assert_eq!(
            with(|f| f.to_itself = true),
            Err(BallotRefused::ProxyToSelf)
        );
        assert_eq!(
            with(|f| f.holder_is_principal = true),
            Err(BallotRefused::ProxyChained)
        );
        assert_eq!(
            with(|f| f.principal_is_holder = true),
            Err(BallotRefused::ProxyChained)
        );
        assert_eq!(
            with(|f| f.held_by_holder = 2),
            Err(BallotRefused::ProxyLimit { limit: 2 })
        );
        let deadline = 13 * HOUR_MS;
        assert_eq!(
            with(|f| f.at = 13 * HOUR_MS),
            Err(BallotRefused::ProxyLate { deadline })
        );
    }
}
