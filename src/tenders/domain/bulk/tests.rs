//! Every example of files and of differences, and what hostile bytes do.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::tenders::calculators::vectors;

fn items(tender: &Value) -> HashMap<String, Wanted> {
    let items = tender["items"].as_object().expect("items");
    items
        .iter()
        .map(|(name, item)| {
            let wanted = Wanted {
                unit_code: item["unit_code"].as_str().expect("a unit").to_owned(),
                order_multiple: 2_520,
                gtin: item["gtin"].as_str().map(str::to_owned),
            };
            (name.clone(), wanted)
        })
        .collect()
}

fn sample() -> HashMap<String, Wanted> {
    items(
        &serde_json::json!({ "items": { "L1": { "unit_code": "H87", "gtin": "06291041500213" },
        "L2": { "unit_code": "XCT" } } }),
    )
}

#[test]
fn every_example_file_is_taken_or_refused_with_all_its_errors() {
    for vector in vectors::load("5_csv") {
        let tender = &vector["input"]["tender"];
        let items = items(tender);
        let catalogue = Catalogue {
            currency: tender["currency"].as_str().expect("a currency"),
            items: &items,
        };
        let file = vector["input"]["csv"].as_str().expect("a file");
        let expected = &vector["expected"];
        match csv::parse(file.as_bytes(), &catalogue) {
            Ok(parsed) => {
                assert_eq!(expected["accepted"], true, "{}", vector["id"]);
                let lines = expected["lines"].as_array().expect("lines");
                assert_eq!(parsed.lines.len(), lines.len(), "{}", vector["id"]);
                for (line, wanted) in parsed.lines.iter().zip(lines) {
                    check_line(line, wanted);
                }
            }
            Err(faults) => {
                let faults: Vec<Value> = faults
                    .iter()
                    .map(
                        |f| serde_json::json!({ "line": f.line, "field": f.field, "code": f.code }),
                    )
                    .collect();
                assert_eq!(Value::from(faults), expected["errors"], "{}", vector["id"]);
            }
        }
    }
}

fn check_line(line: &OfferLine, wanted: &Value) {
    assert_eq!(wanted["line_ref"], line.line_ref.as_str());
    assert_eq!(wanted["moq"], line.moq.unwrap_or(1));
    assert_eq!(wanted["order_multiple"], line.order_multiple.unwrap_or(1));
    assert_eq!(wanted["base_quantity"], line.base_quantity.unwrap_or(1));
    assert_eq!(wanted["capacity"], serde_json::json!(line.capacity));
    let breaks = serde_json::to_value(&line.price_breaks).expect("breaks");
    assert_eq!(wanted["price_breaks"], breaks);
}

#[test]
fn every_example_of_two_revisions_has_its_difference() {
    for vector in vectors::load("5_revision_diff") {
        let lines = |side: &str| vector["input"][side].as_array().expect("lines").clone();
        let found = diff::compare(&lines("old"), &lines("new"));
        let expected = &vector["expected"];
        assert_eq!(serde_json::json!(found.added), expected["added"]);
        assert_eq!(serde_json::json!(found.removed), expected["removed"]);
        assert_eq!(serde_json::json!(found.unchanged), expected["unchanged"]);
        let changed: Vec<Value> = found
            .changed
            .iter()
            .map(|line| {
                let fields: Vec<&str> = line.fields.iter().map(|f| f.field.as_str()).collect();
                serde_json::json!({ "line_ref": line.line_ref, "fields": fields })
            })
            .collect();
        assert_eq!(Value::from(changed), expected["changed"]);
    }
}

fn book(rows: &[&[&str]], formula: bool) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(xlsx::SHEET).expect("a name");
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            match cell.parse::<f64>() {
                Ok(number) if row > 0 => sheet.write_number(row, column, number),
                _ => sheet.write_string(row, column, *cell),
            }
            .expect("a cell");
        }
    }
    if formula {
        sheet.write_formula(1, 3, "=1+1").expect("a formula");
    }
    book.save_to_buffer().expect("a file")
}

