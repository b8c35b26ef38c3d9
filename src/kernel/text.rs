//! Text rules for names, paragraphs and addresses: garde validators for every slice, on `String` and
//! `Option<String>` alike: `#[garde(custom(text::line))]`.
//!
//! Control characters would forge mail headers, bidirectional overrides would disguise a name.

use lettre::Address;

/// Most characters of a [`line`].
pub const LINE_MAX: usize = 80;
/// Most characters of an [`email`], as SMTP allows them.
pub const EMAIL_MAX: usize = 254;

/// Text that a validator can look at; `None` is not looked at.
pub trait Text {
    /// The text, if there is one.
    fn text(&self) -> Option<&str>;
}

impl Text for str {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Text for String {
    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl<T: Text> Text for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Text::text)
    }
}

impl<T: Text + ?Sized> Text for &T {
    fn text(&self) -> Option<&str> {
        (**self).text()
    }
}

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("must not contain control characters or line breaks")]
    Control,
    #[error("must not contain characters that change the direction of text")]
    Bidi,
    #[error("must not begin or end with white space")]
    Padded,
    #[error("must have from 1 to {max} characters")]
    Length { max: usize },
    #[error("must be an e-mail address")]
    NotAnAddress,
}

/// A name-like text: one line of 1 to [`LINE_MAX`] characters, without outer white space.
///
/// # Errors
/// The rule that the text breaks.
pub fn line<T: Text + ?Sized, C: ?Sized>(value: &T, _: &C) -> garde::Result {
    refuse(value, |text| {
        check_line(text)?;
        check_length(text, LINE_MAX)
    })
}

/// A text of any number of lines; its length is a rule of its own.
///
/// # Errors
/// The rule that the text breaks.
pub fn paragraph<T: Text + ?Sized, C: ?Sized>(value: &T, _: &C) -> garde::Result {
    refuse(value, check_paragraph)
}

/// An e-mail address of at most [`EMAIL_MAX`] characters.
///
/// # Errors
/// The rule that the text breaks.
pub fn email<T: Text + ?Sized, C: ?Sized>(value: &T, _: &C) -> garde::Result {
    refuse(value, |text| check_email(text).map(|_| ()))
}

/// One line without control characters, direction overrides or outer white space, of any length.
///
/// # Errors
/// The rule that the text breaks.
pub fn check_line(text: &str) -> Result<(), TextError> {
    refuse_characters(text, |_| false)?;
    if text.trim() == text {
        Ok(())
    } else {
        Err(TextError::Padded)
    }
}

/// Lines without control characters or direction overrides; line feeds and tabs are part of a paragraph.
///
/// # Errors
/// The rule that the text breaks.
pub fn check_paragraph(text: &str) -> Result<(), TextError> {
    refuse_characters(text, |c| matches!(c, '\n' | '\t'))
}

/// Parses an e-mail address as mail is addressed to it.
///
/// # Errors
/// The rule that the text breaks.
pub fn check_email(text: &str) -> Result<Address, TextError> {
    check_line(text)?;
    check_length(text, EMAIL_MAX)?;
    text.parse().map_err(|_| TextError::NotAnAddress)
}

fn check_length(text: &str, max: usize) -> Result<(), TextError> {
    if (1..=max).contains(&text.chars().count()) {
        Ok(())
    } else {
        Err(TextError::Length { max })
    }
}

fn refuse_characters(text: &str, allowed: impl Fn(char) -> bool) -> Result<(), TextError> {
    for character in text.chars().filter(|c| !allowed(*c)) {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            return Err(TextError::Control);
        }
        if is_direction_override(character) {
            return Err(TextError::Bidi);
        }
    }
    Ok(())
}

/// The explicit directional formatting characters of Unicode annex 9.
fn is_direction_override(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn refuse<T: Text + ?Sized>(
    value: &T,
    check: impl Fn(&str) -> Result<(), TextError>,
) -> garde::Result {
    value
        .text()
        .map_or(Ok(()), check)
        .map_err(|error| garde::Error::new(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(garde::Validate)]
    struct Shop {
        #[garde(custom(line))]
        name: String,
        #[garde(custom(paragraph))]
        note: Option<String>,
        #[garde(inner(custom(email)))]
        contacts: Vec<String>,
    }

    fn is_valid(name: &str, note: Option<&str>, contact: &str) -> bool {
        use garde::Validate;
        Shop {
            name: name.to_owned(),
            note: note.map(str::to_owned),
            contacts: vec![contact.to_owned()],
        }
        .validate()
        .is_ok()
    }

    #[test]
    fn names_and_notes_of_any_script_pass() {
        assert!(is_valid("老王茶庄", None, "wang@例子.中国"));
        assert!(is_valid(
            "Müller & Söhne",
            Some("two\n\tlines"),
            "o'neil+a@b.example"
        ));
    }

    #[test]
    fn forged_headers_and_disguised_names_are_refused() {
        for name in [
            "",
            " a",
            "a\r\nBcc: x",
            "a\u{7f}",
            "a\u{202e}b",
            "a\u{85}b",
            &"x".repeat(81),
        ] {
            assert!(!is_valid(name, None, "a@b.example"), "{name:?}");
        }
        assert!(!is_valid("a", Some("\u{0}"), "a@b.example"));
        assert!(!is_valid("a", Some("\u{2066}x"), "a@b.example"));
        for address in [
            "",
            "a",
            "a@",
            "a@b.example\n",
            "a b@c.example",
            "<a@b.example>",
        ] {
            assert!(!is_valid("a", None, address), "{address:?}");
        }
    }

    #[test]
    fn eighty_characters_are_counted_as_characters() {
        assert!(line(&"老".repeat(80), &()).is_ok());
        assert!(line(&"老".repeat(81), &()).is_err());
    }
}
