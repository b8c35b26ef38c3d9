//! Checks a template when it is saved. The language is a small part of minijinja's: plain output of a
//! variable, `if` over one, `for` over a list. What is not on the list is refused, so that a template can
//! neither compute nor reach anything.

use serde::Deserialize;
use serde::Serialize;

use crate::campaigns::domain::variables;
use crate::campaigns::domain::variables::Shape;
use crate::kernel::locale::Locale;

/// A mail in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TemplateWording)]
pub struct Wording {
    /// One line.
    #[schema(min_length = 1, max_length = 200)]
    pub subject: String,
    /// Variables are escaped.
    #[schema(min_length = 1, max_length = 100_000)]
    pub html: String,
    #[schema(min_length = 1, max_length = 20_000)]
    pub text: String,
}

/// A mail in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TemplateWordings)]
pub struct Wordings {
    #[serde(rename = "zh-CN")]
    pub zh_cn: Wording,
    pub en: Wording,
}

impl Wordings {
    /// The wording of a language.
    pub fn of(&self, locale: Locale) -> &Wording {
        match locale {
            Locale::ZhCn => &self.zh_cn,
            Locale::En => &self.en,
        }
    }
}

/// Why a text is no template of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    #[error("'{0}' is no variable here")]
    UnknownVariable(String),
    #[error("'{0}' is a list: walk through it with 'for'")]
    NotText(String),
    #[error("'{0}' is no list")]
    NotAList(String),
    #[error("'{0}' is not allowed: a template prints variables and knows 'if' and 'for'")]
    NotAllowed(String),
    #[error("a tag is not closed")]
    OpenTag,
    #[error("'{0}' stands without its beginning or end")]
    Unbalanced(String),
    #[error("blocks are nested more than {NESTING} deep")]
    TooDeep,
    #[error("the text has {0} characters too many")]
    TooLong(usize),
    #[error("the text is empty")]
    Empty,
    #[error("a subject is one line")]
    Lines,
    #[error("the text holds control characters")]
    Control,
    #[error("the template cannot be read: {0}")]
    Unreadable(String),
}

impl TemplateError {
    /// Stable code of the broken rule.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownVariable(_) => "unknown_variable",
            Self::NotText(_) => "variable_is_a_list",
            Self::NotAList(_) => "variable_is_no_list",
            Self::NotAllowed(_) => "template_not_allowed",
            Self::OpenTag | Self::Unbalanced(_) | Self::TooDeep | Self::Unreadable(_) => {
                "template_invalid"
            }
            Self::TooLong(_) => "too_long",
            Self::Empty => "empty",
            Self::Lines | Self::Control => "invalid_value",
        }
    }
}

const SUBJECT_MAX: usize = 200;
const HTML_MAX: usize = 100_000;
const TEXT_MAX: usize = 20_000;
const NESTING: usize = 8;

/// Checks every part in every language; answers each fault with the JSON pointer of its part, below
/// `locales`.
pub fn check(wordings: &Wordings) -> Vec<(String, TemplateError)> {
    let mut faults = Vec::new();
    for locale in Locale::ALL {
        let wording = wordings.of(*locale);
        for (part, source, max) in [
            ("subject", &wording.subject, SUBJECT_MAX),
            ("html", &wording.html, HTML_MAX),
            ("text", &wording.text, TEXT_MAX),
        ] {
            if let Err(error) = check_part(source, max, part == "subject") {
                faults.push((format!("{locale}/{part}"), error));
            }
        }
    }
    faults
}

fn check_part(source: &str, max: usize, one_line: bool) -> Result<(), TemplateError> {
    if source.trim().is_empty() {
        return Err(TemplateError::Empty);
    }
    let length = source.chars().count();
    if length > max {
        return Err(TemplateError::TooLong(length - max));
    }
    if one_line && (source.contains(['\n', '\r']) || source.trim() != source) {
        return Err(TemplateError::Lines);
    }
    if source
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(TemplateError::Control);
    }
    check_source(source)
}

/// Checks one template text.
///
/// # Errors
/// The first [`TemplateError`].
pub fn check_source(source: &str) -> Result<(), TemplateError> {
    let mut blocks = Vec::new();
    let mut rest = source;
    while let Some((opening, at)) = ["{{", "{%", "{#"]
        .iter()
        .filter_map(|tag| rest.find(tag).map(|at| (*tag, at)))
        .min_by_key(|(_, at)| *at)
    {
        let closing = match opening {
            "{{" => "}}",
            "{%" => "%}",
            _ => return Err(TemplateError::NotAllowed("{#".to_owned())),
        };
        let body = &rest[at + 2..];
        let end = body.find(closing).ok_or(TemplateError::OpenTag)?;
        let inner = trim_marks(&body[..end]);
        if opening == "{{" {
            print(inner, &blocks)?;
        } else {
            statement(inner, &mut blocks)?;
        }
        rest = &body[end + 2..];
    }
    match blocks.last() {
        Some(block) => Err(TemplateError::Unbalanced(block.word().to_owned())),
        None => minijinja::Environment::new()
            .template_from_str(source)
            .map(|_| ())
            .map_err(|error| TemplateError::Unreadable(error.kind().to_string())),
    }
}