const HEADER: [&str; 4] = [
    "line_ref",
    "gtin",
    "break1_min_quantity",
    "break1_unit_price",
];

#[test]
fn a_spreadsheet_says_the_same_as_a_text() {
    let items = sample();
    let catalogue = Catalogue {
        currency: "CNY",
        items: &items,
    };
    let file = book(&[&HEADER, &["L1", "6291041500213", "1", "55.1"]], false);
    let parsed = xlsx::parse(&file, &catalogue).unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!(parsed.lines[0].price_breaks[0].unit_price, "55.1");
    assert_eq!(parsed.lines[0].gtin.as_deref(), Some("06291041500213"));
    let file = book(&[&HEADER, &["L1", "", "1", "0.1234567"]], false);
    let faults = xlsx::parse(&file, &catalogue).err().expect("faults");
    assert_eq!(faults[0].code, "invalid_price");
    let file = book(&[&HEADER, &["L1", "", "1"]], true);
    let faults = xlsx::parse(&file, &catalogue).err().expect("faults");
    assert_eq!(faults[0].code, "formula_not_allowed");
    assert_eq!(faults[0].field.as_deref(), Some("D2"));
}

#[test]
fn a_file_that_inflates_beyond_measure_is_refused_before_it_is_read() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive
        .start_file("xl/worksheets/sheet1.xml", options)
        .expect("a file");
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        archive.write_all(&zeros).expect("bytes");
    }
    let bomb = archive.finish().expect("an archive").into_inner();
    assert!(bomb.len() < 100_000);
    let items = sample();
    let catalogue = Catalogue {
        currency: "CNY",
        items: &items,
    };
    let faults = xlsx::parse(&bomb, &catalogue).err().expect("faults");
    assert_eq!(faults[0].code, "file_too_large");
}

#[test]
fn json_lines_name_what_is_wrong_with_each() {
    let items = sample();
    let catalogue = Catalogue {
        currency: "CNY",
        items: &items,
    };
    let rows = r#"{"line_ref":"L1","unit_code":"H87","price_breaks":[{"min_quantity":1,"unit_price":9.5}],"lead_time_days":1}

{"line_ref":"L2","unit_code":"XCT","price_breaks":[],"lead_time_days":1,"resale_price":"1"}
{"line_ref":"L2","unit_code":"XCT","price_breaks":[{"min_quantity":1,"unit_price":"NaN"}],"lead_time_days":1}
not json"#;
    let faults = json::parse_rows(rows.as_bytes(), &catalogue)
        .err()
        .expect("faults");
    let told: Vec<(Option<u64>, &str)> = faults.iter().map(|f| (f.line, f.code.as_str())).collect();
    assert_eq!(
        told,
        [
            (Some(1), "invalid_price_type"),
            (Some(3), "unknown_field"),
            (Some(4), "invalid_price"),
            (Some(5), "invalid_json")
        ]
    );
    let sound = r#"{"currency":"CNY","lines":[{"line_ref":"L2","unit_code":"XCT","price_breaks":[{"min_quantity":1,"unit_price":"5"}],"lead_time_days":1},{"line_ref":"L1","withdraw_line":true}]}"#;
    let parsed = json::parse(sound.as_bytes(), &catalogue).unwrap_or_else(|f| panic!("{f:?}"));
    assert_eq!((parsed.lines.len(), parsed.withdrawn.len()), (1, 1));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let items = sample();
        let catalogue = Catalogue { currency: "CNY", items: &items };
        let _ = csv::parse(&bytes, &catalogue);
        let _ = json::parse(&bytes, &catalogue);
        let _ = json::parse_rows(&bytes, &catalogue);
        let _ = xlsx::parse(&bytes, &catalogue);
    }

    #[test]
    fn no_text_below_a_sound_header_makes_a_reader_panic(text in "[0-9L,.;=\"\\n-]{0,200}") {
        let items = sample();
        let catalogue = Catalogue { currency: "CNY", items: &items };
        let file = format!("{}\n{text}", HEADER.join(","));
        let _ = csv::parse(file.as_bytes(), &catalogue);
    }
}
