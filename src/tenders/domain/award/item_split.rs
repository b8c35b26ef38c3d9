//! The cheapest split of one item among a given set of suppliers, each of which delivers something.
//!
//! With one pack size: once every supplier's piece is chosen the cost is linear, so some optimum has all but
//! one at an end of its piece. With mixed pack sizes: a table over quantities, exact as well.

use num_integer::Integer;

use crate::tenders::domain::award::line_costs::Offer;

/// Largest number of quantities in a table of mixed pack sizes.
const MAX_TABLE: i64 = 4_000_000;

/// How much of an item is needed: at least `least`, at most `most`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    pub least: i64,
    pub most: i64,
}

/// A split and its cost; quantities are in the order of the offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Split {
    pub cost: i128,
    pub quantities: Vec<i64>,
}

impl Split {
    /// Cheaper, or as cheap with more at an earlier supplier.
    fn beats(&self, other: Option<&Self>) -> bool {
        other.is_none_or(|other| {
            self.cost < other.cost || self.cost == other.cost && self.quantities > other.quantities
        })
    }
}

/// The cheapest split among `offers`, none if their quantities cannot meet the need.
pub(super) fn best(offers: &[&Offer], need: Need) -> Option<Split> {
    let bounds: Option<Vec<(i64, i64)>> = offers.iter().map(|offer| offer.bounds()).collect();
    let bounds = bounds?;
    let low: i128 = bounds.iter().map(|b| i128::from(b.0)).sum();
    let high: i128 = bounds.iter().map(|b| i128::from(b.1)).sum();
    if low > i128::from(need.most) || high < i128::from(need.least) {
        return None;
    }
    match common_multiple(offers) {
        Some(multiple) => by_vertices(offers, need, multiple),
        None => by_table(offers, need),
    }
}

/// Elementary steps of [`best`], at most.
pub(super) fn work(offers: &[&Offer], need: Need) -> u64 {
    if common_multiple(offers).is_some() {
        let ends: u64 = offers
            .iter()
            .map(|offer| 2 * offer.pieces.len() as u64)
            .fold(1, u64::saturating_mul);
        return ends.saturating_mul(offers.len() as u64);
    }
    let step = table_step(offers);
    let size = need.most / step + 1;
    if size > MAX_TABLE {
        return u64::MAX;
    }
    let choices: u64 = offers
        .iter()
        .map(|offer| choices(offer).count() as u64)
        .sum();
    size.unsigned_abs().saturating_mul(choices)
}

fn common_multiple(offers: &[&Offer]) -> Option<i64> {
    let first = offers.first()?.multiple;
    let same = offers.iter().all(|offer| offer.multiple == first);
    same.then_some(first)
}

fn by_vertices(offers: &[&Offer], need: Need, multiple: i64) -> Option<Split> {
    let packs = (i128::from(need.least) + i128::from(multiple) - 1) / i128::from(multiple);
    let target = i64::try_from(packs * i128::from(multiple)).ok()?;
    if target > need.most {
        return None;
    }
    let mut search = VertexSearch {
        offers,
        target,
        most: need.most,
        quantities: vec![0; offers.len()],
        best: None,
    };
    for free in 0..offers.len() {
        search.descend(0, Some(free), 0, 0);
    }
    if need.most > target {
        search.descend(0, None, 0, 0);
    }
    search.best
}

struct VertexSearch<'a> {
    offers: &'a [&'a Offer],
    target: i64,
    most: i64,
    quantities: Vec<i64>,
    best: Option<Split>,
}

impl VertexSearch<'_> {
    /// Puts offer `index` and those after it at ends of pieces; `free` takes what is left of the target.
    fn descend(&mut self, index: usize, free: Option<usize>, sum: i64, cost: i128) {
        if sum > self.most || self.best.as_ref().is_some_and(|best| cost > best.cost) {
            return;
        }
        if index == self.offers.len() {
            self.finish(free, sum, cost);
            return;
        }
        if Some(index) == free {
            self.descend(index + 1, free, sum, cost);
            return;
        }
        for place in 0..self.offers[index].pieces.len() {
            let piece = self.offers[index].pieces[place];
            self.quantities[index] = piece.low;
            self.descend(
                index + 1,
                free,
                sum + piece.low,
                cost + piece.cost(piece.low),
            );
            // With nobody free the total is above the target, and lower ends are cheaper.
            if piece.high > piece.low && free.is_some() {
                self.quantities[index] = piece.high;
                self.descend(
                    index + 1,
                    free,
                    sum + piece.high,
                    cost + piece.cost(piece.high),
                );
            }
        }
    }

    fn finish(&mut self, free: Option<usize>, sum: i64, cost: i128) {
        let mut cost = cost;
        match free {
            None if sum <= self.target => return,
            None => {}
            Some(free) => {
                let rest = self.target - sum;
                let Some(own) = self.offers[free].cost(rest).filter(|_| rest > 0) else {
                    return;
                };
                self.quantities[free] = rest;
                cost += own;
            }
        }
        let found = Split {
            cost,
            quantities: self.quantities.clone(),
        };
        if found.beats(self.best.as_ref()) {
            self.best = Some(found);
        }
    }
}

fn table_step(offers: &[&Offer]) -> i64 {
    offers
        .iter()
        .fold(0, |step, offer| step.gcd(&offer.multiple))
        .max(1)
}

/// Every quantity that an offer can deliver, with its cost.
fn choices(offer: &Offer) -> impl Iterator<Item = (i64, i128)> + '_ {
    offer.pieces.iter().flat_map(move |piece| {
        let packs = (piece.high - piece.low) / offer.multiple;
        (0..=packs).map(move |pack| {
            let quantity = piece.low + pack * offer.multiple;
            (quantity, piece.cost(quantity))
        })
    })
}

fn by_table(offers: &[&Offer], need: Need) -> Option<Split> {
    let step = table_step(offers);
    let size = usize::try_from(need.most / step + 1).ok()?;
    let slot = |quantity: i64| usize::try_from(quantity / step).unwrap_or(size);
    // `tables[i][t]`: cheapest way for the offers from `i` on to deliver `t` steps together.
    let mut tables = vec![vec![None::<i128>; size]; offers.len() + 1];
    tables[offers.len()][0] = Some(0);
    for (index, offer) in offers.iter().enumerate().rev() {
        let (head, tail) = tables.split_at_mut(index + 1);
        let (table, later) = (&mut head[index], &tail[0]);
        for (quantity, cost) in choices(offer) {
            for (rest, from) in later.iter().enumerate() {
                let (Some(from), to) = (from, rest + slot(quantity)) else {
                    continue;
                };
                if to >= size {
                    break;
                }
                if table[to].is_none_or(|known| from + cost < known) {
                    table[to] = Some(from + cost);
                }
            }
        }
    }
    let least = usize::try_from((i128::from(need.least) + i128::from(step) - 1) / i128::from(step));
    let totals = least.ok()?..size;
    let (cost, total) = totals.filter_map(|t| Some((tables[0][t]?, t))).min()?;
    let mut quantities = vec![];
    let mut left = total;
    for (index, offer) in offers.iter().enumerate() {
        let wanted = tables[index][left]?;
        let fits = |(quantity, cost): &(i64, i128)| {
            let rest = left.checked_sub(slot(*quantity));
            let rest = rest.and_then(|rest| tables[index + 1][rest]);
            rest.is_some_and(|rest| rest + cost == wanted)
        };
        let (quantity, _) = choices(offer).filter(fits).last()?;
        quantities.push(quantity);
        left -= slot(quantity);
    }
    Some(Split { cost, quantities })
}
