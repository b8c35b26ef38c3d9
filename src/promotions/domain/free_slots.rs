//! Where a promotion still fits: runs of local days that nothing busy touches.

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use chrono_tz::Tz;

use crate::promotions::domain::local_time;
use crate::promotions::domain::refusal::CalendarRefused;

/// A run of free local days, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// First free day.
    pub from: NaiveDate,
    /// First day that is not.
    pub to: NaiveDate,
    /// Local midnight of `from`.
    pub starts_at: DateTime<Utc>,
    /// Local midnight of `to`.
    pub ends_at: DateTime<Utc>,
}

impl Slot {
    /// Number of days.
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days()
    }
}

/// The longest runs of at least `least` days from `from` to before `to` that none of the half-open `busy`
/// windows touches. Windows may come in any order and overlap. O(n log n + days).
///
/// # Errors
/// `TimeOutOfRange` at the ends of the calendar.
pub fn free_slots(
    from: NaiveDate,
    to: NaiveDate,
    zone: Tz,
    busy: &[(DateTime<Utc>, DateTime<Utc>)],
    least: u32,
) -> Result<Vec<Slot>, CalendarRefused> {
    let mut busy: Vec<_> = busy.iter().copied().filter(|(a, b)| a < b).collect();
    busy.sort_unstable();
    let mut windows = busy.into_iter().peekable();
    let mut taken_until = DateTime::<Utc>::MIN_UTC;
    let mut found: Vec<Slot> = Vec::new();
    let mut day = from;
    while day < to {
        let (starts_at, ends_at) = local_time::all_day(day, 1, zone)?;
        while let Some((_, end)) = windows.next_if(|(start, _)| *start < ends_at) {
            taken_until = taken_until.max(end);
        }
        let Some(next) = day.succ_opt() else { break };
        // A day that the clocks skip has no time in it.
        if taken_until <= starts_at && starts_at < ends_at {
            match found.last_mut().filter(|slot| slot.to == day) {
                Some(slot) => (slot.to, slot.ends_at) = (next, ends_at),
                None => found.push(Slot {
                    from: day,
                    to: next,
                    starts_at,
                    ends_at,
                }),
            }
        }
        day = next;
    }
    found.retain(|slot| slot.days() >= i64::from(least));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_window_that_ends_at_local_midnight_leaves_the_next_day_free() {
        let busy = [(at("2026-11-10T16:00:00Z"), at("2026-11-11T16:00:00Z"))];
        let shanghai = chrono_tz::Asia::Shanghai;
        let found = free_slots(date("2026-11-10"), date("2026-11-14"), shanghai, &busy, 1);
        let days: Vec<_> = found
            .expect("in range")
            .iter()
            .map(|slot| (slot.from.to_string(), slot.days()))
            .collect();
        assert_eq!(
            days,
            [("2026-11-10".to_owned(), 1), ("2026-11-12".to_owned(), 2)]
        );
        let two = free_slots(date("2026-11-10"), date("2026-11-14"), shanghai, &busy, 2);
        assert_eq!(two.expect("in range").len(), 1);
    }

    proptest! {
        #[test]
        fn exactly_the_untouched_days_are_free(
            busy in prop::collection::vec((0_i64..2_000, 0_i64..200), 0..8),
            zone in prop::sample::select(vec!["Europe/London", "Asia/Shanghai", "Australia/Lord_Howe"]),
        ) {
            let zone = local_time::zone(zone).expect("known");
            let (from, to) = (date("2026-02-01"), date("2026-05-01"));
            let start = at("2026-01-31T00:00:00Z");
            let busy: Vec<_> = busy.into_iter()
                .map(|(hour, hours)| (start + TimeDelta::hours(hour), start + TimeDelta::hours(hour + hours)))
                .collect();
            let slots = free_slots(from, to, zone, &busy, 1).expect("in range");
            let mut day = from;
            while day < to {
                let (a, b) = local_time::all_day(day, 1, zone).expect("in range");
                let free = !busy.iter().any(|(x, y)| x < y && *x < b && a < *y);
                let told = slots.iter().any(|slot| slot.from <= day && day < slot.to);
                prop_assert_eq!(free, told, "{}", day);
                day = day.succ_opt().expect("a date");
            }
            prop_assert!(slots.windows(2).all(|pair| pair[0].to < pair[1].from));
        }
    }
}
