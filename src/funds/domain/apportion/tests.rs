//! The split against its definition: properties, and every integer vector of small cases.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use num_traits::Zero;
use proptest::prelude::*;

use super::Payer;
use super::Split;
use super::SplitRefusal;
use super::split;
use crate::kernel::rational::Exact;

fn payer(id: usize, weight: Exact, floor: i64, cap: Option<i64>) -> Payer {
    let id = format!("m{id:03}");
    Payer {
        id,
        weight,
        floor,
        cap,
    }
}

fn amounts(split: &Split) -> Vec<i64> {
    split.shares.iter().map(|s| s.amount).collect()
}

fn whole(n: i64) -> BigRational {
    BigRational::from_integer(BigInt::from(n))
}

fn exact_shares(split: &Split, payers: &[Payer]) -> Vec<BigRational> {
    let share = |(i, p): (usize, &Payer)| split.exact(i, &p.weight).expect("in range");
    payers.iter().enumerate().map(share).collect()
}

prop_compose! {
    fn any_payers(most: usize, weight: i64, amount: i64)(
        rows in prop::collection::vec(
            (0..=weight, 1_i64..4, 0..=amount, prop::option::of(0..=amount)),
            1..=most,
        ),
    ) -> Vec<Payer> {
        let of = |(i, (w, d, floor, room)): (usize, (i64, i64, i64, Option<i64>))| {
            let weight = Exact(BigRational::new(w.into(), d.into()));
            payer(i, weight, floor / 3, room.map(|r| floor / 3 + r))
        };
        rows.into_iter().enumerate().map(of).collect()
    }
}

/// The sum of squared distances of `units` from the exact shares.
fn distance(units: &[i64], exact: &[BigRational]) -> BigRational {
    units
        .iter()
        .zip(exact)
        .map(|(r, s)| (whole(*r) - s) * (whole(*r) - s))
        .sum()
}

/// Every vector of whole amounts within the bounds that adds up to `budget`.
fn admissible(budget: i64, payers: &[Payer]) -> Vec<Vec<i64>> {
    let Some((first, others)) = payers.split_first() else {
        return if budget == 0 { vec![vec![]] } else { vec![] };
    };
    let most = first.cap.unwrap_or(budget).min(budget);
    (first.floor..=most)
        .flat_map(|own| {
            admissible(budget - own, others)
                .into_iter()
                .map(move |tail| [vec![own], tail].concat())
        })
        .collect()
}

/// Exact shares by the definition: tries every way to pin members to a bound.
fn exact_by_enumeration(budget: i64, payers: &[Payer]) -> Option<Vec<BigRational>> {
    let n = u32::try_from(payers.len()).ok()?;
    (0..3_u32.pow(n)).find_map(|pattern| pinned(pattern, budget, payers))
}

fn pinned(pattern: u32, budget: i64, payers: &[Payer]) -> Option<Vec<BigRational>> {
    let pins: Vec<u32> = (0..payers.len())
        .scan(pattern, |rest, _| {
            let pin = *rest % 3;
            *rest /= 3;
            Some(pin)
        })
        .collect();
    let mut left = whole(budget);
    let mut free = BigRational::zero();
    for (pin, p) in pins.iter().zip(payers) {
        match pin {
            0 => left -= whole(p.floor),
            1 => left -= whole(p.cap?),
            _ => free += &p.weight.0,
        }
    }
    let prices = if free.is_zero() {
        // Nobody is free: any price between the pins' own will do, and one of the bounds' prices is among them.
        let price = |p: &Payer, at: i64| whole(at) / &p.weight.0;
        let weighty = payers.iter().filter(|p| !p.weight.0.is_zero());
        let mut all: Vec<_> = weighty
            .flat_map(|p| {
                [Some(p.floor), p.cap]
                    .into_iter()
                    .flatten()
                    .map(|at| price(p, at))
            })
            .collect();
        all.push(BigRational::zero());
        all
    } else {
        vec![left.clone() / free]
    };
    prices.into_iter().find_map(|price| {
        let shares: Vec<_> = payers.iter().map(|p| clamp(&price, p)).collect();
        let total: BigRational = shares.iter().sum();
        (!price.is_negative() && total == whole(budget)).then_some(shares)
    })
}

