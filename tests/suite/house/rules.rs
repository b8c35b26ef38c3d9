//! The rules, each a pure function of one file.

use crate::house::source::File;
use std::fmt;

/// The slices; each imports only those before it, and itself.
const SLICES: [&str; 15] = [
    "kernel",
    "platform",
    "http",
    "mail",
    "accounts",
    "merchants",
    "alliances",
    "mandates",
    "funds",
    "promotions",
    "tenders",
    "ballots",
    "campaigns",
    "audit",
    "app",
];

/// Macros of the kernel, which the language puts at the root.
const ROOT_MACROS: [&str; 2] = ["words", "by_kind"];

/// What a service may name of the ORM: a connection to pass on, and its failure.
const ORM_WORDS: [&str; 2] = ["ConnectionTrait", "DbErr"];

/// Most lines of a file.
const MOST_LINES: usize = 400;

/// A rule broken somewhere.
#[derive(Debug)]
pub struct Breach {
    place: String,
    pub what: String,
}

impl Breach {
    fn at(file: &File, line: usize, what: impl Into<String>) -> Self {
        Self {
            place: format!("{}:{line}", file.path),
            what: what.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.what)
    }
}

/// Imports point to slices further left.
pub fn imports(file: &File) -> Vec<Breach> {
    let Some(own) = file.slice() else {
        return Vec::new();
    };
    let rank = |slice: &str| SLICES.iter().position(|known| *known == slice);
    let Some(own_rank) = rank(own) else {
        return vec![Breach::at(file, 1, format!("'{own}' is no slice"))];
    };
    let wrong = |(line, word): (usize, String)| {
        if ROOT_MACROS.contains(&word.as_str()) {
            return None;
        }
        match rank(&word) {
            Some(other) if other <= own_rank => None,
            Some(_) => Some(Breach::at(file, line, format!("'{own}' imports '{word}'"))),
            None => Some(Breach::at(file, line, format!("'{word}' is no slice"))),
        }
    };
    file.words_after("crate::")
        .into_iter()
        .filter_map(wrong)
        .collect()
}

/// A domain knows no database, no web, no service, and never waits.
pub fn purity(file: &File) -> Vec<Breach> {
    let in_domain = file.path.contains("/domain/") || file.path.ends_with("/domain.rs");
    if !(in_domain && file.path.starts_with("src/")) {
        return Vec::new();
    }
    let foreign = [
        "sea_orm::",
        "entity::",
        "actix_web::",
        "crate::platform",
        "crate::http",
        "async ",
    ];
    let mut breaches = Vec::new();
    for word in foreign {
        let found = file.words_after(word).into_iter();
        let what = format!("a domain uses '{}'", word.trim());
        breaches.extend(found.map(|(line, _)| Breach::at(file, line, what.clone())));
    }
    breaches
}

/// Rows and queries live in `repo`, in the machinery of `platform`, and where `app` starts up.
pub fn sql(file: &File) -> Vec<Breach> {
    let home = ["src/platform/", "src/app/"]
        .iter()
        .any(|place| file.path.starts_with(place))
        || file.path.ends_with("/repo.rs")
        || file.path.contains("/repo/")
        || file.path.ends_with("/tests.rs")
        || file.path.contains("/tests/");
    if home || !file.path.starts_with("src/") {
        return Vec::new();
    }
    let mut breaches = Vec::new();
    for (line, word) in file.words_after("entity::") {
        if !["ids", "instant"].contains(&word.as_str()) {
            breaches.push(Breach::at(
                file,
                line,
                format!("a row of '{word}' outside of repo"),
            ));
        }
    }
    for (line, word) in file.words_after("sea_orm::") {
        if !ORM_WORDS.contains(&word.as_str()) {
            breaches.push(Breach::at(
                file,
                line,
                format!("'sea_orm::{word}' outside of repo"),
            ));
        }
    }
    breaches
}

/// Files fit into a head.
pub fn length(file: &File) -> Vec<Breach> {
    let lines = file.text.lines().count();
    if lines <= MOST_LINES {
        return Vec::new();
    }
    vec![Breach::at(
        file,
        lines,
        format!("{lines} lines are more than {MOST_LINES}"),
    )]
}

/// A lint that does not fit is expected, with its reason.
pub fn lints(file: &File) -> Vec<Breach> {
    lines_with(file, &file.code, &["[allow("])
}

/// Migrations are history: they must not change when an entity does.
pub fn migrations(file: &File) -> Vec<Breach> {
    if !file.path.starts_with("migration/") {
        return Vec::new();
    }
    let found = file.words_after("entity::").into_iter();
    found
        .map(|(line, word)| Breach::at(file, line, format!("a migration uses 'entity::{word}'")))
        .collect()
}

/// What is not done is said where plans are kept, not in the code.
pub fn leftovers(file: &File) -> Vec<Breach> {
    lines_with(
        file,
        &file.text,
        &[concat!("TO", "DO"), concat!("FIX", "ME")],
    )
}

fn lines_with(file: &File, text: &str, words: &[&str]) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in words.iter().filter(|word| line.contains(**word)) {
            breaches.push(Breach::at(file, number + 1, format!("'{word}'")));
        }
    }
    breaches
}

/// The codes of the kinds of problems that a file declares, in order.
pub fn codes(file: &File) -> Vec<String> {
    let ways = [
        "Kind::new(",
        "Kind::unprocessable(",
        "Kind::conflict(",
        "Kind::forbidden(",
    ];
    let mut found: Vec<(usize, String)> = Vec::new();
    for way in ways {
        for (at, _) in file.code.match_indices(way) {
            // Blanking keeps the number of characters, not of bytes.
            let begin = file.code[..at + way.len()].chars().count();
            let call: String = file.text.chars().skip(begin).collect();
            let (head, _) = call.split_once(')').unwrap_or((&call, ""));
            if let Some(code) = head.split('"').nth(1) {
                found.push((at, code.to_owned()));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, code)| code).collect()
}

/// Whether the composition root knows the slice of a file.
pub fn is_mounted(file: &File, app: &File) -> bool {
    file.slice().is_some_and(|slice| {
        let path = format!("{slice}::");
        !app.words_after(&path).is_empty() || app.code.contains(&format!("crate::{slice};"))
    })
}
