//! The text layer of iCalendar (RFC 5545): folding and escaping.

/// A line has at most this many octets, its line break not counted.
const LINE_OCTETS: usize = 75;

/// Appends one content line, folded at 75 octets without splitting a character, and its CRLF.
/// Continuations begin with one space, which counts.
pub fn fold_into(out: &mut String, line: &str) {
    let mut used = 0;
    for character in line.chars() {
        let width = character.len_utf8();
        if used + width > LINE_OCTETS {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(character);
        used += width;
    }
    out.push_str("\r\n");
}

/// One content line, folded; see [`fold_into`].
pub fn fold(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 24 + 2);
    fold_into(&mut out, line);
    out
}

/// A text value: backslash, semicolon, comma and line breaks escaped; other controls dropped.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            '\r' => {
                characters.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotions::domain::vectors;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn every_line_folds_as_published() {
        for case in vectors::cases("ics_fold") {
            let folded = fold(case["given"]["line"].as_str().expect("a line"));
            assert_eq!(case["expect"]["text"], folded, "{}", case["id"]);
            let octets: Vec<usize> = folded.trim_end().split("\r\n").map(str::len).collect();
            if let Some(expected) = case["expect"].get("octets_per_line") {
                assert_eq!(expected, &json!(octets), "{}", case["id"]);
            }
        }
    }

    #[test]
    fn text_escapes_as_published() {
        for case in vectors::cases("ics_escape") {
            let escaped = escape(case["given"]["text"].as_str().expect("a text"));
            assert_eq!(case["expect"]["text"], escaped, "{}", case["id"]);
        }
        assert_eq!(escape("a\r\nb\rc\u{7}"), "a\\nb\\nc");
    }

    proptest! {
        #[test]
        fn unfolding_gives_the_line_back(line in "[^\r\n]{0,300}") {
            let folded = fold(&line);
            prop_assert!(folded.split("\r\n").all(|part| part.len() <= 75));
            let unfolded = folded.replace("\r\n ", "");
            prop_assert_eq!(unfolded.strip_suffix("\r\n"), Some(line.as_str()));
        }

        #[test]
        fn an_escaped_text_stays_on_its_line(text in any::<String>()) {
            let escaped = escape(&text);
            let breaks = escaped.contains('\n') || escaped.contains('\r');
            prop_assert!(!breaks);
        }
    }
}
