//! Small groups are cleared by trying every vector of steps; the rule must find the largest consistent one.

use proptest::prelude::*;

use super::*;
use crate::tenders::domain::commitments::Step;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;

/// Every consistent outcome: quantities by member.
fn consistent(terms: &Terms, commitments: &[Commitment]) -> Vec<Vec<i64>> {
    let mut vectors = vec![vec![]];
    for commitment in commitments {
        let choices = commitment.steps.iter().map(|s| s.quantity);
        let choices: Vec<i64> = std::iter::once(0).chain(choices).collect();
        vectors = vectors
            .iter()
            .flat_map(|head| {
                choices.iter().map(move |quantity| {
                    let mut all: Vec<i64> = head.clone();
                    all.push(*quantity);
                    all
                })
            })
            .collect();
    }
    vectors.retain(|quantities| is_consistent(terms, commitments, quantities));
    vectors
}

fn is_consistent(terms: &Terms, commitments: &[Commitment], quantities: &[i64]) -> bool {
    let total: i64 = quantities.iter().sum();
    quantities
        .iter()
        .zip(commitments)
        .all(|(quantity, commitment)| {
            let Some(step) = commitment.steps.iter().find(|s| s.quantity == *quantity) else {
                return true;
            };
            accepts(terms, total, step.max_unit_price)
                && commitment
                    .min_group_quantity
                    .is_none_or(|least| total >= least)
        })
}

fn accepts(terms: &Terms, total: i64, limit: UnitPrice) -> bool {
    let Some(tier) = terms.schedule.tier_at(total).filter(|_| total >= terms.moq) else {
        return false;
    };
    let price = terms.schedule.breaks()[tier].unit_price.scaled();
    let fixed = match terms.limit_basis {
        LimitBasis::Goods => 0,
        LimitBasis::Landed => terms.fixed_cost_minor * 10_000,
    };
    limit.scaled() * total >= price * total + fixed
}

fn quantities(cleared: &Clearing) -> Vec<i64> {
    cleared.allocations.iter().map(|a| a.quantity).collect()
}

prop_compose! {
    fn terms()(
        prices in prop::collection::btree_set(6_i64..13, 1..5),
        gaps in prop::collection::vec(1_i64..12, 5),
        moq in prop::sample::select(vec![1_i64, 1, 5, 15]),
        fixed_cost_minor in 0_i64..3_000,
        landed in any::<bool>(),
    ) -> Terms {
        let mut quantity = 0;
        let breaks = prices.iter().rev().zip(&gaps).map(|(price, gap)| {
            quantity += gap;
            PriceBreak { min_quantity: quantity, unit_price: UnitPrice::from_scaled(price * 1_000_000) }
        });
        Terms {
            schedule: PriceSchedule::new(DiscountMode::AllUnits, breaks.collect()).expect("ordered"),
            moq,
            order_multiple: 1,
            capacity: None,
            fixed_cost_minor,
            limit_basis: if landed { LimitBasis::Landed } else { LimitBasis::Goods },
            min_participants: 1,
            min_total_quantity: 1,
            minor_per_major: 100,
        }
    }
}

