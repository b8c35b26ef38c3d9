//! A scarce capacity shared pro rata by demand in whole packs: largest remainder, ties to the earlier sequence.
//!
//! While demand exceeds the capacity the price does not move, so only shares change when somebody leaves.
//! A floor share never shrinks then: who is safely at the minimum stays so and is not looked at again.

use std::collections::HashMap;

use crate::kernel::money::Overflow;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::TooComplex;

/// Most groups of equal claims looked at in one rationing.
const MAX_WORK: u64 = 100_000_000;

/// One member's demand for a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Index of the commitment.
    pub member: usize,
    /// Place in the order of commitment.
    pub sequence: i64,
    /// Units wanted; a positive multiple of the pack.
    pub demand: i64,
    /// Smallest share that is taken.
    pub minimum: i64,
}

/// Who is left out, and the shares of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rationed {
    /// Members taken out, in the order in which they left.
    pub left_out: Vec<usize>,
    /// Shares by member; none when the demand that is left fits the capacity.
    pub shares: Option<Vec<(usize, i64)>>,
}

/// Why a capacity cannot be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RationingError {
    /// Too many members would have to leave one by one.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
    /// A product left `i128`.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl From<RationingError> for crate::tenders::domain::commitments::ClearingError {
    fn from(error: RationingError) -> Self {
        match error {
            RationingError::TooComplex(error) => Self::TooComplex(error),
            RationingError::Overflow(error) => Self::Overflow(error),
        }
    }
}

/// Shares `capacity`, a multiple of `pack`, taking out whoever would get less than its minimum: latest
/// sequence first, one at a time.
///
/// # Errors
/// [`RationingError`] for products beyond `i128` and too many rounds.
pub fn ration(
    mut claims: Vec<Claim>,
    capacity: i64,
    pack: i64,
) -> Result<Rationed, RationingError> {
    claims.sort_by_key(|claim| std::cmp::Reverse((claim.sequence, claim.member)));
    let mut total: i128 = claims.iter().map(|claim| i128::from(claim.demand)).sum();
    let mut alike = Alike::new(&claims);
    let mut gone = vec![false; claims.len()];
    let mut left_out = vec![];
    let mut work = 0_u64;
    // Claims before `next` in this latest-first order are safe or gone.
    let mut next = 0;
    while total > i128::from(capacity) {
        let Some(candidate) = claims.get(next) else {
            break;
        };
        let floor = floor_share(candidate, capacity, pack, total)?;
        if gone[next] || floor >= candidate.minimum {
            next += 1;
            continue;
        }
        let leaver = if floor + pack < candidate.minimum {
            Some(next)
        } else {
            work += alike.groups.len() as u64;
            if work > MAX_WORK {
                return Err(RationingError::TooComplex(TooComplex {
                    what: "shares",
                    limit: MAX_WORK,
                }));
            }
            alike.latest_below_minimum(&claims, capacity, pack, total)?
        };
        let Some(index) = leaver else { break };
        total -= i128::from(claims[index].demand);
        gone[index] = true;
        alike.leave(index);
        left_out.push(claims[index].member);
    }
    if total <= i128::from(capacity) {
        return Ok(Rationed {
            left_out,
            shares: None,
        });
    }
    let mut still = gone.iter().map(|gone| !gone);
    claims.retain(|_| still.next().unwrap_or(false));
    let shares = shares(&claims, capacity, pack, total)?;
    let members = claims.iter().map(|claim| claim.member);
    Ok(Rationed {
        left_out,
        shares: Some(members.zip(shares).collect()),
    })
}

/// Claims of equal demand and minimum have equal shares but for the last pack, which goes to the earlier
/// ones. So in each group only the latest can be the next to leave, and a round looks at groups alone.
struct Alike {
    /// Indices of claims, latest sequence first; those before the head are gone.
    groups: Vec<(Vec<usize>, usize)>,
    /// The group of each claim.
    group_of: Vec<usize>,
}

impl Alike {
    fn new(claims: &[Claim]) -> Self {
        let mut places = HashMap::new();
        let mut groups: Vec<(Vec<usize>, usize)> = vec![];
        let mut group_of = vec![];
        for (index, claim) in claims.iter().enumerate() {
            let place = *places
                .entry((claim.demand, claim.minimum))
                .or_insert_with(|| {
                    groups.push((vec![], 0));
                    groups.len() - 1
                });
            groups[place].0.push(index);
            group_of.push(place);
        }
        Self { groups, group_of }
    }

    fn leave(&mut self, index: usize) {
        self.groups[self.group_of[index]].1 += 1;
    }

