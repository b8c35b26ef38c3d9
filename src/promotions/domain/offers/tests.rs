//! Each reason against a product, and what is kept of one that is taken.

use super::*;
use crate::promotions::domain::terms::Exclusion;
use crate::promotions::domain::terms::Requirements;
use chrono::TimeDelta;

fn at(day: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(day)
}

fn offer(sku: &str, price_minor: Option<i64>) -> Offer {
    Offer {
        sku: sku.into(),
        title: "Longjing".into(),
        category: Some("tea".into()),
        price_minor,
        stock: Some(20),
        phases: None,
    }
}

/// The codes against `offers`, or none.
fn codes(offers: &[Offer], terms: &Terms, pack: CountryPack) -> Vec<&'static str> {
    let line = |day, price_minor| Logged {
        id: Uuid::from_u128(1),
        price_minor,
        effective_at: at(day),
        recorded_at: at(day),
    };
    let log = BTreeMap::from([("TEA".to_owned(), vec![line(0, 1_000), line(90, 1_200)])]);
    let names = ["enrolment", "w1_main", "w2_deposit", "w2_main"];
    let phases: Vec<PhaseName> = names.iter().filter_map(|n| PhaseName::parse(n)).collect();
    let bar = Bar {
        terms,
        phases: &phases,
        pack,
        log: &log,
        now: at(100),
    };
    match accept(offers, bar) {
        Ok(_) => Vec::new(),
        Err(refused) => {
            let faults = refused.faults.iter();
            faults.map(|fault| fault.why.kind().code).collect()
        }
    }
}

fn asking(requirements: Requirements) -> Terms {
    Terms {
        requirements,
        ..Terms::default()
    }
}

#[test]
fn without_demands_a_product_needs_no_price() {
    let terms = Terms::default();
    assert_eq!(codes(&[offer("X", None)], &terms, CountryPack::Cn), [""; 0]);
    assert_eq!(
        codes(&[offer("X", Some(5))], &terms, CountryPack::None),
        [""; 0]
    );
}

#[test]
fn a_discount_is_measured_against_the_lowest_price_of_the_countrys_window() {
    let ten = asking(Requirements {
        min_discount_bp: Some(1_000),
        ..Requirements::default()
    });
    // In the last 7 days 1200, in the last 30 days 1000.
    for (pack, highest) in [
        (CountryPack::Cn, 1_080),
        (CountryPack::None, 1_080),
        (CountryPack::Eu, 900),
    ] {
        assert_eq!(codes(&[offer("TEA", Some(highest))], &ten, pack), [""; 0]);
        let over = codes(&[offer("TEA", Some(highest + 1))], &ten, pack);
        assert_eq!(over, ["discount_too_small"], "{pack}");
    }
    assert_eq!(
        codes(&[offer("TEA", None)], &ten, CountryPack::Cn),
        ["price_missing"]
    );
    let unknown = codes(&[offer("SILK", Some(1))], &ten, CountryPack::None);
    assert_eq!(unknown, ["price_history_missing"]);
}

#[test]
fn where_a_country_guards_prices_a_promotional_price_is_lower_than_before() {
    let terms = Terms::default();
    let code = |price| codes(&[offer("TEA", Some(price))], &terms, CountryPack::Eu);
    assert_eq!(code(999), [""; 0]);
    assert_eq!(code(1_000), ["price_not_below_prior"]);
    let silk = codes(&[offer("SILK", Some(1))], &terms, CountryPack::Eu);
    assert_eq!(silk, ["price_history_missing"]);
}

#[test]
fn stock_category_number_and_repetition_are_checked() {
    let terms = asking(Requirements {
        min_stock: Some(21),
        categories: vec!["silk".into()],
        max_items: Some(1),
        ..Requirements::default()
    });
    let twice = [offer("X", None), offer("X", None)];
    let found = codes(&twice, &terms, CountryPack::None);
    assert_eq!(
        found,
        [
            "category_not_wanted",
            "stock_too_small",
            "sku_repeated",
            "too_many_items",
            "category_not_wanted",
            "stock_too_small"
        ]
    );
}

#[test]
fn phases_that_exclude_each_other_do_not_overlap_and_are_refused_all_the_same() {
    let terms = Terms {
        exclusions: vec![Exclusion {
            a: "w1_main".into(),
            b: "w2_deposit".into(),
        }],
        ..Terms::default()
    };
    let within = |phases: &[&str]| Offer {
        phases: Some(phases.iter().map(|p| (*p).to_owned()).collect()),
        ..offer("X", None)
    };
    let code = |phases: &[&str]| codes(&[within(phases)], &terms, CountryPack::None);
    assert_eq!(code(&["w1_main", "w2_main"]), [""; 0]);
    assert_eq!(code(&["w1_main", "w2_deposit"]), ["item_phases_excluded"]);
    assert_eq!(code(&["w9_main"]), ["item_phase_unknown"]);
    assert_eq!(
        codes(&[offer("X", None)], &terms, CountryPack::None),
        [""; 0]
    );
}
