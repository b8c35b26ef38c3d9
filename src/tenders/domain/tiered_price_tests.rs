//! Every order quantity is tried and priced with exact fractions: the rule must find the cheapest.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use num_traits::ToPrimitive;
use proptest::prelude::*;

use super::*;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;

fn fraction(n: i64, d: i64) -> BigRational {
    BigRational::new(BigInt::from(n), BigInt::from(d))
}

fn rounded(value: &BigRational) -> i64 {
    let half = fraction(1, 2);
    let magnitude = (value.abs() + half).floor().to_integer();
    let magnitude = magnitude.to_i64().expect("small");
    if value.is_negative() {
        -magnitude
    } else {
        magnitude
    }
}

fn landed_by_fractions(line: &PricedLine, quantity: i64) -> i64 {
    let price = |j: i64| {
        let tier = line.schedule.tier_at(j).expect("priced");
        fraction(line.schedule.breaks()[tier].unit_price.scaled(), 1_000_000)
    };
    let major: BigRational = match line.schedule.mode() {
        DiscountMode::AllUnits => price(quantity) * fraction(quantity, 1),
        DiscountMode::Incremental => (1..=quantity).map(price).sum(),
    };
    let goods = rounded(&(major * fraction(100, line.base_quantity)));
    let allowance = rounded(&fraction(goods * line.allowance_bps, 10_000));
    let freight = &line.freight;
    let freight = if freight.free_from_quantity.is_some_and(|q| quantity >= q) {
        0
    } else {
        let loads = freight.per_load.as_ref().map_or(0, |load| {
            fraction(quantity, load.load_quantity)
                .ceil()
                .to_integer()
                .to_i64()
                .expect("small")
                * load.amount_minor
        });
        let per_unit = fraction(freight.per_unit.scaled() * quantity, 10_000);
        freight.fixed_minor + rounded(&per_unit) + loads
    };
    let dutiable = goods - allowance + freight;
    dutiable + line.tooling_minor + rounded(&fraction(dutiable * line.duty_bps, 10_000))
}

fn cheapest_by_enumeration(line: &PricedLine, need: Need) -> Option<(i64, i64)> {
    let least = need
        .required_quantity
        .max(line.moq)
        .max(line.schedule.first_quantity());
    let allowed: Vec<i64> = (least..=600)
        .filter(|q| q % line.order_multiple == 0)
        .filter(|q| line.capacity.is_none_or(|most| *q <= most))
        .collect();
    let smallest = *allowed.first()?;
    let fits = |q: &&i64| {
        **q == smallest
            || need.buy_up == BuyUp::IfCheaper
                && need
                    .max_surplus
                    .is_none_or(|most| **q - need.required_quantity <= most)
    };
    allowed
        .iter()
        .filter(fits)
        .map(|q| (landed_by_fractions(line, *q), *q))
        .min()
}

prop_compose! {
    fn schedules()(
        incremental in any::<bool>(),
        first in 1_i64..30,
        gaps in prop::collection::vec(1_i64..60, 0..4),
        drops in prop::collection::vec(1_i64..900_000, 0..4),
        last in 10_000_i64..3_000_000,
    ) -> PriceSchedule {
        let mode = if incremental { DiscountMode::Incremental } else { DiscountMode::AllUnits };
        let mut quantity = if incremental { 1 } else { first };
        let mut price = last + drops.iter().sum::<i64>();
        let mut breaks = vec![];
        let tail = gaps.iter().zip(&drops).map(|(g, d)| (*g, *d));
        for (gap, drop) in std::iter::once((0, 0)).chain(tail) {
            quantity += gap;
            price -= drop;
            breaks.push(PriceBreak { min_quantity: quantity, unit_price: UnitPrice::from_scaled(price) });
        }
        PriceSchedule::new(mode, breaks).expect("ordered by construction")
    }
}

prop_compose! {
    fn lines()(
        schedule in schedules(),
        base_quantity in prop::sample::select(vec![1_i64, 1, 7, 100]),
        moq in 1_i64..60,
        order_multiple in prop::sample::select(vec![1_i64, 1, 5, 12]),
        capacity in prop::option::of(1_i64..400),
        tooling_minor in 0_i64..5_000,
        allowance_bps in prop::sample::select(vec![0_i64, 250, 3_333, 10_000]),
        duty_bps in prop::sample::select(vec![0_i64, 650, 20_000]),
        fixed_minor in 0_i64..9_000,
        per_unit in prop::sample::select(vec![0_i64, 350_000, 1_234]),
        per_load in prop::option::of((1_i64..50, 0_i64..3_000)),
        free_from_quantity in prop::option::of(1_i64..250),
    ) -> PricedLine {
        PricedLine {
            schedule, base_quantity, moq, order_multiple, capacity, tooling_minor, allowance_bps, duty_bps,
            freight: Freight {
                fixed_minor,
                per_unit: UnitPrice::from_scaled(per_unit),
                per_load: per_load.map(|(load_quantity, amount_minor)| PerLoad { load_quantity, amount_minor }),
                free_from_quantity,
            },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_chosen_order_is_the_cheapest_of_all_quantities(
        line in lines(),
        required_quantity in 1_i64..150,
        cheaper in any::<bool>(),
        max_surplus in prop::option::of(0_i64..60),
    ) {
        let buy_up = if cheaper { BuyUp::IfCheaper } else { BuyUp::Never };
        let need = Need { required_quantity, buy_up, max_surplus, minor_per_major: 100 };
        let found = match price(&line, need).expect("in range") {
            Priced::Order(order) => Some((order.landed.total_minor, order.order_quantity)),
            Priced::CapacityExceeded { .. } => None,
        };
        prop_assert_eq!(found, cheapest_by_enumeration(&line, need));
    }
}

#[test]
fn amounts_beyond_the_range_are_refused_not_wrapped() {
    let breaks = vec![PriceBreak {
        min_quantity: 1,
        unit_price: UnitPrice::parse("999999999999").expect("a price"),
    }];
    let line = PricedLine {
        schedule: PriceSchedule::new(DiscountMode::AllUnits, breaks).expect("one break"),
        base_quantity: 1,
        moq: 1,
        order_multiple: 1,
        capacity: None,
        tooling_minor: 0,
        allowance_bps: 0,
        duty_bps: 0,
        freight: Freight::default(),
    };
    let need = Need {
        required_quantity: MAX_QUANTITY,
        buy_up: BuyUp::Never,
        max_surplus: None,
        minor_per_major: 1_000_000,
    };
    assert_eq!(price(&line, need), Err(PriceError::Overflow(Overflow)));
}