/// An open block.
#[derive(Debug, Clone)]
enum Block {
    If {
        has_else: bool,
    },
    For {
        variable: String,
        fields: &'static [&'static str],
    },
}

impl Block {
    const fn word(&self) -> &'static str {
        match self {
            Self::If { .. } => "if",
            Self::For { .. } => "for",
        }
    }
}

fn trim_marks(inner: &str) -> &str {
    let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
    let inner = inner.strip_suffix(['-', '+']).unwrap_or(inner);
    inner.trim()
}

fn statement(inner: &str, blocks: &mut Vec<Block>) -> Result<(), TemplateError> {
    let words: Vec<&str> = inner.split_whitespace().collect();
    match words[..] {
        ["if", variable] | ["if", "not", variable] => {
            shape_of(variable, blocks)?;
            open(blocks, Block::If { has_else: false })
        }
        ["elif", variable] | ["elif", "not", variable] => {
            shape_of(variable, blocks)?;
            match blocks.last() {
                Some(Block::If { has_else: false }) => Ok(()),
                _ => Err(TemplateError::Unbalanced("elif".to_owned())),
            }
        }
        ["else"] => match blocks.last_mut() {
            Some(Block::If { has_else }) if !*has_else => {
                *has_else = true;
                Ok(())
            }
            _ => Err(TemplateError::Unbalanced("else".to_owned())),
        },
        ["for", variable, "in", list] => {
            let Shape::List(fields) = shape_of(list, blocks)? else {
                return Err(TemplateError::NotAList(list.to_owned()));
            };
            if !is_name(variable) || variable == "loop" || variables::shape(variable).is_some() {
                return Err(TemplateError::NotAllowed(variable.to_owned()));
            }
            let variable = variable.to_owned();
            open(blocks, Block::For { variable, fields })
        }
        ["endif"] | ["endfor"] => match (blocks.pop(), inner) {
            (Some(Block::If { .. }), "endif") | (Some(Block::For { .. }), "endfor") => Ok(()),
            _ => Err(TemplateError::Unbalanced(inner.to_owned())),
        },
        _ => Err(TemplateError::NotAllowed(inner.chars().take(80).collect())),
    }
}

fn open(blocks: &mut Vec<Block>, block: Block) -> Result<(), TemplateError> {
    if blocks.len() == NESTING {
        return Err(TemplateError::TooDeep);
    }
    blocks.push(block);
    Ok(())
}

fn print(inner: &str, blocks: &[Block]) -> Result<(), TemplateError> {
    match shape_of(inner, blocks)? {
        Shape::Text => Ok(()),
        Shape::List(_) => Err(TemplateError::NotText(inner.to_owned())),
    }
}

/// The shape of a variable, or of a field of one that an enclosing `for` walks with.
fn shape_of(path: &str, blocks: &[Block]) -> Result<Shape, TemplateError> {
    if !path.split('.').all(is_name) {
        return Err(TemplateError::NotAllowed(path.chars().take(80).collect()));
    }
    let unknown = || TemplateError::UnknownVariable(path.to_owned());
    let Some((name, field)) = path.split_once('.') else {
        return variables::shape(path).ok_or_else(unknown);
    };
    let walked = blocks.iter().rev().find_map(|block| match block {
        Block::For { variable, fields } if variable == name => Some(*fields),
        Block::For { .. } | Block::If { .. } => None,
    });
    match walked {
        Some(fields) if fields.contains(&field) => Ok(Shape::Text),
        _ => Err(unknown()),
    }
}

/// Whether a template that was checked prints a variable in every letter, that is outside of all blocks.
pub fn always_prints(source: &str, variable: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = source;
    while let Some(at) = rest.find('{') {
        let tag = &rest[at..];
        if let Some(inner) = inner_of(tag, "{{", "}}") {
            if depth == 0 && inner == variable {
                return true;
            }
        } else if let Some(inner) = inner_of(tag, "{%", "%}") {
            match inner.split_whitespace().next() {
                Some("if" | "for") => depth += 1,
                Some("endif" | "endfor") => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        rest = &tag[1..];
    }
    false
}

fn inner_of<'a>(tag: &'a str, opening: &str, closing: &str) -> Option<&'a str> {
    let body = tag.strip_prefix(opening)?;
    body.find(closing).map(|end| trim_marks(&body[..end]))
}

fn is_name(word: &str) -> bool {
    let starts_well = word.starts_with(|c: char| c.is_ascii_lowercase());
    starts_well
        && word.len() <= 40
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests;
