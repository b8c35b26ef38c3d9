//! A source file, with and without its comments and texts.

/// A file of the tree.
#[derive(Debug, Clone)]
pub struct File {
    /// From the root of the workspace, with forward slashes.
    pub path: String,
    /// As it is written.
    pub text: String,
    /// The same lines with comments and the contents of texts blanked out.
    pub code: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blank(text),
        }
    }

    /// The slice that the file belongs to, if it lies in one.
    pub fn slice(&self) -> Option<&str> {
        let (slice, _) = self.path.strip_prefix("src/")?.split_once('/')?;
        Some(slice)
    }

    /// What follows each occurrence of `prefix` in the code, as far as it is one word, with its line.
    /// `prefix` stands at the beginning of a path.
    pub fn words_after(&self, prefix: &str) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        for (number, line) in self.code.lines().enumerate() {
            for (at, _) in line.match_indices(prefix) {
                let before = line[..at].chars().next_back();
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                    continue;
                }
                let rest = &line[at + prefix.len()..];
                let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
                found.push((number + 1, rest[..end.unwrap_or(rest.len())].to_owned()));
            }
        }
        found
    }
}

/// Blanks comments and texts; every line stays where it is.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = skipped(rest, &out);
        if end > 0 {
            out.extend(rest[..end].chars().map(|c| if c == '\n' { c } else { ' ' }));
            rest = &rest[end..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// Length of the comment or text that begins here; 0 where none does.
fn skipped(rest: &str, before: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |at| at + 2);
    }
    let inside_word = before
        .chars()
        .next_back()
        .is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with('r') && !inside_word {
        let hashes = rest[1..].bytes().take_while(|b| *b == b'#').count();
        if rest[1 + hashes..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            let found = rest[begin..].find(&close);
            return found.map_or(rest.len(), |at| begin + at + close.len());
        }
    }
    if rest.starts_with("'\"'") {
        return 3;
    }
    if rest.starts_with('"') {
        return text_end(rest);
    }
    0
}

fn text_end(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[test]
fn comments_and_texts_are_blank_and_lines_stay() {
    let text = "a // b\n\"c \\\" d\" e /* f\n g */ h r#\"i \" j\"# k '\"' l\nfor\"m\"";
    let file = File::new("src/x/y.rs", text);
    let words: Vec<&str> = file.code.split_whitespace().collect();
    assert_eq!(words, ["a", "e", "h", "k", "l", "for"]);
    assert_eq!(file.code.lines().count(), text.lines().count());
}
