//! A scarce capacity shared pro rata by demand in whole packs: largest remainder, ties to the earlier sequence.
//!
//! While demand exceeds the capacity the price does not move, so only shares change when somebody leaves.
//! A floor share never shrinks then: who is safely at the minimum stays so and is not looked at again.

use crate::kernel::money::Overflow;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::TooComplex;

/// Most share computations in one rationing; each looks at every claim.
const MAX_WORK: u64 = 400_000_000;

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
    let mut left_out = vec![];
    let mut work = 0_u64;
    // Claims before `next` in this latest-first order are safe, or gone: then their demand is zero.
    let mut next = 0;
    while total > i128::from(capacity) {
        let Some(candidate) = claims.get(next) else {
            break;
        };
        let floor = floor_share(candidate, capacity, pack, total)?;
        if candidate.demand == 0 || floor >= candidate.minimum {
            next += 1;
            continue;
        }
        let leaver = if floor + pack < candidate.minimum {
            Some(next)
        } else {
            work += claims.len() as u64;
            if work > MAX_WORK {
                return Err(RationingError::TooComplex(TooComplex {
                    what: "shares",
                    limit: MAX_WORK,
                }));
            }
            let shares = shares(&claims, capacity, pack, total)?;
            let falls_short = |index: &usize| {
                claims[*index].demand > 0 && shares[*index] < claims[*index].minimum
            };
            (next..claims.len()).find(falls_short)
        };
        let Some(index) = leaver else { break };
        total -= i128::from(claims[index].demand);
        claims[index].demand = 0;
        left_out.push(claims[index].member);
    }
    if total <= i128::from(capacity) {
        return Ok(Rationed {
            left_out,
            shares: None,
        });
    }
    let shares = shares(&claims, capacity, pack, total)?;
    let members = claims.iter().map(|claim| claim.member);
    Ok(Rationed {
        left_out,
        shares: Some(members.zip(shares).collect()),
    })
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
        if quota % total > 0 {
            remainders.push((quota % total, index));
        }
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
