//! The link that refuses mail: no login, no end, and only a POST acts (RFC 8058).

use std::collections::HashMap;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::campaigns::domain::token::Token;
use crate::campaigns::service::preferences;
use crate::campaigns::service::preferences::Choices;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::leaflet::Tick;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::ConsentCategory;
use crate::mail::ConsentWay;
use crate::mail::consents::Answerer;
use crate::mail::suppressions;
use crate::mail::suppressions::Addressee;
use crate::platform::act::Act;
use crate::platform::act::perform_as_system;
use crate::platform::ctx::Ctx;

const PURPOSE: &str = "campaigns.unsubscribe";

/// The address by which the recipient of a delivery refuses its kind of mail.
pub fn link(ctx: &Ctx, delivery: DeliveryId) -> String {
    let token = Token::new(ctx.keys.link_key_id(), delivery);
    let mac = ctx.keys.mac(PURPOSE, &token.signed_part());
    format!("{}/u/{}", ctx.public_url(), token.encode(&mac))
}

/// The delivery that a token speaks for. Keys of before are still good.
///
/// # Errors
/// 404 for every token that this service did not make.
fn verified(ctx: &Ctx, text: &str) -> Result<DeliveryId, Failure> {
    let no_link = || Refused::not_found("link");
    let (token, claimed) = Token::decode(text).ok_or_else(no_link)?;
    let part = token.signed_part();
    let macs = match token.key {
        Some(key) => ctx
            .keys
            .mac_under(key, PURPOSE, &part)
            .into_iter()
            .collect(),
        None => ctx.keys.macs(PURPOSE, &part),
    };
    let is_ours = |mac: &[u8; 32]| verify_slices_are_equal(&mac[..claimed.len()], &claimed).is_ok();
    if macs.iter().any(is_ours) {
        Ok(token.delivery)
    } else {
        Err(no_link().into())
    }
}

/// What somebody does with a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Click {
    /// A mail program's own button, or anything that is no choice of the page.
    Program,
    /// The page's button for this kind of mail.
    Refuse,
    /// The page's button for everything that may be refused.
    RefuseAll,
    /// The ticks of the page.
    Choose(Vec<(ConsentCategory, bool)>),
}

impl Click {
    /// Reads the fields of a form. Whatever else is posted refuses: RFC 8058 wants no more than a POST.
    pub fn of(form: &HashMap<String, String>) -> Self {
        match form.get("choice").map(String::as_str) {
            Some("unsubscribe") => Self::Refuse,
            Some("nothing") => Self::RefuseAll,
            Some("save") => Self::Choose(
                ConsentCategory::ALL
                    .iter()
                    .map(|category| (*category, form.contains_key(category.as_str())))
                    .collect(),
            ),
            _ => Self::Program,
        }
    }
}

/// The page of a link: says what its buttons do, and changes nothing.
///
/// # Errors
/// 404 for a wrong token.
pub async fn show(ctx: &Ctx, token: &str, wanted: Option<Locale>) -> Result<Leaflet, Failure> {
    let delivery = verified(ctx, token)?;
    let reader = ctx.db.reader();
    let to = suppressions::addressee(&reader, delivery)
        .await?
        .ok_or_else(|| Refused::not_found("link"))?;
    let locale = wanted.unwrap_or(to.locale);
    let choices = preferences::choices(&reader, &to.email, to.alliance, locale).await?;
    let paragraphs = vec![first_words(&to, &choices, locale)];
    Ok(page(&choices, locale, paragraphs))
}

fn first_words(to: &Addressee, choices: &Choices, locale: Locale) -> String {
    let what = to.category.words(locale);
    match locale {
        Locale::ZhCn => format!(
            "点击“退订”后，您将不再收到“{}”的{what}。账单和通知不受影响。",
            choices.alliance
        ),
        Locale::En => format!(
            "Press “Unsubscribe” and {} will not send you {what} any more. Bills and notices still reach you.",
            choices.alliance
        ),
    }
}

/// The matrix of categories, with what cannot be refused and why.
fn page(choices: &Choices, locale: Locale, paragraphs: Vec<String>) -> Leaflet {
    let mut ticks: Vec<Tick> = choices
        .items
        .iter()
        .map(|choice| Tick {
            name: choice.category.as_str(),
            label: choice.category.words(locale).to_owned(),
            note: choice.text.clone(),
            on: choice.is_sent,
            locked: false,
        })
        .collect();
    for (name, label, note) in MANDATORY {
        ticks.push(Tick {
            name,
            label: locale.pick(label.0, label.1).to_owned(),
            note: locale.pick(note.0, note.1).to_owned(),
            on: true,
            locked: true,
        });
    }
    let button = |choice: &'static str, zh: &str, en: &str| Button {
        label: locale.pick(zh, en).to_owned(),
        choice,
    };
    Leaflet {
        locale,
        title: "退订 / Unsubscribe".to_owned(),
        paragraphs,
        facts: vec![
            (
                locale.pick("邮箱", "E-mail").to_owned(),
                choices.email.clone(),
            ),
            (
                locale.pick("联盟", "Alliance").to_owned(),
                choices.alliance.clone(),
            ),
        ],
        ticks,
        buttons: vec![
            button("unsubscribe", "退订", "Unsubscribe"),
            button("save", "保存我的选择", "Save my choice"),
            button("nothing", "全部退订", "Unsubscribe from all of these"),
        ],
        elsewhere: vec![
            ("中文".to_owned(), "?lang=zh-CN".to_owned()),
            ("English".to_owned(), "?lang=en".to_owned()),
        ],
        ..Leaflet::default()
    }
}

