//! Properties of the writers: whatever people call things, the books stay what programs read.

use proptest::prelude::*;

use super::*;

/// A hash that is good enough to tell texts apart.
fn digest(bytes: &[u8]) -> Vec<u8> {
    use std::hash::DefaultHasher;
    use std::hash::Hasher;
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish().to_be_bytes().to_vec()
}

fn fund(currency: &str, name: &str) -> BookFund {
    BookFund {
        code: "D11-2026".to_owned(),
        name: name.to_owned(),
        currency: Currency::parse(currency).expect("a currency"),
        custodian: Custodian {
            holder: name.to_owned(),
            institution: name.to_owned(),
            account_ref: name.to_owned(),
        },
    }
}

fn entry(text: &str, amounts: &[i64]) -> BookTransaction {
    let posting = |(n, amount): (i64, &i64)| BookPosting {
        sequence: Some(n),
        account: format!("Assets:Receivable:D11-2026:{}", code::member(n)),
        label: text.to_owned(),
        amount: *amount,
        balance: None,
    };
    BookTransaction {
        id: "id".to_owned(),
        sequence: 7,
        date: NaiveDate::from_ymd_opt(2026, 9, 15).expect("a day"),
        recorded_at: "2026-09-15T00:00:00.000Z".to_owned(),
        kind: "payment".to_owned(),
        document: "document".to_owned(),
        decision: None,
        supplier: Some(text.to_owned()),
        reverses: None,
        narration: text.to_owned(),
        hash: "00".to_owned(),
        postings: (1..).zip(amounts).map(posting).collect(),
    }
}

/// The lines of postings, as account and number.
fn posted(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| line.trim_start().split_once("  "))
        .filter(|(account, _)| account.starts_with("Assets:"))
        .map(|(account, amount)| {
            let number = amount.split(' ').next().unwrap_or_default();
            (account.to_owned(), number.to_owned())
        })
        .collect()
}

fn name() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "\"",
        "\\",
        "\n",
        "\r\n",
        "\t",
        ";",
        "|",
        "[",
        "]",
        ":",
        "=",
        "+",
        "-",
        "@",
        "(",
        "!",
        "*",
        "  ",
        "\u{2028}",
        "茶馆",
        "双十一",
        "=HYPERLINK(\"x\")",
        "2026-01-01",
        "'",
        ",",
        "{",
        "%",
        "posters",
        "Print & Co",
        "\u{0}",
    ]);
    prop::collection::vec(nasty, 0..6).prop_map(|parts| parts.concat())
}

#[test]
fn amounts_have_exactly_the_digits_of_their_currency() {
    let text = |currency: &str, amount| {
        let fund = fund(currency, "x");
        let written = transaction(Format::Beancount, &fund, &entry("x", &[amount, -amount]));
        posted(&written)
            .into_iter()
            .map(|(_, number)| number)
            .collect::<Vec<_>>()
    };
    assert_eq!(text("CNY", 123_456_789), ["1234567.89", "-1234567.89"]);
    assert_eq!(text("CNY", 5), ["0.05", "-0.05"]);
    assert_eq!(text("JPY", 1_234_567), ["1234567", "-1234567"]);
    assert_eq!(text("BHD", 1), ["0.001", "-0.001"]);
}

#[test]
fn assertions_tolerate_nothing_and_hold_on_the_day_after() {
    let balance = BookBalance {
        account: "Income:Levy:D11-2026:M-000001".to_owned(),
        currency: Currency::parse("CNY").expect("a currency"),
        amount: -1_000,
    };
    let last = NaiveDate::from_ymd_opt(2026, 12, 31).expect("a day");
    assert_eq!(
        super::balance(Format::Beancount, last, &balance),
        "2027-01-01 balance Income:Levy:D11-2026:M-000001  -10.00 ~ 0 CNY\n"
    );
}

#[test]
fn every_book_names_the_custodian() {
    let fund = fund("CNY", "Bank of Hangzhou");
    for format in [Format::Beancount, Format::Ledger] {
        let text = preamble(format, "x", std::slice::from_ref(&fund));
        assert!(
            text.contains("D11-2026 (Bank of Hangzhou): Bank of Hangzhou,"),
            "{text}"
        );
    }
    let csv = transaction(Format::Csv, &fund, &entry("x", &[1, -1]));
    assert!(csv.contains("Bank of Hangzhou"), "{csv}");
}

#[test]
fn keys_are_kept_and_other_names_end_in_a_hash() {
    let of = |text: &str| code::of_text(text, digest);
    assert_eq!(of("posters"), "Posters");
    assert_eq!(of("3d-print"), "3d-print");
    assert!(
        of("Print & Co").starts_with("Print-Co-"),
        "{}",
        of("Print & Co")
    );
    assert!(of("海报").starts_with("X-"), "{}", of("海报"));
    assert_ne!(of("Posters"), of("posters"));
    assert_eq!(code::member(123), "M-000123");
}

proptest! {
    #[test]
    fn a_csv_reads_back_and_no_cell_is_a_formula(text in name(), amount in 1_i64..1_000_000_000) {
        let fund = fund("CNY", &text);
        let whole = preamble(Format::Csv, "x", std::slice::from_ref(&fund))
            + &transaction(Format::Csv, &fund, &entry(&text, &[amount, -amount]));
        let mut reader = ::csv::Reader::from_reader(whole.as_bytes());
        let mut sum = 0;
        for record in reader.records() {
            let record = record.expect("a record");
            sum += record[10].parse::<i64>().expect("an amount");
            prop_assert_eq!(record[12].trim_start_matches('\''), text.trim_start_matches('\''));
            for (column, value) in record.iter().enumerate() {
                let number = [0, 10, 11].contains(&column);
                prop_assert!(number || !value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
            }
        }
        prop_assert_eq!(sum, 0);
    }

    #[test]
    fn plain_text_books_keep_one_line_per_posting(
        text in name(),
        amount in 1_i64..1_000_000_000,
        currency in prop::sample::select(vec!["CNY", "JPY", "BHD"]),
    ) {
        let fund = fund(currency, &text);
        for format in [Format::Beancount, Format::Ledger] {
            let written = transaction(format, &fund, &entry(&text, &[amount, -amount]));
            let found = posted(&written);
            prop_assert_eq!(found.len(), 2, "{}", written);
            let digits: Vec<String> =
                found.iter().map(|(_, n)| n.replace(['.', '-'], "")).collect();
            prop_assert_eq!(&digits[0], &digits[1]);
            prop_assert_eq!(digits[0].parse::<i64>().expect("digits"), amount);
            // The head, the tags, the postings, and the blank line before them: nothing was broken in two.
            prop_assert_eq!(written.lines().count(), 2 + 7 + 2, "{}", written);
        }
    }

    #[test]
    fn a_string_of_beancount_ends_where_it_should(text in name()) {
        let fund = fund("CNY", "x");
        let written = transaction(Format::Beancount, &fund, &entry(&text, &[1, -1]));
        let head = written.lines().nth(1).expect("a head");
        let mut quotes = 0;
        let mut escaped = false;
        for character in head.chars() {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quotes += 1,
                _ => {}
            }
        }
        prop_assert_eq!(quotes, 4, "{}", head);
    }

    #[test]
    fn components_are_what_every_program_takes_and_never_the_same(a in name(), b in name()) {
        let of = |text: &str| code::of_text(text, digest);
        let first = of(&a);
        prop_assert!(first.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()));
        prop_assert!(first.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
        prop_assert_eq!(first == of(&b), a == b);
    }
}
