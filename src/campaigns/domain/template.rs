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

fn is_name(word: &str) -> bool {
    let starts_well = word.starts_with(|c: char| c.is_ascii_lowercase());
    starts_well
        && word.len() <= 40
        && word
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_if_and_for_over_known_variables_are_taken() {
        for source in [
            "plain } text { with braces",
            "{{ merchant_name }} {{-alliance_name-}}",
            "{% if promotion_name %}{{ promotion_name }}{% elif not main_day %}x{% else %}y{% endif %}",
            "{%- for phase in phases -%}{{ phase.name }}: {{ phase.starts }}{% if phase.ends %}–{{ phase.ends }}{% endif %}{%- endfor -%}",
        ] {
            assert_eq!(check_source(source), Ok(()), "{source}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let not_allowed = |text: &str| TemplateError::NotAllowed(text.to_owned());
        for (source, wanted) in [
            (
                "{{ password }}",
                TemplateError::UnknownVariable("password".to_owned()),
            ),
            ("{{ phases }}", TemplateError::NotText("phases".to_owned())),
            (
                "{{ phases.name }}",
                TemplateError::UnknownVariable("phases.name".to_owned()),
            ),
            (
                "{% for x in merchant_name %}{% endfor %}",
                TemplateError::NotAList("merchant_name".to_owned()),
            ),
            (
                "{% for x in phases %}{% endfor %}{{ x.name }}",
                TemplateError::UnknownVariable("x.name".to_owned()),
            ),
            (
                "{% for x in phases %}{{ x.secret }}{% endfor %}",
                TemplateError::UnknownVariable("x.secret".to_owned()),
            ),
            (
                "{{ merchant_name|safe }}",
                not_allowed("merchant_name|safe"),
            ),
            ("{{ range(9) }}", not_allowed("range(9)")),
            ("{{ 1 + 1 }}", not_allowed("1 + 1")),
            (
                "{{ merchant_name.__class__ }}",
                not_allowed("merchant_name.__class__"),
            ),
            ("{{ '}}' }}", not_allowed("'")),
            ("{{{ merchant_name }}", not_allowed("{ merchant_name")),
            ("{% set x = 1 %}", not_allowed("set x = 1")),
            ("{% include 'x' %}", not_allowed("include 'x'")),
            ("{% raw %}{{ x }}{% endraw %}", not_allowed("raw")),
            (
                "{% for merchant_name in phases %}{% endfor %}",
                not_allowed("merchant_name"),
            ),
            ("{# x #}", not_allowed("{#")),
            ("{{ merchant_name", TemplateError::OpenTag),
            (
                "{% if merchant_name %}",
                TemplateError::Unbalanced("if".to_owned()),
            ),
            (
                "{% if merchant_name %}{% endfor %}",
                TemplateError::Unbalanced("endfor".to_owned()),
            ),
            ("{% else %}", TemplateError::Unbalanced("else".to_owned())),
        ] {
            assert_eq!(check_source(source), Err(wanted), "{source}");
        }
        let deep = "{% if main_day %}".repeat(9);
        assert_eq!(check_source(&deep), Err(TemplateError::TooDeep));
    }

    #[test]
    fn faults_name_the_language_and_the_part() {
        let good = Wording {
            subject: "您好".to_owned(),
            html: "<p>x</p>".to_owned(),
            text: "x".to_owned(),
        };
        let bad = Wording {
            subject: "two\nlines".to_owned(),
            html: "{{ nothing }}".to_owned(),
            text: " ".to_owned(),
        };
        let faults = check(&Wordings {
            zh_cn: good,
            en: bad,
        });
        let codes: Vec<_> = faults
            .iter()
            .map(|(pointer, error)| (pointer.as_str(), error.code()))
            .collect();
        assert_eq!(
            codes,
            [
                ("en/subject", "invalid_value"),
                ("en/html", "unknown_variable"),
                ("en/text", "empty")
            ]
        );
    }

    proptest::proptest! {
        /// Whatever is taken can be rendered: nothing but known values is ever reached.
        #[test]
        fn what_is_taken_can_be_rendered(pieces in proptest::collection::vec(proptest::sample::select(vec![
            "{{ merchant_name }}", "{{ x.name }}", "{% for x in phases %}", "{% endfor %}", "{% if main_day %}",
            "{% else %}", "{% endif %}", "{{", "}}", "{%", "text", "{{ phases }}", "-", " ",
        ]), 0..12)) {
            let source = pieces.concat();
            if check_source(&source).is_ok() {
                let mut environment = minijinja::Environment::new();
                environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
                let phases = [minijinja::context! { name => "n", starts => "s", ends => "e" }];
                let values = minijinja::context! { merchant_name => "m", main_day => "d", phases };
                proptest::prop_assert!(environment.render_str(&source, values).is_ok(), "{}", source);
            }
        }
    }
}
