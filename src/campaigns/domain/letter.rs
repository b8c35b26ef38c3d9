//! Writes the letter of one recipient from a template.

use minijinja::Environment;
use minijinja::UndefinedBehavior;
use minijinja::value::Serde;

use crate::campaigns::domain::template;
use crate::campaigns::domain::template::Wording;
use crate::campaigns::domain::variables::Values;
use crate::campaigns::problems;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::mail;
use crate::mail::Category;
use crate::mail::Content;

/// A letter cannot be written with these values.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    #[error("The template prints something that this campaign does not have: {0}")]
    Render(#[from] minijinja::Error),
}

impl Refusal for LetterError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Render(_) => &problems::TEMPLATE_DOES_NOT_FIT,
        }
    }
}

/// A template of one language, read once for many recipients.
#[derive(Debug)]
pub struct Pen {
    environment: Environment<'static>,
}

impl Pen {
    /// Reads the wording of a language, finished as [`finished`] says; `bound`: China's rules for e-mail apply,
    /// whatever the language.
    ///
    /// # Errors
    /// [`LetterError`] where it is no template; a saved one always is.
    pub fn new(
        wording: &Wording,
        category: Category,
        locale: Locale,
        bound: bool,
    ) -> Result<Self, LetterError> {
        let wording = finished(wording, category, locale, bound);
        let mut environment = mail::environment();
        // What this campaign lacks may be asked for, never printed.
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.add_template_owned("subject", wording.subject)?;
        environment.add_template_owned("html", wording.html)?;
        environment.add_template_owned("text", wording.text)?;
        Ok(Self { environment })
    }

    /// The letter for one recipient.
    ///
    /// # Errors
    /// [`LetterError`] where the template prints what is not there.
    pub fn write(&self, values: &Values) -> Result<Content, LetterError> {
        let context = minijinja::Value::from(Serde(values));
        let part = |name: &str| -> Result<String, LetterError> {
            Ok(self.environment.get_template(name)?.render(&context)?)
        };
        Ok(Content {
            subject: part("subject")?,
            html: part("html")?,
            text: part("text")?,
        })
    }
}

/// A wording as it is sent: marked where it advertises, and with the link that refuses in both parts.
pub fn finished(wording: &Wording, category: Category, locale: Locale, bound: bool) -> Wording {
    let html = &wording.html;
    let text = wording.text.replace("\r\n", "\n");
    Wording {
        subject: mail::marked(&wording.subject, category.advertises(), locale, bound),
        html: if template::always_prints(html, LINK) {
            html.clone()
        } else {
            let at = html.rfind("</body>").unwrap_or(html.len());
            let (body, end) = html.split_at(at);
            format!("{body}{}{end}", html_footer(locale))
        },
        text: if template::always_prints(&text, LINK) {
            text
        } else {
            format!("{}{}", text.trim_end(), text_footer(locale))
        },
    }
}

const LINK: &str = "unsubscribe_link";

fn text_footer(locale: Locale) -> String {
    // The last line break of a template is not printed.
    let (why, refuse) = footer(locale);
    format!("\n\n-- \n{{{{ alliance_name }}}}: {why}\n{refuse}: {{{{ unsubscribe_link }}}}\n\n")
}

fn html_footer(locale: Locale) -> String {
    let (why, refuse) = footer(locale);
    format!(
        r#"<hr><p style="font-size:13px;color:#57534e">{{{{ alliance_name }}}}: {why} <a href="{{{{ unsubscribe_link }}}}">{refuse}</a></p>"#
    )
}

const fn footer(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::ZhCn => ("您的商户是本联盟的成员，因此收到此邮件。", "退订此类邮件"),
        Locale::En => (
            "you get this mail because your shop is a member.",
            "Unsubscribe from such mail",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(subject: &str, body: &str) -> Wording {
        Wording {
            subject: subject.to_owned(),
            html: format!("<html><body><p>{body}</p></body></html>"),
            text: body.to_owned(),
        }
    }

    fn values() -> Values {
        Values {
            merchant_name: "Tea & <Co>".to_owned(),
            alliance_name: "West Lake".to_owned(),
            unsubscribe_link: "https://g.example/u/abc".to_owned(),
            ..Values::default()
        }
    }

    #[test]
    fn html_is_escaped_and_both_parts_can_be_refused() {
        let wording = wording("Hi {{ merchant_name }}", "Dear {{ merchant_name }}");
        let pen = Pen::new(&wording, Category::Promotion, Locale::En, false).expect("read");
        let content = pen.write(&values()).expect("written");
        assert_eq!(content.subject, "Hi Tea & <Co>");
        assert!(
            content.html.contains("Tea &amp; &lt;Co&gt;"),
            "{}",
            content.html
        );
        assert!(
            content.html.ends_with("</p></body></html>"),
            "{}",
            content.html
        );
        assert!(content.html.contains("/u/abc\""), "{}", content.html);
        assert!(
            content.text.ends_with(": https://g.example/u/abc\n"),
            "{}",
            content.text
        );
    }

    #[test]
    fn a_template_with_its_own_link_gets_no_second_one() {
        let wording = wording("s", "{{ unsubscribe_link }}");
        let pen = Pen::new(&wording, Category::Digest, Locale::En, false).expect("read");
        let content = pen.write(&values()).expect("written");
        assert_eq!(content.text, "https://g.example/u/abc");
        assert_eq!(content.html.matches("u/abc").count(), 1, "{}", content.html);
    }

    #[test]
    fn advertising_in_chinese_is_marked() {
        let wording = wording("双十一", "x");
        for (category, locale, bound, subject) in [
            (Category::Promotion, Locale::ZhCn, false, "[广告] 双十一"),
            (Category::Promotion, Locale::En, false, "双十一"),
            (Category::Promotion, Locale::En, true, "[AD] 双十一"),
            (Category::Enrolment, Locale::ZhCn, true, "双十一"),
        ] {
            let pen = Pen::new(&wording, category, locale, bound).expect("read");
            assert_eq!(pen.write(&values()).expect("written").subject, subject);
        }
    }

    #[test]
    fn what_is_absent_may_be_asked_for_and_not_printed() {
        let asks = wording(
            "s",
            "{% if promotion_name %}{{ promotion_name }}{% else %}none{% endif %}",
        );
        let pen = Pen::new(&asks, Category::Digest, Locale::En, false).expect("read");
        assert!(
            pen.write(&values())
                .expect("written")
                .text
                .starts_with("none")
        );
        for part in ["html", "text"] {
            let mut prints = wording("s", "x");
            let body = if part == "html" {
                &mut prints.html
            } else {
                &mut prints.text
            };
            body.push_str("{{ promotion_name }}");
            let pen = Pen::new(&prints, Category::Digest, Locale::En, false).expect("read");
            assert!(pen.write(&values()).is_err(), "{part}");
        }
    }
}
