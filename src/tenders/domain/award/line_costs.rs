//! A line's cost as straight pieces: within one bracket it is `fixed + slope x quantity`.
//!
//! Costs are exact integers of 10^-6 minor units, times the least common multiple of all base quantities.

use num_integer::Integer;

use crate::kernel::money::Overflow;
use crate::kernel::money::PRICE_SCALE;
use crate::tenders::domain::award::problem::AwardLine;
use crate::tenders::domain::award::problem::AwardProblem;
use crate::tenders::domain::exact;
use crate::tenders::domain::price_schedule::DiscountMode;

/// Largest cost of one line, so that sums over all lines stay within `i128`.
const MAX_LINE_COST: i128 = 1 << 100;

/// A stretch of quantities with one slope; both ends are multiples of the line's pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub low: i64,
    pub high: i64,
    pub fixed: i128,
    pub slope: i128,
}

impl Piece {
    pub(super) fn cost(&self, quantity: i64) -> i128 {
        self.fixed + self.slope * i128::from(quantity)
    }
}

/// What one supplier can deliver of one item, and at which cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub supplier: usize,
    pub line: usize,
    pub multiple: i64,
    /// Rising and disjoint; may be empty.
    pub pieces: Vec<Piece>,
}

impl Offer {
    /// Cost of `quantity`, a multiple of the pack; none where the line cannot deliver it.
    pub(super) fn cost(&self, quantity: i64) -> Option<i128> {
        let index = self.pieces.partition_point(|piece| piece.high < quantity);
        let piece = self.pieces.get(index)?;
        (piece.low <= quantity).then(|| piece.cost(quantity))
    }

    /// Smallest and largest quantity.
    pub(super) fn bounds(&self) -> Option<(i64, i64)> {
        Some((self.pieces.first()?.low, self.pieces.last()?.high))
    }
}

/// Units of cost in one minor unit: 10^6 times the least common multiple of base quantities.
pub(super) fn cost_per_minor(problem: &AwardProblem) -> Result<i128, Overflow> {
    let mut common = 1_i128;
    for line in problem.quotes.iter().flat_map(|quote| &quote.lines) {
        let base = i128::from(line.base_quantity);
        common = exact::product(&[common / common.gcd(&base), base])?;
    }
    exact::product(&[common, PRICE_SCALE.into()])
}

/// The offers of every item, in order of submission; offers that cannot deliver anything are left out.
pub(super) fn offers_by_item(
    problem: &AwardProblem,
    cost_per_minor: i128,
) -> Result<Vec<Vec<Offer>>, Overflow> {
    let mut offers = vec![vec![]; problem.items.len()];
    for (supplier, quote) in problem.quotes.iter().enumerate() {
        for (index, line) in quote.lines.iter().enumerate() {
            let pieces = pieces(problem, line, cost_per_minor)?;
            if !pieces.is_empty() {
                offers[line.item].push(Offer {
                    supplier,
                    line: index,
                    multiple: line.order_multiple,
                    pieces,
                });
            }
        }
    }
    Ok(offers)
}

fn pieces(
    problem: &AwardProblem,
    line: &AwardLine,
    cost_per_minor: i128,
) -> Result<Vec<Piece>, Overflow> {
    let multiple = line.order_multiple;
    let share = problem.largest_share(line.item);
    let most = line.capacity.unwrap_or(share).min(share);
    let least = line.moq.max(line.schedule.first_quantity());
    let tooling = exact::product(&[line.tooling_minor.into(), cost_per_minor])?;
    let scale = exact::product(&[problem.minor_per_major, cost_per_minor])?
        / (i128::from(PRICE_SCALE) * i128::from(line.base_quantity));
    let breaks = line.schedule.breaks();
    let mut pieces = vec![];
    for (tier, start) in breaks.iter().enumerate() {
        let end = breaks
            .get(tier + 1)
            .map_or(most, |next| next.min_quantity - 1);
        let from = start.min_quantity.max(least);
        let Ok(low) = exact::round_up(from, multiple) else {
            break;
        };
        let high = end.min(most) / multiple * multiple;
        if low > high {
            continue;
        }
        let slope = exact::product(&[start.unit_price.scaled().into(), scale])?;
        let fixed = match line.schedule.mode() {
            DiscountMode::AllUnits => tooling,
            DiscountMode::Incremental => {
                let whole = exact::product(&[line.schedule.scaled_total(low)?, scale])?;
                let sloped = exact::product(&[slope, low.into()])?;
                tooling.checked_add(whole - sloped).ok_or(Overflow)?
            }
        };
        let cost = exact::product(&[slope, high.into()])?.checked_add(fixed);
        if cost.is_none_or(|cost| cost > MAX_LINE_COST) {
            return Err(Overflow);
        }
        pieces.push(Piece {
            low,
            high,
            fixed,
            slope,
        });
    }
    Ok(pieces)
}