    /// The latest claim whose share is below its minimum.
    fn latest_below_minimum(
        &self,
        claims: &[Claim],
        capacity: i64,
        pack: i64,
        total: i128,
    ) -> Result<Option<usize>, Overflow> {
        let packs = i128::from(capacity / pack);
        let mut left = packs;
        let mut by_remainder = vec![];
        for (members, head) in &self.groups {
            let alive = &members[*head..];
            if let Some(latest) = alive.first() {
                let quota = exact::product(&[packs, claims[*latest].demand.into()])?;
                left -= quota / total * alive.len() as i128;
                by_remainder.push((quota % total, quota / total, alive));
            }
        }
        by_remainder.sort_by_key(|(remainder, _, _)| std::cmp::Reverse(*remainder));
        let mut leaver: Option<usize> = None;
        for run in by_remainder.chunk_by(|a, b| a.0 == b.0) {
            for (remainder, floor, alive) in run {
                let latest = alive[0];
                let earlier = |members: &[usize]| {
                    members.len() - members.partition_point(|index| *index <= latest)
                };
                let before: usize = run.iter().map(|(_, _, members)| earlier(members)).sum();
                let extra = *remainder > 0 && (before as i128) < left;
                let share = exact::amount((floor + i128::from(extra)) * i128::from(pack))?;
                if share < claims[latest].minimum {
                    leaver = Some(leaver.map_or(latest, |known| known.min(latest)));
                }
            }
            let size: usize = run.iter().map(|(_, _, members)| members.len()).sum();
            left = (left - size as i128).max(0);
        }
        Ok(leaver)
    }
}

fn floor_share(claim: &Claim, capacity: i64, pack: i64, total: i128) -> Result<i64, Overflow> {
    let packs = exact::product(&[(capacity / pack).into(), claim.demand.into()])? / total;
    exact::amount(packs * i128::from(pack))
}

/// Shares in the order of `claims`, which is latest first.
fn shares(claims: &[Claim], capacity: i64, pack: i64, total: i128) -> Result<Vec<i64>, Overflow> {
    let packs = i128::from(capacity / pack);
    let mut shares = Vec::with_capacity(claims.len());
    let mut remainders = Vec::with_capacity(claims.len());
    let mut left = packs;
    for (index, claim) in claims.iter().enumerate() {
        let quota = exact::product(&[packs, claim.demand.into()])?;
        left -= quota / total;
        shares.push(exact::amount(quota / total * i128::from(pack))?);
        remainders.push((quota % total, index));
    }
    let extra = usize::try_from(left).unwrap_or(0).min(remainders.len());
    if extra > 0 {
        // A larger index is an earlier sequence, so descending order prefers it among equals.
        remainders.select_nth_unstable_by(extra - 1, |a, b| b.cmp(a));
        for (_, index) in &remainders[..extra] {
            shares[*index] += pack;
        }
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rule word by word: share, take out the latest below its minimum, share again.
    fn word_by_word(mut claims: Vec<Claim>, capacity: i64, pack: i64) -> Rationed {
        claims.sort_by_key(|claim| std::cmp::Reverse((claim.sequence, claim.member)));
        let mut left_out = vec![];
        loop {
            let total: i128 = claims.iter().map(|claim| i128::from(claim.demand)).sum();
            if total <= i128::from(capacity) {
                return Rationed {
                    left_out,
                    shares: None,
                };
            }
            let shares = shares(&claims, capacity, pack, total).expect("small");
            match (0..claims.len()).find(|i| shares[*i] < claims[*i].minimum) {
                Some(index) => left_out.push(claims.remove(index).member),
                None => {
                    let members = claims.iter().map(|claim| claim.member);
                    return Rationed {
                        left_out,
                        shares: Some(members.zip(shares).collect()),
                    };
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_500))]

        #[test]
        fn groups_of_equal_claims_lead_to_the_same_shares_as_the_rule_word_by_word(
            members in prop::collection::vec((1_i64..9, 0_i64..9, 0_i64..5), 1..25),
            packs in 1_i64..60,
            pack in prop::sample::select(vec![1_i64, 4]),
        ) {
            let claims: Vec<Claim> = members.iter().enumerate().map(|(member, (d, m, s))| Claim {
                member,
                sequence: *s,
                demand: d * pack,
                minimum: (m.min(d) * pack).max(pack),
            }).collect();
            let expected = word_by_word(claims.clone(), packs * pack, pack);
            prop_assert_eq!(ration(claims, packs * pack, pack).expect("small"), expected);
        }
    }

    #[test]
    fn a_hundred_thousand_single_units_leave_one_by_one_in_time() {
        let claims = (0..100_000).map(|member| Claim {
            member,
            sequence: member as i64,
            demand: 1 + member as i64 % 3,
            minimum: 1,
        });
        let rationed = ration(claims.collect(), 30_000, 1).expect("within the budget");
        let shares = rationed.shares.expect("scarce");
        assert_eq!(shares.iter().map(|(_, share)| share).sum::<i64>(), 30_000);
        assert!(rationed.left_out.len() > 50_000);
    }
}