/// A text in Chinese and in English.
type Bilingual = (&'static str, &'static str);

/// Mail that nobody can refuse: name, label and reason, in both languages.
const MANDATORY: [(&str, Bilingual, Bilingual); 2] = [
    (
        "levy_notice",
        ("会费账单", "levy notices and bills"),
        (
            "根据联盟章程发送，成员不能退订。如有疑问，请联系联盟的组织者（直接回复账单邮件即可）。",
            "Sent under the alliance's by-laws: a member cannot refuse them. If you think that you should not get them, ask the organizer of the alliance, by an answer to any such mail.",
        ),
    ),
    (
        "ballot",
        (
            "投票、团购和账号通知",
            "ballots, orders and notices about your account",
        ),
        (
            "这些通知涉及您的权利和义务，因此不能退订。",
            "They are about your rights and duties, so they cannot be refused.",
        ),
    ),
];

/// Does what a click says; however often, the outcome is the same.
///
/// # Errors
/// 404 for a wrong token.
pub async fn follow(
    ctx: &Ctx,
    token: &str,
    click: &Click,
    wanted: Option<Locale>,
    origin: Option<&str>,
) -> Result<Leaflet, Failure> {
    let delivery = verified(ctx, token)?;
    perform_as_system(ctx, "unsubscribe", async |act| {
        let to = suppressions::addressee(act.tx(), delivery)
            .await?
            .ok_or_else(|| Refused::not_found("link"))?;
        follow_in(act, &to, delivery, click, wanted, origin).await
    })
    .await
}

async fn follow_in(
    act: &Act<'_>,
    to: &Addressee,
    delivery: DeliveryId,
    click: &Click,
    wanted: Option<Locale>,
    origin: Option<&str>,
) -> Result<Leaflet, Failure> {
    let locale = wanted.unwrap_or(to.locale);
    let way = match click {
        Click::Program => ConsentWay::OneClick,
        _ => ConsentWay::Page,
    };
    let who = answerer(to.alliance, &to.email, delivery, way, origin);
    let own = to.category;
    let answers: Vec<(ConsentCategory, bool)> = match click {
        Click::Program | Click::Refuse => vec![(own, false)],
        Click::RefuseAll => ConsentCategory::ALL.iter().map(|c| (*c, false)).collect(),
        Click::Choose(answers) => answers.clone(),
    };
    preferences::answer(act, &who, &answers).await?;
    let choices = preferences::choices(act.tx(), &to.email, to.alliance, locale).await?;
    let said = match click {
        Click::Program | Click::Refuse => match locale {
            Locale::ZhCn => format!("您将不再收到此类邮件（{}）。", own.words(locale)),
            Locale::En => format!(
                "You will not get {} from this alliance any more.",
                own.words(locale)
            ),
        },
        Click::RefuseAll => locale
            .pick(
                "您将不再收到以上任何邮件。",
                "You will get none of these mails any more.",
            )
            .to_owned(),
        Click::Choose(_) => locale
            .pick("您的选择已保存。", "Your choice is saved.")
            .to_owned(),
    };
    let refused = !matches!(click, Click::Choose(_));
    let mut leaflet = page(&choices, locale, vec![said]);
    if refused {
        leaflet.title = "已退订 / Unsubscribed".to_owned();
    }
    leaflet
        .buttons
        .retain(|button| !refused || button.choice == "save");
    Ok(leaflet)
}

fn answerer(
    alliance: AllianceId,
    email: &str,
    delivery: DeliveryId,
    way: ConsentWay,
    origin: Option<&str>,
) -> Answerer {
    let origin = origin.unwrap_or("unknown");
    Answerer {
        email: email.to_owned(),
        alliance,
        way,
        actor: "link".to_owned(),
        origin: Some(format!("{origin}; delivery {delivery}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_posted_refuses_unless_it_is_a_choice_of_the_page() {
        let form = |fields: &[(&str, &str)]| {
            let fields = fields
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            Click::of(&fields.collect())
        };
        assert_eq!(form(&[("List-Unsubscribe", "One-Click")]), Click::Program);
        assert_eq!(form(&[]), Click::Program);
        assert_eq!(form(&[("choice", "allow everything")]), Click::Program);
        assert_eq!(form(&[("choice", "unsubscribe")]), Click::Refuse);
        assert_eq!(form(&[("choice", "nothing")]), Click::RefuseAll);
        assert_eq!(
            form(&[
                ("choice", "save"),
                ("digest", "yes"),
                ("levy_notice", "yes")
            ]),
            Click::Choose(vec![
                (ConsentCategory::Promotion, false),
                (ConsentCategory::Digest, true),
                (ConsentCategory::Enrolment, false),
            ])
        );
    }
}
