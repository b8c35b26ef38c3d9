//! Wording of letters: a subject and paragraphs per language become a text part and an HTML part.

use minijinja::AutoEscape;
use minijinja::Environment;
use minijinja::UndefinedBehavior;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::kernel::locale::Locale;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::mail::domain::letter;
use crate::mail::domain::letter::Content;
use crate::mail::domain::letter::LetterError;
use crate::mail::problems;

/// A letter in both languages.
#[derive(Debug, Clone, Copy)]
pub struct LetterText<'a> {
    pub zh_cn: Wording<'a>,
    pub en: Wording<'a>,
}

/// A letter in one language. Subject and paragraphs are minijinja templates of plain text.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    pub subject: &'a str,
    pub paragraphs: &'a [&'a str],
    /// Label of the button; its link is the variable `link`.
    pub button: Option<&'a str>,
}

impl<'a> LetterText<'a> {
    /// The wording of a language.
    pub const fn wording(&self, locale: Locale) -> Wording<'a> {
        match locale {
            Locale::ZhCn => self.zh_cn,
            Locale::En => self.en,
        }
    }
}

/// A letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    #[error("The template of the mail does not fit its variables: {0}")]
    Template(#[from] minijinja::Error),
    #[error(transparent)]
    Letter(#[from] LetterError),
}

impl Refusal for WordingError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Template(_) => &problems::MAIL_TEMPLATE_INVALID,
            Self::Letter(error) => error.kind(),
        }
    }
}

const LAYOUT: &str = r#"<!DOCTYPE html>
<html lang="{{ lang }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ subject }}</title></head>
<body style="margin:0;padding:24px;background:#f5f5f4;color:#1c1917;font:16px/1.5 sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
{% for paragraph in paragraphs %}<p style="margin:0 0 16px;white-space:pre-line">{{ paragraph }}</p>
{% endfor %}{% if button %}<p style="margin:24px 0"><a href="{{ link }}" style="display:inline-block;padding:12px 20px;background:#9a3412;color:#ffffff;text-decoration:none;border-radius:6px">{{ button }}</a></p>
<p style="margin:0;font-size:13px;color:#57534e;word-break:break-all">{{ link }}</p>
{% endif %}</div>
</body>
</html>
"#;

/// Steps that one template may take; a letter needs a few hundred.
const FUEL: u64 = 50_000;

/// Writes a letter in one language. Every variable that a template names must be given.
///
/// # Errors
/// [`WordingError`] where a template does not parse, a variable is missing, the subject is no line,
/// or the link no web address.
pub fn compose(
    text: &LetterText<'_>,
    locale: Locale,
    vars: &impl Serialize,
) -> Result<Content, WordingError> {
    let vars = minijinja::Value::from(Serde(vars));
    let environment = environment();
    let wording = text.wording(locale);
    let subject = environment.render_str(wording.subject, &vars)?;
    letter::check_subject(&subject)?;
    let paragraphs = wording
        .paragraphs
        .iter()
        .map(|paragraph| {
            environment
                .render_str(paragraph, &vars)
                .map(|text| printable(&text))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let button = wording
        .button
        .map(|label| environment.render_str(label, &vars))
        .transpose()?;
    let link = match button {
        Some(_) => environment.render_str("{{ link }}", &vars)?,
        None => String::new(),
    };
    if button.is_some() {
        letter::check_link(&link)?;
    }
    let text = plain_part(&paragraphs, button.as_deref(), &link);
    let html = environment.render_named_str(
        "html",
        LAYOUT,
        context! { lang => locale.as_str(), subject => subject.as_str(), paragraphs, button, link },
    )?;
    Ok(Content {
        subject,
        html,
        text,
    })
}

/// An environment for the templates of mails: the one named `html` is escaped, nothing undefined is printed,
/// and a template that does not end runs out of fuel.
pub fn environment<'a>() -> Environment<'a> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        if name == "html" {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    environment.set_formatter(|out, state, value| match state.auto_escape() {
        AutoEscape::Html => Ok(out.write_str(&escaped(&value.to_string()))?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment
}

/// Escaped for text and quoted attributes alike. Slashes stay, so that a link can still be read.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Control characters have no place in a body, wherever they came from.
fn printable(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

fn plain_part(paragraphs: &[String], button: Option<&str>, link: &str) -> String {
    let mut parts = paragraphs.to_vec();
    if let Some(label) = button {
        parts.push(format!("{label}\n{link}"));
    }
    let mut text = parts.join("\n\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: LetterText<'static> = LetterText {
        zh_cn: Wording {
            subject: "{{ alliance }}邀请您加入",
            paragraphs: &["您好，{{ name }}："],
            button: Some("查看邀请"),
        },
        en: Wording {
            subject: "{{ alliance }} invites you",
            paragraphs: &["Dear {{ name }},", "Prices < costs & more."],
            button: Some("See the invitation"),
        },
    };

    fn vars(name: &str, link: &str) -> serde_json::Value {
        serde_json::json!({"alliance": "Tea & Co", "name": name, "link": link})
    }

    #[test]
    fn both_parts_say_the_same_and_only_html_is_escaped() {
        let content = compose(
            &TEXT,
            Locale::En,
            &vars("<b>Li</b>", "https://g.example/i?a=1&b=2"),
        )
        .expect("written");
        assert_eq!(content.subject, "Tea & Co invites you");
        assert_eq!(
            content.text,
            "Dear <b>Li</b>,\n\nPrices < costs & more.\n\nSee the invitation\nhttps://g.example/i?a=1&b=2\n"
        );
        assert!(
            content.html.contains("Dear &lt;b&gt;Li&lt;"),
            "{}",
            content.html
        );
        assert!(content.html.contains("Prices &lt; costs &amp; more."));
        assert!(content.html.contains("a=1&amp;b=2\""), "{}", content.html);
        assert!(content.html.contains("lang=\"en\""));
        let chinese =
            compose(&TEXT, Locale::ZhCn, &vars("李", "https://g.example/i")).expect("written");
        assert_eq!(chinese.subject, "Tea & Co邀请您加入");
    }

    #[test]
    fn a_missing_variable_is_refused() {
        let error =
            compose(&TEXT, Locale::En, &serde_json::json!({"alliance": "A"})).expect_err("no name");
        assert_eq!(error.kind(), &problems::MAIL_TEMPLATE_INVALID);
    }

    #[test]
    fn a_variable_forges_no_header_and_no_script() {
        let forged = serde_json::json!({"alliance": "A\r\nBcc: x", "name": "n", "link": "https://g.example"});
        let error = compose(&TEXT, Locale::En, &forged).expect_err("two lines");
        assert_eq!(error.kind(), &problems::MAIL_SUBJECT_INVALID);
        let error =
            compose(&TEXT, Locale::En, &vars("n", "javascript:alert(1)")).expect_err("no link");
        assert_eq!(error.kind(), &problems::MAIL_LINK_INVALID);
    }
}
