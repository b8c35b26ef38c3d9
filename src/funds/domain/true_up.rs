//! Joining and leaving in mid-season: bills at a locked price, one true-up at the close.
//!
//! Founders split the budget. Who joins later pays the founders' price for the days that are left, and nobody
//! else's notice changes. At the close the total is split again by member-days; the difference goes out as
//! credit and debit notes. Days are counted from 1 and inclusively.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use num_traits::Zero;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::Share;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::funds::domain::rounding::Mode;
use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::kernel::rational::Exact;

/// One member's stay in the season.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SeasonStay)]
pub struct Stay {
    /// Immutable id; it decides ties.
    pub id: String,
    /// Size in any unit.
    pub weight: Exact,
    /// First day of membership; 1 is the season's first day and makes a founder.
    pub from_day: i64,
    /// Last day of membership, included.
    pub to_day: i64,
}

/// For which days somebody who leaves still pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaverLiability {
    /// To the end of the season whose budget the member voted.
    FullSeason,
    /// To the last day of membership.
    UntilExit,
}

/// One member's line of a true-up, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrueUpLine {
    pub id: String,
    /// What was billed during the season.
    pub provisional: i64,
    /// What the member owes in the end.
    pub last: i64,
    /// `last` less `provisional`: positive is a debit note, negative a credit note.
    pub adjustment: i64,
}

/// A season cannot be trued up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrueUpRefusal {
    #[error("a season of {season_days} days is out of range")]
    SeasonOutOfRange { season_days: i64 },
    #[error("member '{member}' stays from day {from_day} to {to_day} of {season_days}")]
    DaysOutOfSeason {
        member: String,
        from_day: i64,
        to_day: i64,
        season_days: i64,
    },
    #[error(transparent)]
    Split(#[from] SplitRefusal),
}

impl From<Overflow> for TrueUpRefusal {
    fn from(overflow: Overflow) -> Self {
        Self::Split(overflow.into())
    }
}

impl Refusal for TrueUpRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::SeasonOutOfRange { .. } => &kinds::OUT_OF_RANGE,
            Self::DaysOutOfSeason { .. } => &problems::DAYS_OUT_OF_SEASON,
            Self::Split(refusal) => refusal.kind(),
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, Value)> = match self {
            Self::SeasonOutOfRange { season_days } => vec![("season_days", (*season_days).into())],
            Self::DaysOutOfSeason {
                member,
                from_day,
                to_day,
                season_days,
            } => vec![
                ("member", member.as_str().into()),
                ("from_day", (*from_day).into()),
                ("to_day", (*to_day).into()),
                ("season_days", (*season_days).into()),
            ],
            Self::Split(refusal) => return refusal.params(),
        };
        pairs.into_iter().map(|(k, v)| (k.into(), v)).collect()
    }
}

/// Longest season in days: ten years.
pub const MAX_SEASON_DAYS: i64 = 3_660;

/// Bills and final amounts of a season whose total is `budget` minor units, one line per stay in input order.
///
/// # Errors
/// Days outside the season, and every refusal of the split; without a founder there is no price to lock
/// (`no_members`).
pub fn true_up(
    budget: i64,
    season_days: i64,
    stays: &[Stay],
    liability: LeaverLiability,
) -> Result<Vec<TrueUpLine>, TrueUpRefusal> {
    check_days(season_days, stays)?;
    let provisional = bill(budget, season_days, stays)?;
    let payers: Vec<Payer> = stays
        .iter()
        .map(|stay| {
            let days = active_days(stay, season_days, liability);
            Payer::new(stay.id.clone(), Exact(&stay.weight.0 * BigInt::from(days)))
        })
        .collect();
    let shares = split(budget, 1, &payers)?.shares;
    let lines = stays.iter().zip(provisional).zip(shares);
    let line = |((stay, provisional), share): ((&Stay, i64), Share)| {
        let last = share.amount;
        let adjustment = last.checked_sub(provisional).ok_or(Overflow)?;
        Ok(TrueUpLine {
            id: stay.id.clone(),
            provisional,
            last,
            adjustment,
        })
    };
    lines.map(line).collect()
}

