//! Small awards are solved by trying every quantity of every line; the rule must find the same total.

use proptest::prelude::*;

use super::*;
use crate::kernel::money::UnitPrice;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;

fn line_cost(line: &AwardLine, quantity: i64) -> i64 {
    let goods = line.schedule.goods_minor(quantity, line.base_quantity, 100);
    goods.expect("small") + line.tooling_minor
}

fn deliverable(problem: &AwardProblem, line: &AwardLine) -> Vec<i64> {
    let share = match problem.constraints.max_share_bps {
        10_000 => problem.most_of(line.item),
        bps => problem.items[line.item].demand * bps / 10_000,
    };
    (1..=share)
        .filter(|q| q % line.order_multiple == 0 && *q >= line.moq)
        .filter(|q| *q >= line.schedule.first_quantity())
        .filter(|q| line.capacity.is_none_or(|most| *q <= most))
        .collect()
}

/// The cheapest total by trying everything, line by line.
fn enumerate(problem: &AwardProblem) -> Option<i64> {
    let lines: Vec<(usize, &AwardLine)> = problem
        .quotes
        .iter()
        .enumerate()
        .flat_map(|(supplier, quote)| quote.lines.iter().map(move |line| (supplier, line)))
        .collect();
    let mut chosen = vec![0; lines.len()];
    let mut best = None;
    try_all(problem, &lines, &mut chosen, 0, &mut best);
    best
}

fn try_all(
    problem: &AwardProblem,
    lines: &[(usize, &AwardLine)],
    chosen: &mut [i64],
    index: usize,
    best: &mut Option<i64>,
) {
    if index == lines.len() {
        if let Some(total) = total_if_allowed(problem, lines, chosen) {
            *best = Some(best.map_or(total, |b: i64| b.min(total)));
        }
        return;
    }
    for quantity in std::iter::once(0).chain(deliverable(problem, lines[index].1)) {
        chosen[index] = quantity;
        try_all(problem, lines, chosen, index + 1, best);
    }
}

fn total_if_allowed(
    problem: &AwardProblem,
    lines: &[(usize, &AwardLine)],
    chosen: &[i64],
) -> Option<i64> {
    let used = |item: usize| {
        let lines = lines.iter().zip(chosen);
        lines.filter(move |((_, line), quantity)| line.item == item && **quantity > 0)
    };
    for (item, wanted) in problem.items.iter().enumerate() {
        let sum: i64 = used(item).map(|(_, quantity)| quantity).sum();
        if sum < wanted.demand
            || sum > problem.most_of(item)
            || used(item).count() > problem.most_per_item()
        {
            return None;
        }
    }
    let mut total = 0;
    let mut suppliers = 0;
    for (supplier, quote) in problem.quotes.iter().enumerate() {
        let own = lines.iter().zip(chosen);
        let costs: Vec<i64> = own
            .filter(|((s, _), quantity)| *s == supplier && **quantity > 0)
            .map(|((_, line), quantity)| line_cost(line, *quantity))
            .collect();
        if !costs.is_empty() {
            suppliers += 1;
            total += quote.fixed_cost_minor + costs.iter().sum::<i64>();
        }
    }
    (suppliers <= problem.most_suppliers()).then_some(total)
}

prop_compose! {
    fn lines(item: usize)(
        incremental in any::<bool>(),
        first in 1_i64..4,
        gaps in prop::collection::vec(1_i64..6, 0..3),
        drops in prop::collection::vec(1_i64..300, 3),
        last in 200_i64..900,
        base_quantity in prop::sample::select(vec![1_i64, 1, 10]),
        moq in 1_i64..5,
        order_multiple in prop::sample::select(vec![1_i64, 1, 1, 2, 3]),
        capacity in prop::option::of(1_i64..12),
        tooling_minor in prop::sample::select(vec![0_i64, 0, 700]),
    ) -> AwardLine {
        let mode = if incremental { DiscountMode::Incremental } else { DiscountMode::AllUnits };
        let mut quantity = if incremental { 1 } else { first };
        let mut price = last + drops.iter().sum::<i64>();
        let mut breaks = vec![];
        for (gap, drop) in std::iter::once((0, 0)).chain(gaps.iter().copied().zip(drops)) {
            quantity += gap;
            price -= drop;
            // Whole minor units per unit, so that nothing is rounded.
            let unit_price = UnitPrice::from_scaled(price * 10_000 * base_quantity);
            breaks.push(PriceBreak { min_quantity: quantity, unit_price });
        }
        AwardLine {
            item,
            schedule: PriceSchedule::new(mode, breaks).expect("ordered by construction"),
            base_quantity, moq, order_multiple, capacity, tooling_minor,
        }
    }
}

