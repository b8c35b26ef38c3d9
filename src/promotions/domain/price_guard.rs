//! The prior price that a discount is measured against: the lowest at which the merchant itself sold in the
//! days before, read from its price log.
//!
//! China: the lowest price of the seven days before the promotion (Interim Provisions on Regulating Promotional
//! Conduct, SAMR order 32 of 2020, article 21). European Union: the lowest of the thirty days before (Directive
//! 98/6/EC, article 6a). Elsewhere: the price that is in force.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use uuid::Uuid;

use crate::alliances::CountryPack;

/// One line of a price log: from `effective_at` on the merchant asked this price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logged {
    pub id: Uuid,
    /// Minor units.
    pub price_minor: i64,
    pub effective_at: DateTime<Utc>,
    /// When it was written down; a line may be entered later than it took effect.
    pub recorded_at: DateTime<Utc>,
}

/// The prior price with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prior {
    /// The lowest price in force at any moment of the window.
    pub price_minor: i64,
    /// Begin of the window; its end is the moment of the check.
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    /// Whether the log reaches back to the begin of the window.
    pub complete: bool,
    /// Every line that was in force in the window, oldest first.
    pub lines: Vec<Logged>,
}

/// Days before a promotion whose lowest price counts; `None`: the price in force.
pub const fn window_days(pack: CountryPack) -> Option<i64> {
    match pack {
        CountryPack::Cn => Some(7),
        CountryPack::Eu => Some(30),
        CountryPack::None => None,
    }
}

/// The prior price at `now`; `None` where the log says nothing up to then. Lines may come in any order.
pub fn prior(log: &[Logged], pack: CountryPack, now: DateTime<Utc>) -> Option<Prior> {
    let mut known: Vec<Logged> = log
        .iter()
        .copied()
        .filter(|line| line.effective_at <= now)
        .collect();
    // The later line of one instant was written to correct the earlier, yet both were asked.
    known.sort_by_key(|line| (line.effective_at, line.id));
    let days = window_days(pack).unwrap_or(0);
    let from = now.checked_sub_signed(TimeDelta::days(days)).unwrap_or(now);
    // What took effect last before the window is in force when it begins.
    let before = known.partition_point(|line| line.effective_at <= from);
    let lines = known.split_off(before.saturating_sub(1));
    Some(Prior {
        price_minor: lines.iter().map(|line| line.price_minor).min()?,
        from,
        to: now,
        complete: before > 0,
        lines,
    })
}

/// The highest price that is at least `discount_bp` basis points below `prior`: `prior * (10000 - bp) / 10000`,
/// rounded down.
pub fn ceiling(prior_minor: i64, discount_bp: u32) -> i64 {
    let left = i128::from(10_000_u32.saturating_sub(discount_bp));
    let ceiling = i128::from(prior_minor) * left / 10_000;
    i64::try_from(ceiling).unwrap_or(prior_minor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn line(number: u128, hour: i64, price_minor: i64) -> Logged {
        Logged {
            id: Uuid::from_u128(number),
            price_minor,
            effective_at: at(hour),
            recorded_at: at(hour),
        }
    }

    #[test]
    fn seven_days_count_in_china_and_thirty_in_the_union() {
        let log = [
            line(1, 0, 900),
            line(2, 24 * 20, 1_000),
            line(3, 24 * 38, 1_200),
        ];
        let now = at(24 * 40);
        let price = |pack| prior(&log, pack, now).map(|p| (p.price_minor, p.lines.len()));
        assert_eq!(price(CountryPack::Cn), Some((1_000, 2)));
        assert_eq!(price(CountryPack::Eu), Some((900, 3)));
        assert_eq!(price(CountryPack::None), Some((1_200, 1)));
    }

    #[test]
    fn a_log_that_begins_within_the_window_is_not_complete() {
        let log = [line(1, 24, 900)];
        let found = prior(&log, CountryPack::Cn, at(48)).expect("a price");
        assert!(!found.complete);
        assert_eq!(prior(&log, CountryPack::Cn, at(23)), None);
        assert_eq!(prior(&[], CountryPack::None, at(23)), None);
    }

    #[test]
    fn a_price_of_the_windows_first_moment_counts_and_one_replaced_then_does_not() {
        let now = at(24 * 7 + 5);
        let replaced = [line(1, 0, 500), line(2, 5, 900)];
        let found = prior(&replaced, CountryPack::Cn, now).expect("a price");
        assert_eq!(found.price_minor, 900);
        let later = [line(1, 0, 500), line(2, 6, 900)];
        let found = prior(&later, CountryPack::Cn, now).expect("a price");
        assert_eq!(found.price_minor, 500);
    }

    #[test]
    fn the_ceiling_is_exact_for_the_largest_amounts() {
        assert_eq!(ceiling(999, 1_000), 899);
        assert_eq!(ceiling(1_000, 0), 1_000);
        let most = crate::kernel::money::MAX_AMOUNT;
        assert_eq!(
            i128::from(ceiling(most, 1)),
            i128::from(most) * 9_999 / 10_000
        );
    }

    proptest! {
        #[test]
        fn the_prior_price_is_the_lowest_that_was_ever_asked_in_the_window(
            lines in prop::collection::vec((0_i64..2_000, 1_i64..50), 0..12),
            now in 0_i64..2_500,
            pack in prop::sample::select(vec![CountryPack::Cn, CountryPack::Eu, CountryPack::None]),
        ) {
            let log: Vec<Logged> = (1..).zip(&lines).map(|(n, (hour, price))| line(n, *hour, *price)).collect();
            let hours = window_days(pack).unwrap_or(0) * 24;
            // Hour by hour: the last line that took effect by then.
            let asked = ((now - hours)..=now).filter_map(|hour| {
                let known = log.iter().filter(|l| l.effective_at <= at(hour));
                known.max_by_key(|l| (l.effective_at, l.id)).map(|l| l.price_minor)
            });
            // Of several lines of one instant within the window each was asked.
            let within = log.iter().filter(|l| at(now - hours) < l.effective_at && l.effective_at <= at(now));
            let expected = asked.chain(within.map(|l| l.price_minor)).min();
            prop_assert_eq!(prior(&log, pack, at(now)).map(|p| p.price_minor), expected);
        }
    }
}