fn check_days(season_days: i64, stays: &[Stay]) -> Result<(), TrueUpRefusal> {
    if !(1..=MAX_SEASON_DAYS).contains(&season_days) {
        return Err(TrueUpRefusal::SeasonOutOfRange { season_days });
    }
    let inside = |s: &&Stay| 1 <= s.from_day && s.from_day <= s.to_day && s.to_day <= season_days;
    match stays.iter().find(|stay| !inside(stay)) {
        None => Ok(()),
        Some(stay) => Err(TrueUpRefusal::DaysOutOfSeason {
            member: stay.id.clone(),
            from_day: stay.from_day,
            to_day: stay.to_day,
            season_days,
        }),
    }
}

const fn active_days(stay: &Stay, season_days: i64, liability: LeaverLiability) -> i64 {
    let last = match liability {
        LeaverLiability::FullSeason => season_days,
        LeaverLiability::UntilExit => stay.to_day,
    };
    last - stay.from_day + 1
}

/// Founders split the budget; joiners pay the founders' price for the days left, half a minor unit upwards.
fn bill(budget: i64, season_days: i64, stays: &[Stay]) -> Result<Vec<i64>, TrueUpRefusal> {
    let founders: Vec<Payer> = stays
        .iter()
        .filter(|stay| stay.from_day == 1)
        .map(|stay| Payer::new(stay.id.clone(), stay.weight.clone()))
        .collect();
    let founding = split(budget, 1, &founders)?;
    let price = founding.price.unwrap_or_else(BigRational::zero);
    let mut shares = founding.shares.into_iter();
    stays
        .iter()
        .map(|stay| {
            if stay.from_day == 1 {
                return Ok(shares.next().map_or(0, |share| share.amount));
            }
            let left =
                BigRational::new((season_days - stay.from_day + 1).into(), season_days.into());
            let due = &price * &stay.weight.0 * left;
            Mode::HalfUp
                .round(&due)
                .to_i64()
                .ok_or_else(|| Overflow.into())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stay(id: &str, weight: i64, from_day: i64, to_day: i64) -> Stay {
        Stay {
            id: id.into(),
            weight: Exact::whole(weight),
            from_day,
            to_day,
        }
    }

    proptest! {
        #[test]
        fn final_amounts_add_up_and_each_note_is_the_difference(
            rows in prop::collection::vec((1_i64..50, 1_i64..=30, 0_i64..30), 1..9),
            budget in 0_i64..100_000, until_exit in any::<bool>(),
        ) {
            let mut stays = vec![stay("founder", 1, 1, 30)];
            for (i, (weight, from, length)) in rows.into_iter().enumerate() {
                stays.push(stay(&format!("m{i}"), weight, from, (from + length).min(30)));
            }
            let liability =
                if until_exit { LeaverLiability::UntilExit } else { LeaverLiability::FullSeason };
            let lines = true_up(budget, 30, &stays, liability).expect("sound");
            prop_assert_eq!(lines.iter().map(|l| l.last).sum::<i64>(), budget);
            prop_assert!(lines.iter().all(|l| l.provisional + l.adjustment == l.last));
            let founders = stays.iter().zip(&lines).filter(|(s, _)| s.from_day == 1);
            prop_assert_eq!(founders.map(|(_, l)| l.provisional).sum::<i64>(), budget);
        }
    }

    #[test]
    fn a_leaver_stays_liable_for_the_season_or_only_until_the_exit() {
        let stays = [stay("a", 1, 1, 90), stay("b", 1, 1, 30)];
        let last = |liability| {
            let lines = true_up(900, 90, &stays, liability).expect("sound");
            lines.into_iter().map(|l| l.last).collect::<Vec<_>>()
        };
        assert_eq!(last(LeaverLiability::FullSeason), [450, 450]);
        assert_eq!(last(LeaverLiability::UntilExit), [675, 225]);
    }

    #[test]
    fn days_outside_the_season_are_refused() {
        for (from_day, to_day) in [(0, 5), (6, 5), (1, 31)] {
            let stays = [stay("a", 1, from_day, to_day)];
            let refused = true_up(100, 30, &stays, LeaverLiability::UntilExit);
            let refused = refused.expect_err("outside");
            assert_eq!(refused.kind().code, "days_out_of_season");
        }
    }

    #[test]
    fn without_a_founder_there_is_no_price_to_lock() {
        let stays = [stay("late", 1, 2, 30)];
        let refused = true_up(100, 30, &stays, LeaverLiability::UntilExit);
        assert_eq!(refused, Err(SplitRefusal::NoMembers.into()));
    }
}