prop_compose! {
    fn commitments(most: usize)(
        members in prop::collection::vec(
            (
                prop::collection::btree_set(5_i64..18, 1..4),
                prop::collection::vec(1_i64..10, 4),
                prop::option::weighted(0.3, 1_i64..40),
                any::<bool>(),
                prop::option::of(1_i64..12),
            ),
            0..=most,
        ),
    ) -> Vec<Commitment> {
        members.into_iter().enumerate().map(|(index, (limits, gaps, group, whole, least))| {
            let mut quantity = 0;
            let steps = limits.iter().rev().zip(&gaps).map(|(limit, gap)| {
                quantity += gap;
                Step { max_unit_price: UnitPrice::from_scaled(limit * 1_000_000), quantity }
            }).collect();
            Commitment {
                member: format!("M{index}"),
                sequence: index as i64,
                steps,
                all_or_nothing: whole,
                min_quantity: least,
                min_group_quantity: group,
            }
        }).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_clearing_dominates_every_consistent_outcome_member_by_member(
        terms in terms(), commitments in commitments(5),
    ) {
        let cleared = clear(&terms, &commitments).expect("in range");
        let found = quantities(&cleared);
        prop_assert!(is_consistent(&terms, &commitments, &found));
        for other in consistent(&terms, &commitments) {
            prop_assert!(other.iter().zip(&found).all(|(o, f)| o <= f), "{:?} {:?}", other, found);
        }
    }

    #[test]
    fn nobody_pays_above_its_limit(terms in terms(), commitments in commitments(6)) {
        let cleared = clear(&terms, &commitments).expect("in range");
        for (allocation, commitment) in cleared.allocations.iter().zip(&commitments) {
            if allocation.quantity > 0 {
                let step = commitment.steps.iter().find(|s| s.quantity == allocation.quantity);
                let limit = step.expect("a step").max_unit_price;
                prop_assert!(accepts(&terms, cleared.total_allocated, limit));
            }
        }
    }

    #[test]
    fn order_and_identity_do_not_matter(terms in terms(), commitments in commitments(6)) {
        let forward = clear(&terms, &commitments).expect("in range");
        let backward: Vec<Commitment> = commitments.iter().rev().enumerate()
            .map(|(i, c)| Commitment { sequence: i as i64, member: format!("N{i}"), ..c.clone() }).collect();
        let backward = clear(&terms, &backward).expect("in range");
        let mut mirrored = quantities(&backward);
        mirrored.reverse();
        prop_assert_eq!(quantities(&forward), mirrored);
        prop_assert_eq!(forward.unit_price, backward.unit_price);
    }

    #[test]
    fn one_more_member_never_harms_another(terms in terms(), commitments in commitments(6)) {
        prop_assume!(!commitments.is_empty());
        let fewer = clear(&terms, &commitments[..commitments.len() - 1]).expect("in range");
        let more = clear(&terms, &commitments).expect("in range");
        let pairs = fewer.allocations.iter().zip(&more.allocations);
        prop_assert!(pairs.into_iter().all(|(f, m)| f.quantity <= m.quantity));
        if let (Some(f), Some(m)) = (fewer.unit_price, more.unit_price) {
            prop_assert!(m <= f);
        }
    }

    #[test]
    fn the_true_limit_is_the_best_single_step(
        terms in terms(), commitments in commitments(5), told in 5_i64..18,
    ) {
        prop_assume!(!commitments.is_empty());
        let mut honest = commitments;
        honest[0].steps.truncate(1);
        honest[0].min_group_quantity = None;
        let truth = honest[0].steps[0].max_unit_price;
        let mut lying = honest.clone();
        lying[0].steps[0].max_unit_price = UnitPrice::from_scaled(told * 1_000_000);
        let gain = |stated: &[Commitment]| {
            let cleared = clear(&terms, stated).expect("in range");
            let total = cleared.total_allocated;
            let quantity = cleared.allocations[0].quantity;
            let Some(price) = cleared.unit_price.filter(|_| quantity > 0) else { return 0 };
            let fixed = match terms.limit_basis {
                LimitBasis::Goods => 0,
                LimitBasis::Landed => terms.fixed_cost_minor * 10_000,
            };
            // Gain per unit times 10^6 times a common multiple, so that shares of fixed cost stay exact.
            ((truth.scaled() - price.scaled()) * total - fixed) * quantity * (1_000_000 / total.max(1))
        };
        let (true_gain, lie_gain) = (gain(&honest), gain(&lying));
        prop_assert!(true_gain >= 0);
        prop_assert!(lie_gain <= 0 || quantities(&clear(&terms, &lying).expect("in range"))
            == quantities(&clear(&terms, &honest).expect("in range")));
    }

    #[test]
    fn a_missed_minimum_means_that_no_outcome_meets_it(
        terms in terms(), commitments in commitments(5), least in 1_i64..4, quantity in 1_i64..40,
    ) {
        let strict = Terms { min_participants: least, min_total_quantity: quantity, ..terms };
        let cleared = clear(&strict, &commitments).expect("in range");
        let meets = consistent(&strict, &commitments).into_iter().any(|x| {
            x.iter().filter(|q| **q > 0).count() as i64 >= least && x.iter().sum::<i64>() >= quantity
        });
        prop_assert_eq!(cleared.outcome() == Outcome::Cleared, meets);
    }

    #[test]
    fn a_scarce_capacity_is_used_within_every_limit_and_minimum(
        terms in terms(), commitments in commitments(8), capacity in 1_i64..40,
        pack in prop::sample::select(vec![1_i64, 1, 3]),
    ) {
        let terms = Terms { capacity: Some(capacity * pack), order_multiple: pack, ..terms };
        let commitments: Vec<Commitment> = commitments.into_iter().map(|mut c| {
            c.steps.iter_mut().for_each(|s| s.quantity *= pack);
            c
        }).collect();
        let cleared = clear(&terms, &commitments).expect("in range");
        let total = cleared.total_allocated;
        prop_assert!(total <= capacity * pack);
        prop_assert_eq!(quantities(&cleared).iter().sum::<i64>(), total);
        prop_assert!(total == cleared.total_demand || total == capacity * pack);
        for (allocation, commitment) in cleared.allocations.iter().zip(&commitments) {
            let taken = allocation.quantity;
            prop_assert_eq!(taken % pack, 0);
            if taken == 0 { continue; }
            let demand = commitment.demand_where::<()>(|l| Ok(accepts(&terms, total, l))).expect("total");
            prop_assert!(taken <= demand);
            if taken < demand {
                prop_assert_eq!(allocation.status, MemberStatus::Rationed);
                prop_assert!(taken >= commitment.minimum_share(demand, pack));
            }
        }
    }
}

#[test]
fn a_hundred_thousand_commitments_clear_in_one_sweep() {
    let breaks = (0..10).map(|k| PriceBreak {
        min_quantity: 1 + k * 400_000,
        unit_price: UnitPrice::from_scaled((20 - k) * 1_000_000),
    });
    let terms = Terms {
        schedule: PriceSchedule::new(DiscountMode::AllUnits, breaks.collect()).expect("ordered"),
        moq: 1,
        order_multiple: 1,
        capacity: None,
        fixed_cost_minor: 0,
        limit_basis: LimitBasis::Goods,
        min_participants: 1,
        min_total_quantity: 1,
        minor_per_major: 100,
    };
    let member = |index: i64| Commitment {
        member: format!("M{index}"),
        sequence: index,
        steps: vec![Step {
            max_unit_price: UnitPrice::from_scaled(8_000_000 + index * 7_919 % 13_000_000),
            quantity: 1 + index * 31 % 100,
        }],
        all_or_nothing: index % 2 == 0,
        min_quantity: None,
        min_group_quantity: (index % 5 == 0).then_some(index * 40),
    };
    let mut commitments: Vec<Commitment> = (0..100_000).map(member).collect();
    let cleared = clear(&terms, &commitments).expect("in range");
    assert_eq!(cleared.outcome(), Outcome::Cleared);
    let scarce = Terms {
        capacity: Some(cleared.total_allocated * 9 / 10),
        ..terms
    };
    let rationed = clear(&scarce, &commitments).expect("in range");
    assert_eq!(rationed.outcome(), Outcome::Cleared);
    commitments.push(member(100_000));
    let refused = clear(&scarce, &commitments).expect_err("too many");
    assert!(matches!(refused, ClearingError::TooComplex(_)));
}
