//! The page of an invitation's link: shows who asks to what; only its buttons answer.

use crate::accounts;
use crate::accounts::Person;
use crate::alliances::domain::invitation::InvitationEvent;
use crate::alliances::domain::invitation::InvitationState;
use crate::alliances::domain::membership::MembershipState;
use crate::alliances::letters;
use crate::alliances::repo;
use crate::alliances::repo::invitations;
use crate::alliances::repo::invitations::Invitation;
use crate::alliances::repo::memberships;
use crate::alliances::service::agreeing;
use crate::alliances::service::invitations as service;
use crate::kernel::ids::InvitationId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::leaflet::Tick;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::mail;
use crate::mail::ConsentCategory;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::links;
use crate::platform::links::Link;
use crate::platform::registry::Form;
use crate::platform::registry::LinkHandler;

/// The pages of alliances.
pub fn links() -> Vec<LinkHandler> {
    vec![LinkHandler {
        kind: service::JOIN,
        show: |ctx, link| Box::pin(async move { show(&ctx, &link).await }),
        act: |ctx, link, form| Box::pin(async move { follow(&ctx, &link, &form).await }),
    }]
}

fn invitation_of(link: &Link) -> Result<InvitationId, Failure> {
    serde_json::from_value(link.payload["invitation_id"].clone())
        .map_err(|error| anyhow::anyhow!("a link names no invitation: {error}").into())
}

fn locale_of(row: &Invitation) -> Locale {
    Locale::parse(&row.locale).unwrap_or_default()
}

async fn show(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let reader = ctx.db.reader();
    let hidden = || Refused::not_found("link");
    let row = invitations::one(&reader, invitation_of(link)?)
        .await?
        .ok_or_else(hidden)?;
    let alliance = repo::alliance(&reader, row.alliance_id)
        .await?
        .ok_or_else(hidden)?;
    let known = accounts::person_by_email(&reader, &row.email)
        .await?
        .is_some();
    let open = row.state == InvitationState::Open.as_str() && link.is_live(reader.now().await?);
    let locale = locale_of(&row);
    let mut leaflet = Leaflet {
        locale,
        title: match locale {
            Locale::ZhCn => format!("{} 邀请您加入", alliance.name),
            Locale::En => format!("{} invites you to join", alliance.name),
        },
        facts: facts(&row, &alliance.name, locale)?,
        ..Leaflet::default()
    };
    if open {
        if known {
            leaflet.ticks = ticks(&row, &alliance.name, locale)?;
            leaflet.buttons.push(Button {
                label: locale.pick("接受", "Accept").to_owned(),
                choice: "accept",
            });
        } else {
            leaflet.paragraphs.push(sign_up_first(locale, &row.email));
        }
        leaflet.buttons.push(Button {
            label: locale.pick("谢绝", "Decline").to_owned(),
            choice: "decline",
        });
    } else {
        let over = locale.pick(
            "这份邀请已经答复、撤回或过期。",
            "This invitation was answered or taken back, or its time is over.",
        );
        leaflet.paragraphs.push(over.to_owned());
    }
    Ok(leaflet)
}

fn facts(
    row: &Invitation,
    alliance: &str,
    locale: Locale,
) -> Result<Vec<(String, String)>, Failure> {
    let role = letters::role_word(service::role_of(row)?, locale);
    let mut facts = vec![
        (
            locale.pick("联盟", "Alliance").to_owned(),
            alliance.to_owned(),
        ),
        (locale.pick("身份", "Role").to_owned(), role.to_owned()),
        (locale.pick("邮箱", "Address").to_owned(), row.email.clone()),
    ];
    if let Some(name) = &row.merchant_name {
        facts.push((locale.pick("商户", "Merchant").to_owned(), name.clone()));
    }
    Ok(facts)
}

fn sign_up_first(locale: Locale, email: &str) -> String {
    match locale {
        Locale::ZhCn => format!("请先用 {email} 注册账号，然后再次打开这个链接。"),
        Locale::En => {
            format!("Sign up with the address {email} first, and then open this link again.")
        }
    }
}

/// What a member may agree to get by e-mail; nothing is ticked in advance.
fn ticks(row: &Invitation, alliance: &str, locale: Locale) -> Result<Vec<Tick>, Failure> {
    if service::role_of(row)? != Role::Member {
        return Ok(Vec::new());
    }
    Ok(ConsentCategory::ALL
        .iter()
        .filter(|category| category.of_mail().advertises())
        .map(|category| Tick {
            name: category.as_str(),
            label: category.words(locale).to_owned(),
            note: mail::consent_text(*category, alliance, locale),
            on: false,
            locked: false,
        })
        .collect())
}

async fn follow(ctx: &Ctx, link: &Link, form: &Form) -> Result<Leaflet, Failure> {
    let event = match form.get("choice").map(String::as_str) {
        Some("accept") => InvitationEvent::Accept,
        Some("decline") => InvitationEvent::Decline,
        _ => {
            let detail = "Choose one of the buttons of the page.";
            return Err(Refused::field("choice", "unknown_word", detail).into());
        }
    };
    let id = invitation_of(link)?;
    let agreed: Vec<ConsentCategory> = ConsentCategory::ALL
        .iter()
        .copied()
        .filter(|category| form.contains_key(category.as_str()))
        .collect();
    act::perform_as_system(ctx, "follow_link", async |act| {
        follow_in(act, link, id, event, &agreed).await
    })
    .await
}

async fn follow_in(
    act: &Act<'_>,
    link: &Link,
    id: InvitationId,
    event: InvitationEvent,
    agreed: &[ConsentCategory],
) -> Result<Leaflet, Failure> {
    let row = invitations::lock(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("link"))?;
    let locale = locale_of(&row);
    let person = accounts::person_by_email(act.tx(), &row.email).await?;
    if event == InvitationEvent::Accept && person.is_none() {
        // The link stays good: it is followed again after the person has signed up.
        return Ok(Leaflet {
            locale,
            title: locale.pick("请先注册", "Sign up first").to_owned(),
            paragraphs: vec![sign_up_first(locale, &row.email)],
            ..Leaflet::default()
        });
    }
    links::consume(act.tx(), link).await?;
    let answered = service::answer_in(act, row, event, person.as_ref()).await?;
    let is_member = service::role_of(&answered)? == Role::Member;
    if let (InvitationEvent::Accept, true, Some(person)) = (event, is_member, &person) {
        agreeing::on_joining(act, answered.alliance_id, person, agreed).await?;
    }
    let mut page = done(locale, event, person.as_ref());
    let joined = match answered.membership_id {
        Some(id) => memberships::one(act.tx(), id).await?,
        None => None,
    };
    if joined.is_some_and(|row| row.state != MembershipState::Active.as_str()) {
        let title = locale.pick("您已接受邀请", "You have accepted");
        title.clone_into(&mut page.title);
        let text = locale.pick(
            "成员可在一段时间内提出异议；无人异议的，您将自动成为成员。",
            "The members may object for a while; where nobody does, you are a member then.",
        );
        page.paragraphs.push(text.to_owned());
    }
    Ok(page)
}

fn done(locale: Locale, event: InvitationEvent, person: Option<&Person>) -> Leaflet {
    let accepted = event == InvitationEvent::Accept && person.is_some();
    let title = if accepted {
        locale.pick("您已加入", "You have joined")
    } else {
        locale.pick("您已谢绝", "You have declined")
    };
    Leaflet {
        locale,
        title: title.to_owned(),
        ..Leaflet::default()
    }
}
