//! Several quotes for one item: each is cleared alone, then ranked by what it is worth to the members.
//!
//! Order: member surplus, then larger quantity, lower price, earlier submission. The surplus is the sum over
//! allocated units of limit less price; it is internal and never shown with a tender.

use crate::kernel::money::Overflow;
use crate::kernel::money::PRICE_SCALE;
use crate::tenders::domain::clearing;
use crate::tenders::domain::clearing::Clearing;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::TooComplex;
use crate::tenders::domain::terms::LimitBasis;
use crate::tenders::domain::terms::Terms;

/// Most commitments times quotes in one choice.
const MAX_PAIRS: usize = 2_000_000;

/// One quote among several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Name of the quote.
    pub quote: String,
    /// Order of submission.
    pub sequence: i64,
    /// What commitments are cleared against.
    pub terms: Terms,
}

/// A quote with its clearing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedQuote {
    /// Index of the candidate in the input.
    pub candidate: usize,
    /// The clearing against this quote.
    pub clearing: Clearing,
    /// Sum over allocated units of limit less price, scaled by 10^6.
    pub member_surplus: i128,
    /// 1 is best; none without a deal.
    pub rank: Option<usize>,
}

/// Clears every candidate separately and ranks them, best first; those without a deal come last, unranked.
///
/// # Errors
/// [`ClearingError`] for a broken rule, a request beyond its budget, or results beyond amounts.
pub fn choose(
    candidates: &[Candidate],
    commitments: &[Commitment],
) -> Result<Vec<RankedQuote>, ClearingError> {
    if candidates.len().saturating_mul(commitments.len().max(1)) > MAX_PAIRS {
        return Err(ClearingError::TooComplex(TooComplex {
            what: "commitments times quotes",
            limit: MAX_PAIRS as u64,
        }));
    }
    let mut names = std::collections::HashSet::new();
    let mut ranked = vec![];
    for (index, candidate) in candidates.iter().enumerate() {
        if !names.insert(candidate.quote.as_str()) {
            return Err(ClearingError::DuplicateQuote {
                quote: candidate.quote.clone(),
            });
        }
        let clearing = clearing::clear(&candidate.terms, commitments)?;
        ranked.push(RankedQuote {
            candidate: index,
            member_surplus: member_surplus(&candidate.terms, commitments, &clearing)?,
            clearing,
            rank: None,
        });
    }
    ranked.sort_by_key(|quote| {
        (
            quote.clearing.outcome() == Outcome::NoDeal,
            std::cmp::Reverse(quote.member_surplus),
            std::cmp::Reverse(quote.clearing.total_allocated),
            quote.clearing.unit_price,
            candidates[quote.candidate].sequence,
            quote.candidate,
        )
    });
    for (place, quote) in ranked.iter_mut().enumerate() {
        if quote.clearing.outcome() == Outcome::Cleared {
            quote.rank = Some(place + 1);
        }
    }
    Ok(ranked)
}

/// Sum over allocated units of limit less price (and less the fixed cost when limits are landed), scaled by 10^6.
fn member_surplus(
    terms: &Terms,
    commitments: &[Commitment],
    clearing: &Clearing,
) -> Result<i128, Overflow> {
    let Some(price) = clearing.unit_price else {
        return Ok(0);
    };
    let mut surplus = 0_i128;
    for (commitment, allocation) in commitments.iter().zip(&clearing.allocations) {
        let mut below = 0;
        for step in &commitment.steps {
            let units = step.quantity.min(allocation.quantity) - below;
            if units <= 0 {
                break;
            }
            let room = i128::from(step.max_unit_price.scaled()) - i128::from(price.scaled());
            let worth = exact::product(&[room, units.into()])?;
            surplus = surplus.checked_add(worth).ok_or(Overflow)?;
            below += units;
        }
    }
    if terms.limit_basis == LimitBasis::Landed {
        let fixed = exact::product(&[terms.fixed_cost_minor.into(), PRICE_SCALE.into()])?;
        surplus -= fixed / terms.minor_per_major;
    }
    Ok(surplus)
}