prop_compose! {
    fn problems()(items in 1_usize..3)(
        demands in prop::collection::vec(1_i64..10, items),
        quotes in prop::collection::vec(
            (prop::sample::select(vec![0_i64, 0, 900, 2_500]),
             (0..items).map(|item| prop::option::weighted(0.8, lines(item))).collect::<Vec<_>>()),
            1..=if items == 1 { 4 } else { 2 },
        ),
        max_suppliers in prop::option::of(1_i64..4),
        max_suppliers_per_item in prop::option::of(1_i64..4),
        max_share_bps in prop::sample::select(vec![10_000_i64, 10_000, 6_000]),
        at_least in any::<bool>(),
        max_surplus in 0_i64..4,
    ) -> AwardProblem {
        AwardProblem {
            items: demands.iter().enumerate()
                .map(|(i, demand)| AwardItem { item: format!("I{i}"), demand: *demand }).collect(),
            quotes: quotes.into_iter().enumerate().map(|(s, (fixed_cost_minor, lines))| AwardQuote {
                supplier: format!("S{s}"),
                fixed_cost_minor,
                lines: lines.into_iter().flatten().collect(),
            }).collect(),
            constraints: AwardConstraints {
                max_suppliers, max_suppliers_per_item, max_share_bps,
                fill: if at_least { Fill::AtLeast } else { Fill::Exact },
                max_surplus,
            },
            minor_per_major: 100,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_award_is_as_cheap_as_the_cheapest_of_all_awards(problem in problems()) {
        let lines: Vec<(usize, &AwardLine)> = problem.quotes.iter().enumerate()
            .flat_map(|(s, quote)| quote.lines.iter().map(move |line| (s, line))).collect();
        match solve(&problem).expect("small") {
            SplitAward::Infeasible { .. } => prop_assert_eq!(enumerate(&problem), None),
            SplitAward::Optimal { total_minor, allocation } => {
                prop_assert_eq!(Some(total_minor), enumerate(&problem));
                let chosen: Vec<i64> = lines.iter().map(|(supplier, line)| {
                    allocation.iter().find(|a| a.supplier == *supplier && a.item == line.item)
                        .map_or(0, |a| a.quantity)
                }).collect();
                for ((_, line), quantity) in lines.iter().zip(&chosen) {
                    prop_assert!(*quantity == 0 || deliverable(&problem, line).contains(quantity));
                }
                prop_assert_eq!(total_if_allowed(&problem, &lines, &chosen), Some(total_minor));
            }
        }
    }
}

#[test]
fn thirteen_suppliers_or_seven_without_a_limit_per_item_are_too_many() {
    let quote = |index: usize| AwardQuote {
        supplier: format!("S{index}"),
        fixed_cost_minor: 0,
        lines: vec![],
    };
    let problem = |suppliers, max_suppliers_per_item| AwardProblem {
        items: vec![],
        quotes: (0..suppliers).map(quote).collect(),
        constraints: AwardConstraints {
            max_suppliers: None,
            max_suppliers_per_item,
            max_share_bps: 10_000,
            fill: Fill::Exact,
            max_surplus: 0,
        },
        minor_per_major: 100,
    };
    for (suppliers, per_item, fits) in [
        (12, Some(3), true),
        (13, Some(3), false),
        (6, None, true),
        (7, None, false),
        (7, Some(4), false),
    ] {
        let solved = solve(&problem(suppliers, per_item));
        let refused = matches!(solved, Err(AwardError::TooComplex(_)));
        assert_eq!(refused, !fits, "{suppliers} {per_item:?}");
    }
}
