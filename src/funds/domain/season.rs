//! The true-up of a real season: member-days under the policy's own bounds, against what was billed (fund.md 2.6).
//!
//! Bounds hold for a whole season; who is there for a part of it has the same part of them. A weight may change on a
//! day of the season, where a size was corrected.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use num_traits::Zero;

use crate::funds::domain::apportion::Payer;
use crate::funds::domain::plan::ChargeRefusal;
use crate::funds::domain::plan::split_owned;
use crate::funds::domain::rounding::Mode;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::rational::Exact;

crate::words! {
    /// What a true-up splits.
    pub enum Basis {
        /// The budget that was billed.
        Budget = "budget",
        /// What was really spent; then nothing unspent is left to refund.
        Spend = "spend",
    }
}

/// A weight from a day of the season on; day 1 is the season's first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightFrom {
    pub day: i64,
    pub weight: BigRational,
}

/// One member's season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Season {
    /// The membership; it decides ties.
    pub id: String,
    /// Ascending by day; the first holds from the member's first day.
    pub weights: Vec<WeightFrom>,
    /// First and last day of liability, included; nothing where the last lies before the first.
    pub from_day: i64,
    pub to_day: i64,
    /// Bounds of a whole season in minor units.
    pub floor: i64,
    pub cap: Option<i64>,
    pub owner: Option<String>,
}

impl Season {
    /// Days of liability.
    pub fn active_days(&self) -> i64 {
        (self.to_day - self.from_day + 1).max(0)
    }

    /// The weight of each day of liability, added up.
    pub fn weight_days(&self) -> BigRational {
        let mut total = BigRational::zero();
        for (place, step) in self.weights.iter().enumerate() {
            let from = if place == 0 {
                self.from_day
            } else {
                step.day.max(self.from_day)
            };
            let next = self.weights.get(place + 1);
            let to = next.map_or(self.to_day, |next| self.to_day.min(next.day - 1));
            let days = (to - from + 1).max(0);
            total += &step.weight * BigInt::from(days);
        }
        total
    }

    /// A bound of the whole season for the days of liability.
    fn part_of(&self, bound: i64, season_days: i64, mode: Mode) -> Result<i64, Overflow> {
        let part = BigRational::new(
            BigInt::from(bound) * BigInt::from(self.active_days()),
            BigInt::from(season_days.max(1)),
        );
        mode.round(&part).to_i64().ok_or(Overflow)
    }
}

/// What a member owes in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Final {
    pub amount: i64,
    /// Before rounding.
    pub exact: BigRational,
}

/// Splits `total` again by member-days, in the order of the members.
///
/// # Errors
/// Every refusal of the split.
pub fn split_season(
    total: i64,
    quantum: i64,
    season_days: i64,
    owner_cap: Option<i64>,
    members: &[Season],
) -> Result<Vec<Final>, ChargeRefusal> {
    let payer = |season: &Season| {
        let cap = season
            .cap
            .map(|cap| season.part_of(cap, season_days, Mode::Up));
        Ok(Payer {
            id: season.id.clone(),
            weight: Exact(season.weight_days()),
            floor: season.part_of(season.floor, season_days, Mode::Down)?,
            cap: cap.transpose()?,
        })
    };
    let payers = members
        .iter()
        .map(payer)
        .collect::<Result<Vec<_>, Overflow>>()?;
    let owners: Vec<Option<String>> = members.iter().map(|m| m.owner.clone()).collect();
    let found = split_owned(total, quantum, &payers, &owners, owner_cap)?;
    let last = found.shares.into_iter().map(|share| Final {
        amount: share.amount,
        exact: share.exact,
    });
    Ok(last.collect())
}

/// Charges each member's own amount of a whole season for its days of liability; `mode` and `quantum` are the rule's.
///
/// # Errors
/// [`Overflow`].
pub fn charge_season(
    season_days: i64,
    mode: Mode,
    quantum: i64,
    members: &[Season],
) -> Result<Vec<Final>, Overflow> {
    let charge = |season: &Season| {
        let exact = season.weight_days() / BigInt::from(season_days.max(1));
        let amount = mode.round_to(&exact, quantum.max(1)).to_i64();
        let amount = amount
            .filter(|amount| *amount <= MAX_AMOUNT)
            .ok_or(Overflow)?;
        Ok(Final { amount, exact })
    };
    members.iter().map(charge).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::funds::domain::true_up::LeaverLiability;
    use crate::funds::domain::true_up::Stay;
    use crate::funds::domain::true_up::true_up;

    fn season(id: &str, weight: i64, from_day: i64, to_day: i64) -> Season {
        let weight = BigRational::from_integer(weight.into());
        Season {
            id: id.into(),
            weights: vec![WeightFrom { day: 1, weight }],
            from_day,
            to_day,
            floor: 0,
            cap: None,
            owner: None,
        }
    }

    proptest! {
        #[test]
        fn without_bounds_it_is_the_published_true_up(
            rows in prop::collection::vec((1_i64..50, 1_i64..=30, 0_i64..30), 1..9),
            budget in 0_i64..100_000,
        ) {
            let mut stays = vec![("founder".to_owned(), 1, 1, 30)];
            for (i, (weight, from, length)) in rows.into_iter().enumerate() {
                stays.push((format!("m{i}"), weight, from, (from + length).min(30)));
            }
            let published: Vec<Stay> = stays.iter().map(|(id, weight, from_day, to_day)| Stay {
                id: id.clone(),
                weight: Exact::whole(*weight),
                from_day: *from_day,
                to_day: *to_day,
            }).collect();
            let members: Vec<Season> =
                stays.iter().map(|(id, w, from, to)| season(id, *w, *from, *to)).collect();
            let lines = true_up(budget, 30, &published, LeaverLiability::UntilExit).expect("sound");
            let found = split_season(budget, 1, 30, None, &members).expect("sound");
            let amounts: Vec<i64> = found.iter().map(|f| f.amount).collect();
            prop_assert_eq!(amounts, lines.iter().map(|l| l.last).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_corrected_weight_counts_from_its_day() {
        let mut member = season("a", 3, 1, 100);
        let weight = BigRational::from_integer(1.into());
        member.weights.push(WeightFrom { day: 51, weight });
        assert_eq!(member.weight_days(), BigRational::from_integer(200.into()));
        member.from_day = 61;
        assert_eq!(member.weight_days(), BigRational::from_integer(40.into()));
        member.to_day = 40;
        assert_eq!(member.weight_days(), BigRational::zero());
        assert_eq!(member.active_days(), 0);
    }

    #[test]
    fn bounds_shrink_with_the_days() {
        let mut members = [season("a", 100, 1, 90), season("b", 1, 61, 90)];
        members[0].cap = Some(600);
        members[1].floor = 300;
        let found = split_season(900, 1, 90, None, &members).expect("sound");
        assert_eq!(found[0].amount, 600);
        assert_eq!(found[1].amount, 300);
        let found = split_season(700, 1, 90, None, &members).expect("sound");
        assert_eq!((found[0].amount, found[1].amount), (600, 100));
    }

    #[test]
    fn a_rate_is_charged_for_the_days() {
        let members = [season("a", 900, 1, 90), season("b", 900, 61, 90)];
        let found = charge_season(90, Mode::HalfUp, 1, &members).expect("in range");
        assert_eq!((found[0].amount, found[1].amount), (900, 300));
    }
}