fn clamp(price: &BigRational, p: &Payer) -> BigRational {
    if p.weight.0.is_zero() {
        return whole(p.floor);
    }
    let share = (price * &p.weight.0).max(whole(p.floor));
    match p.cap {
        Some(cap) => share.min(whole(cap)),
        None => share,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn shares_add_up_stay_within_bounds_and_within_one_quantum_of_the_exact_share(
        payers in any_payers(9, 1_000, 3_000), units in 0_i64..9_000, quantum in 1_i64..8,
    ) {
        let budget = units * quantum;
        let Ok(found) = split(budget, quantum, &payers) else { return Ok(()) };
        prop_assert_eq!(amounts(&found).iter().sum::<i64>(), budget);
        let exact = exact_shares(&found, &payers);
        for ((share, s), p) in found.shares.iter().zip(&exact).zip(&payers) {
            prop_assert!((whole(share.amount) - s).abs() < whole(quantum));
            prop_assert!(share.amount >= p.floor);
            prop_assert!(p.cap.is_none_or(|cap| share.amount <= cap));
            prop_assert_eq!(share.amount % quantum, 0);
            if p.weight.0.is_zero() && p.floor == 0 {
                prop_assert_eq!(share.amount, 0);
            }
        }
    }

    #[test]
    fn a_larger_weight_with_equal_bounds_never_pays_less(
        weights in prop::collection::vec(0_i64..50, 2..9), budget in 0_i64..500,
        floor in 0_i64..20, cap in prop::option::of(20_i64..200),
    ) {
        let payers: Vec<_> = weights.iter().enumerate()
            .map(|(i, w)| payer(i, Exact::whole(*w), floor, cap)).collect();
        let Ok(found) = split(budget, 1, &payers) else { return Ok(()) };
        for (i, a) in found.shares.iter().enumerate() {
            for (j, b) in found.shares.iter().enumerate() {
                prop_assert!(weights[i] <= weights[j] || a.amount >= b.amount);
            }
        }
    }

    #[test]
    fn neither_the_order_nor_the_unit_of_the_weights_matters(
        payers in any_payers(9, 1_000, 3_000), budget in 0_i64..9_000, turn in 0_usize..9,
        factor in (1_i64..1_000_000, 1_i64..1_000_000),
    ) {
        let before = split(budget, 1, &payers);
        let factor = BigRational::new(factor.0.into(), factor.1.into());
        let mut turned = payers.clone();
        for p in &mut turned {
            p.weight = Exact(&p.weight.0 * &factor);
        }
        turned.rotate_left(turn % payers.len());
        turned.reverse();
        let after = split(budget, 1, &turned);
        match (before, after) {
            (Ok(before), Ok(after)) => {
                for (p, share) in turned.iter().zip(&after.shares) {
                    let was = payers.iter().position(|q| q.id == p.id).expect("same members");
                    prop_assert_eq!(share.amount, before.shares[was].amount);
                }
            }
            (Err(before), Err(after)) => prop_assert_eq!(before, after),
            (before, after) => prop_assert!(false, "{:?} against {:?}", before, after),
        }
    }

    #[test]
    fn no_admissible_integer_vector_lies_closer_and_exact_shares_follow_the_definition(
        payers in any_payers(4, 9, 9), budget in 0_i64..20,
    ) {
        match split(budget, 1, &payers) {
            Ok(found) => {
                let exact = exact_by_enumeration(budget, &payers).expect("there is a price");
                prop_assert_eq!(&exact_shares(&found, &payers), &exact);
                let own = distance(&amounts(&found), &exact);
                for other in admissible(budget, &payers) {
                    prop_assert!(own <= distance(&other, &exact), "{:?} is closer", other);
                }
            }
            Err(SplitRefusal::AllWeightsZero { .. }) => {
                prop_assert!(payers.iter().all(|p| p.weight.0.is_zero()));
            }
            Err(refusal) => {
                // A member without weight sits at its floor, whatever its cap allows.
                let stuck: Vec<_> = payers.iter().cloned().map(|mut p| {
                    if p.weight.0.is_zero() { p.cap = Some(p.floor); }
                    p
                }).collect();
                prop_assert!(admissible(budget, &stuck).is_empty(), "{:?}", refusal);
            }
        }
    }

    #[test]
    fn big_weights_give_what_small_ones_do(
        payers in any_payers(9, 1_000, 3_000), budget in 0_i64..9_000,
    ) {
        let mut scaled = payers.clone();
        for p in &mut scaled {
            p.weight = Exact(&p.weight.0 * BigInt::from(10).pow(39));
        }
        let narrow = split(budget, 1, &payers).map(|s| s.shares);
        prop_assert_eq!(narrow, split(budget, 1, &scaled).map(|s| s.shares));
    }
}

#[test]
fn the_largest_budget_and_sizes_do_not_wrap() {
    let payers: Vec<_> = (0..3)
        .map(|i| payer(i, Exact::whole(i64::MAX), 1, Some(i64::MAX - 1)))
        .collect();
    let found = split(i64::MAX, 1, &payers).expect("feasible");
    assert_eq!(
        amounts(&found),
        [i64::MAX / 3 + 1, i64::MAX / 3, i64::MAX / 3]
    );
}

#[test]
fn floors_that_add_up_beyond_the_range_of_amounts_are_an_overflow() {
    let payers: Vec<_> = (0..3)
        .map(|i| payer(i, Exact::whole(1), i64::MAX, None))
        .collect();
    let refused = split(1, 1, &payers);
    assert!(
        matches!(refused, Err(SplitRefusal::Overflow(_))),
        "{refused:?}"
    );
}

#[test]
fn weights_without_a_common_denominator_in_reach_are_refused() {
    let payers: Vec<_> = (0..400)
        .map(|i| {
            let denominator = BigInt::from(10).pow(30) + BigInt::from(i * 7 + 1);
            payer(i, Exact(BigRational::new(1.into(), denominator)), 0, None)
        })
        .collect();
    let refused = split(1_000, 1, &payers);
    assert!(
        matches!(refused, Err(SplitRefusal::Overflow(_))),
        "{refused:?}"
    );
}

#[test]
fn bounds_that_cross_once_rounded_to_the_quantum_are_refused_as_they_stand_then() {
    let payers = [payer(0, Exact::whole(1), 12_345, Some(12_390))];
    let crossed = SplitRefusal::FloorAboveCap {
        member: "m000".into(),
        floor: 12_400,
        cap: 12_300,
    };
    assert_eq!(split(12_300, 100, &payers), Err(crossed));
}

#[test]
fn a_quantum_of_nothing_is_out_of_range() {
    let payers = [payer(0, Exact::whole(1), 0, None)];
    let quantum = 0;
    let refused = Err(SplitRefusal::QuantumNotPositive { quantum });
    assert_eq!(split(100, quantum, &payers), refused);
}

#[test]
fn a_hundred_thousand_members_with_floors_and_caps_add_up() {
    let payers: Vec<_> = (0..100_000_usize)
        .map(|i| {
            let weight = i64::try_from(i * 7_919 % 1_000_003).expect("small");
            let id = format!("{i:06}");
            Payer {
                id,
                weight: Exact::whole(weight),
                floor: 100,
                cap: Some(1_000_000),
            }
        })
        .collect();
    let found = split(5_000_000_000, 1, &payers).expect("feasible");
    assert_eq!(amounts(&found).iter().sum::<i64>(), 5_000_000_000);
}
