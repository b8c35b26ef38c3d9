//! When a ballot opens and closes. Instants are milliseconds.

use crate::ballots::domain::refusal::BallotRefused;

const DAY_MS: i64 = 86_400_000;

/// What was proposed, and what the by-laws ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timetable {
    /// Absent: as soon as the by-laws allow.
    pub opens_at: Option<i64>,
    /// The first instant that is too late.
    pub closes_at: i64,
    /// Days between the announcement and the opening.
    pub notice_days: u32,
}

impl Timetable {
    /// When a ballot that is announced at `now` opens: `now` at the earliest.
    ///
    /// # Errors
    /// `NoticeTooShort`; `ClosesBeforeItOpens`.
    pub fn opening(self, now: i64) -> Result<i64, BallotRefused> {
        let earliest = now.saturating_add(i64::from(self.notice_days).saturating_mul(DAY_MS));
        let opens_at = match self.opens_at {
            Some(wanted) if self.notice_days > 0 && wanted < earliest => {
                return Err(BallotRefused::NoticeTooShort {
                    days: self.notice_days,
                    earliest,
                });
            }
            Some(wanted) => wanted.max(now),
            None => earliest,
        };
        if self.closes_at <= opens_at {
            return Err(BallotRefused::ClosesBeforeItOpens { opens_at });
        }
        Ok(opens_at)
    }
}

/// When those who have not voted are reminded: a day before the close, or half way through a short ballot.
pub fn reminder(opens_at: i64, closes_at: i64) -> i64 {
    let half = closes_at.saturating_sub(opens_at) / 2;
    closes_at.saturating_sub(half.min(DAY_MS))
}

/// How long a run-off lasts that follows round `round`: as long as a round so far, on average.
pub fn another_round(opened_at: i64, closes_at: i64, round: i64) -> i64 {
    (closes_at.saturating_sub(opened_at) / round.max(1)).max(1)
}

/// The instant `days` days after `at`.
pub fn days_after(at: i64, days: u32) -> i64 {
    at.saturating_add(i64::from(days).saturating_mul(DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(
        opens_at: Option<i64>,
        closes_at: i64,
        notice_days: u32,
    ) -> Result<i64, BallotRefused> {
        Timetable {
            opens_at,
            closes_at,
            notice_days,
        }
        .opening(1_000)
    }

    #[test]
    fn a_ballot_opens_at_once_where_nothing_holds_it() {
        assert_eq!(opening(None, 2_000, 0), Ok(1_000));
        assert_eq!(opening(Some(500), 2_000, 0), Ok(1_000));
        assert_eq!(opening(Some(1_500), 2_000, 0), Ok(1_500));
    }

    #[test]
    fn the_notice_of_the_by_laws_is_kept() {
        assert_eq!(opening(None, 3 * DAY_MS, 2), Ok(2 * DAY_MS + 1_000));
        assert_eq!(
            opening(Some(DAY_MS), 3 * DAY_MS, 2),
            Err(BallotRefused::NoticeTooShort {
                days: 2,
                earliest: 2 * DAY_MS + 1_000
            })
        );
    }

    #[test]
    fn a_reminder_comes_a_day_before_the_close_or_half_way() {
        assert_eq!(reminder(0, 7 * DAY_MS), 6 * DAY_MS);
        assert_eq!(reminder(0, DAY_MS), DAY_MS / 2);
        assert_eq!(another_round(0, 4 * DAY_MS, 2), 2 * DAY_MS);
    }

    #[test]
    fn there_is_time_to_vote() {
        assert_eq!(
            opening(None, 1_000, 0),
            Err(BallotRefused::ClosesBeforeItOpens { opens_at: 1_000 })
        );
        assert!(opening(Some(5_000), 5_000, 0).is_err());
    }
}
