//! What a quote may and may not say.

use super::*;
use crate::kernel::time::Instant;
use crate::tenders::domain::offer::check::Call;
use crate::tenders::domain::offer::check::Wanted;
use std::collections::HashMap;

fn offer(line: &str) -> Offer {
    let text = format!(
        r#"{{"currency": "CNY", "valid_until": "2026-12-31T00:00:00Z", "lines": [{line}],
            "declarations": {{"no_resale_price_condition": true, "independent_quote": true}}}}"#
    );
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}"))
}

fn codes(offer: &Offer) -> Vec<String> {
    let wanted = Wanted {
        unit_code: "H87".into(),
        order_multiple: 6,
        gtin: Some("06291041500213".into()),
    };
    let items = HashMap::from([("L1".to_owned(), wanted)]);
    let call = Call {
        currency: "CNY",
        award_by: Instant::parse("2026-12-01T00:00:00Z").expect("a time"),
        items: &items,
    };
    offer.check(&call).into_iter().map(|e| e.code).collect()
}

#[test]
fn the_documented_line_is_acceptable() {
    let line = r#"{"line_ref":"L1","supplier_item_code":"AX-77","gtin":"06291041500213","unit_code":"H87","base_quantity":1,"discount_mode":"all_units",
 "price_breaks":[{"min_quantity":1,"unit_price":"12.00"},{"min_quantity":100,"unit_price":"10.00"}],
 "moq":1,"order_multiple":1,"capacity":null,"lead_time_days":21,"tooling_minor":0,"allowance_bps":0}"#;
    assert_eq!(codes(&offer(line)), Vec::<String>::new());
}

#[test]
fn all_errors_of_all_lines_are_named() {
    let line = r#"{"line_ref":"L1","unit_code":"KGM","gtin":"6291041500214","price_breaks":[{"min_quantity":1,"unit_price":"55,50"}],"lead_time_days":-1,"order_multiple":4},
        {"line_ref":"L1","unit_code":"H87","price_breaks":[{"min_quantity":1,"unit_price":"1"}],"lead_time_days":1,"base_quantity":7},
        {"line_ref":"L9","unit_code":"H87","price_breaks":[],"lead_time_days":1}"#;
    assert_eq!(
        codes(&offer(line)),
        [
            "unit_differs_from_tender",
            "order_multiple_differs_from_tender",
            "invalid_gtin_check_digit",
            "decimal_comma",
            "out_of_range",
            "duplicate_line_ref",
            "price_not_divisible",
            "unknown_line_ref",
            "no_price_breaks",
        ]
    );
}

#[test]
fn a_resale_price_is_an_unknown_field_and_a_number_is_no_price() {
    let extra = r#"{"line_ref":"L1","unit_code":"H87","price_breaks":[],"lead_time_days":1,"resale_price":"3"}"#;
    assert!(serde_json::from_str::<OfferLine>(extra).is_err());
    let number = r#"{"min_quantity":1,"unit_price":9.5}"#;
    assert!(serde_json::from_str::<OfferBreak>(number).is_err());
}

#[test]
fn equal_content_has_one_spelling() {
    let ten = |text: &str| {
        offer(&format!(r#"{{"line_ref":"L1","unit_code":"H87","price_breaks":[{{"min_quantity":1,"unit_price":"{text}"}}],"lead_time_days":1}}"#)).normalised()
    };
    assert!(ten("10") == ten("10.00"));
    assert!(ten("10") != ten("10.01"));
}
