//! Time as a word: instants, and the mark by which a parser reports a broken content rule.

pub use entity::instant::CONTENT_MARK;
pub use entity::instant::Instant;

/// A serde message that says "content rule `code` broken" (422) rather than "unreadable" (400).
pub fn content(code: &str) -> String {
    format!("{CONTENT_MARK}{code}")
}
