//! Every set of used suppliers is tried: fixed costs plus, per item, the best split within the set.
//!
//! A set is a bit mask of suppliers in order of submission. Ties go to fewer suppliers, then to the set with
//! the earlier submissions, then to more at the earlier supplier.

use std::cmp::Ordering;

use crate::kernel::money::Overflow;
use crate::tenders::domain::award::item_split;
use crate::tenders::domain::award::item_split::Need;
use crate::tenders::domain::award::item_split::Split;
use crate::tenders::domain::award::line_costs;
use crate::tenders::domain::award::line_costs::Offer;
use crate::tenders::domain::award::problem::AwardError;
use crate::tenders::domain::award::problem::AwardProblem;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::TooComplex;

/// Most elementary steps of one award.
const MAX_WORK: u64 = 3_000_000_000;

/// A cost that no sum of real costs reaches.
const UNREACHABLE: i128 = i128::MAX;

/// A line with a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardedLine {
    /// Index of the quote.
    pub supplier: usize,
    /// Index of the item.
    pub item: usize,
    /// Units.
    pub quantity: i64,
    /// Goods and tooling in minor units.
    pub cost_minor: i64,
}

/// The cheapest award, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SplitAward {
    /// No cheaper award meets the constraints.
    Optimal {
        /// Lines and fixed costs in minor units.
        total_minor: i64,
        /// Lines with a quantity, by supplier and item.
        allocation: Vec<AwardedLine>,
    },
    /// No set of suppliers meets every demand.
    Infeasible {
        /// Items that no allowed set of suppliers covers, even alone.
        uncoverable: Vec<usize>,
    },
}

/// Finds the cheapest award.
///
/// # Errors
/// [`AwardError`] for a broken rule, a problem beyond the budget, or costs beyond amounts.
pub fn solve(problem: &AwardProblem) -> Result<SplitAward, AwardError> {
    problem.check()?;
    let cost_per_minor = line_costs::cost_per_minor(problem)?;
    let offers = line_costs::offers_by_item(problem, cost_per_minor)?;
    check_work(problem, &offers)?;
    let sets = 1_usize << problem.quotes.len();
    let mut totals = fixed_costs(problem, cost_per_minor)?;
    let mut uncoverable = vec![];
    for (item, offers) in offers.iter().enumerate() {
        let costs = costs_by_set(problem, item, offers);
        let allowed = |set: &usize| set.count_ones() as usize <= problem.most_suppliers();
        if (0..sets)
            .filter(allowed)
            .all(|set| costs[set] == UNREACHABLE)
        {
            uncoverable.push(item);
        }
        for (total, cost) in totals.iter_mut().zip(costs) {
            *total = if *total == UNREACHABLE || cost == UNREACHABLE {
                UNREACHABLE
            } else {
                total.checked_add(cost).ok_or(Overflow)?
            };
        }
    }
    let best = (0..sets)
        .filter(|set| totals[*set] != UNREACHABLE)
        .min_by(|a, b| totals[*a].cmp(&totals[*b]).then_with(|| prefer(*a, *b)));
    match best {
        None => Ok(SplitAward::Infeasible { uncoverable }),
        Some(set) => allocate(problem, &offers, set),
    }
}

/// Fewer suppliers first, then the earlier submissions.
fn prefer(a: usize, b: usize) -> Ordering {
    a.count_ones().cmp(&b.count_ones()).then_with(|| {
        // The set that holds the first difference has the earlier supplier there.
        match a ^ b {
            0 => Ordering::Equal,
            difference if a & (1 << difference.trailing_zeros()) != 0 => Ordering::Less,
            _ => Ordering::Greater,
        }
    })
}

/// Fixed costs of each set; unreachable for sets with too many suppliers.
fn fixed_costs(problem: &AwardProblem, cost_per_minor: i128) -> Result<Vec<i128>, Overflow> {
    let most = problem.most_suppliers();
    let mut totals = vec![];
    for set in 0..1_usize << problem.quotes.len() {
        if set.count_ones() as usize > most {
            totals.push(UNREACHABLE);
            continue;
        }
        let used = problem.quotes.iter().enumerate();
        let fixed: i128 = used
            .filter(|(supplier, _)| set & (1 << supplier) != 0)
            .map(|(_, quote)| i128::from(quote.fixed_cost_minor))
            .sum();
        totals.push(exact::product(&[fixed, cost_per_minor])?);
    }
    Ok(totals)
}

