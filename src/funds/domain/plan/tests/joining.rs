//! What who joins in mid-season pays.

use super::*;
use crate::funds::domain::plan;

#[test]
fn joiners_pay_the_price_of_the_founders_for_the_days_that_are_left() {
    let plan = plan(
        json!({ "direction": "budget", "weights": { "kind": "measure", "measure": "m" } }),
        json!({}),
    );
    let price = BigRational::from_integer(300_000.into());
    let days = Days {
        liable: 60,
        period: 120,
    };
    let locked = plan::Locked {
        price,
        totals: std::collections::BTreeMap::new(),
    };
    let joined = plan::joining(&plan, &locked, &member("j", "m", 2), days);
    let joined = joined.expect("charged").expect("not exempt");
    assert_eq!(joined.exact, BigRational::from_integer(300_000.into()));
}

#[test]
fn a_joiner_of_a_mix_pays_the_locked_price_of_each_component() {
    let plan = plan(
        json!({ "direction": "budget", "weights": { "kind": "mix", "parts": [
            { "measure": "area", "share": "3/4" }, { "measure": "front", "share": "1/4" }] } }),
        json!({}),
    );
    let whole = |n: i64| BigRational::from_integer(n.into());
    let locked = plan::Locked {
        price: whole(120_000),
        totals: [
            ("area".to_owned(), whole(300)),
            ("front".to_owned(), whole(40)),
        ]
        .into(),
    };
    let mut joiner = member("j", "area", 100);
    joiner
        .subject
        .sizes
        .insert("front".into(), crate::kernel::rational::Exact::whole(10));
    let days = Days {
        liable: 30,
        period: 120,
    };
    let joined = plan::joining(&plan, &locked, &joiner, days);
    let joined = joined.expect("charged").expect("not exempt");
    // 300 of the budget per unit of area, 750 per unit of frontage: 37,500 for the whole season.
    assert_eq!(joined.exact, BigRational::new(37_500.into(), 4.into()));
}
