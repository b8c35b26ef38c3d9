//! Components of accounts' names: every program of plain-text accounting takes `[A-Z0-9][A-Za-z0-9-]*`, and nothing
//! else is taken by all of them.

/// The component of a member: `M-000123`.
pub fn member(number: i64) -> String {
    format!("M-{number:06}")
}

/// The component for members whose lines the reader may not see, added up.
pub const OTHERS: &str = "Others";

/// A component for any text, the same text always giving the same one and two texts never the same.
///
/// Lower-case keys such as `posters` are written `Posters`. Anything else keeps what can be kept and ends in a part
/// of its hash: `Print-Co-5f0c2a91`. `digest` is a hash of bytes.
pub fn of_text(text: &str, digest: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_key = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.chars().all(plain);
    if is_key && text.len() <= KEPT {
        return capitalised(text);
    }
    let kept: String = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let kept: String = kept.chars().take(KEPT).collect();
    let hash: String = digest(text.as_bytes())
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    match kept.trim_end_matches('-') {
        "" => format!("X-{hash}"),
        kept => format!("{}-{hash}", capitalised(kept)),
    }
}

/// Characters of a text that a component keeps.
const KEPT: usize = 40;

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}