/// The subsets of `offers` that may serve one item, each with its mask of suppliers.
fn subsets(problem: &AwardProblem, offers: &[Offer]) -> impl Iterator<Item = (usize, Vec<usize>)> {
    let most = problem.most_per_item();
    let suppliers: Vec<usize> = offers.iter().map(|offer| offer.supplier).collect();
    (1_usize..1 << offers.len())
        .filter(move |local| local.count_ones() as usize <= most)
        .map(move |local| {
            let members: Vec<usize> = (0..suppliers.len())
                .filter(|index| local & (1 << index) != 0)
                .collect();
            let mask = members.iter().map(|index| 1 << suppliers[*index]).sum();
            (mask, members)
        })
}

fn need_of(problem: &AwardProblem, item: usize) -> Need {
    Need {
        least: problem.items[item].demand,
        most: problem.most_of(item),
    }
}

/// For each set of suppliers the cheapest way to serve `item` with some of them.
fn costs_by_set(problem: &AwardProblem, item: usize, offers: &[Offer]) -> Vec<i128> {
    let mut costs = vec![UNREACHABLE; 1 << problem.quotes.len()];
    if problem.items[item].demand == 0 {
        costs.fill(0);
        return costs;
    }
    for (mask, members) in subsets(problem, offers) {
        let chosen: Vec<&Offer> = members.iter().map(|index| &offers[*index]).collect();
        if let Some(split) = item_split::best(&chosen, need_of(problem, item)) {
            costs[mask] = split.cost;
        }
    }
    for supplier in 0..problem.quotes.len() {
        for set in 0..costs.len() {
            if set & (1 << supplier) != 0 {
                costs[set] = costs[set].min(costs[set & !(1 << supplier)]);
            }
        }
    }
    costs
}

fn check_work(problem: &AwardProblem, offers: &[Vec<Offer>]) -> Result<(), TooComplex> {
    let sets = (problem.quotes.len() as u64) << problem.quotes.len();
    let mut work = 0_u64;
    for (item, offers) in offers.iter().enumerate() {
        work = work.saturating_add(sets);
        for (_, members) in subsets(problem, offers) {
            let chosen: Vec<&Offer> = members.iter().map(|index| &offers[*index]).collect();
            work = work.saturating_add(item_split::work(&chosen, need_of(problem, item)));
        }
        if work > MAX_WORK {
            return Err(TooComplex {
                what: "steps",
                limit: MAX_WORK,
            });
        }
    }
    Ok(())
}

/// The lines of the cheapest award with the suppliers of `set`.
fn allocate(
    problem: &AwardProblem,
    offers: &[Vec<Offer>],
    set: usize,
) -> Result<SplitAward, AwardError> {
    let mut allocation = vec![];
    for (item, offers) in offers.iter().enumerate() {
        if problem.items[item].demand == 0 {
            continue;
        }
        let mut best: Option<(usize, Vec<usize>, Split)> = None;
        for (mask, members) in subsets(problem, offers).filter(|(mask, _)| mask & !set == 0) {
            let chosen: Vec<&Offer> = members.iter().map(|index| &offers[*index]).collect();
            let Some(split) = item_split::best(&chosen, need_of(problem, item)) else {
                continue;
            };
            let better = best.as_ref().is_none_or(|(known, _, best)| {
                let order = split.cost.cmp(&best.cost);
                order.then_with(|| prefer(mask, *known)) == Ordering::Less
            });
            if better {
                best = Some((mask, members, split));
            }
        }
        let (_, members, split) = best.ok_or(Overflow)?;
        for (index, quantity) in members.iter().zip(split.quantities) {
            allocation.push(awarded(problem, item, &offers[*index], quantity)?);
        }
    }
    allocation.sort_by_key(|line| (line.supplier, line.item));
    let lines: i128 = allocation
        .iter()
        .map(|line| i128::from(line.cost_minor))
        .sum();
    let quotes = problem.quotes.iter().enumerate();
    let fixed: i128 = quotes
        .filter(|(supplier, _)| allocation.iter().any(|line| line.supplier == *supplier))
        .map(|(_, quote)| i128::from(quote.fixed_cost_minor))
        .sum();
    Ok(SplitAward::Optimal {
        total_minor: exact::amount(lines + fixed)?,
        allocation,
    })
}

fn awarded(
    problem: &AwardProblem,
    item: usize,
    offer: &Offer,
    quantity: i64,
) -> Result<AwardedLine, Overflow> {
    let line = &problem.quotes[offer.supplier].lines[offer.line];
    let goods = line
        .schedule
        .goods_minor(quantity, line.base_quantity, problem.minor_per_major)?;
    Ok(AwardedLine {
        supplier: offer.supplier,
        item,
        quantity,
        cost_minor: exact::amount(i128::from(goods) + i128::from(line.tooling_minor))?,
    })
}
