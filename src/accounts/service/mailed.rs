//! What is done through a mailed link: proving an address, setting a new password, the first admin.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::letters;
use crate::accounts::passwords;
use crate::accounts::problems::TOKEN_SPENT;
use crate::accounts::repo;
use crate::accounts::repo::User;
use crate::accounts::service::admins;
use crate::accounts::service::normalise;
use crate::kernel::ids::UserId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Input;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::links;
use crate::platform::links::Link;
use crate::platform::registry::Form;
use crate::platform::registry::LinkHandler;

/// Kind of the links that prove an address.
pub const VERIFY: &str = "account.verify";
/// Kind of the links that reset a password.
pub const RESET: &str = "account.reset";
/// Kind of the link that makes the first admin.
pub const SETUP: &str = "account.setup";

/// The pages of accounts.
pub fn links() -> Vec<LinkHandler> {
    vec![
        LinkHandler {
            kind: VERIFY,
            show: |ctx, link| Box::pin(async move { show_verify(&ctx, &link).await }),
            act: |ctx, link, _| Box::pin(async move { follow_verify(&ctx, &link).await }),
        },
        LinkHandler {
            kind: RESET,
            show: |ctx, link| Box::pin(async move { show_reset(&ctx, &link).await }),
            act: |ctx, link, form| Box::pin(async move { follow_reset(&ctx, &link, &form).await }),
        },
        LinkHandler {
            kind: SETUP,
            show: |_, _| Box::pin(async { Ok(admins::setup_page()) }),
            act: |ctx, link, form| {
                Box::pin(async move { admins::follow_setup(&ctx, &link, &form).await })
            },
        },
    ]
}

/// Mails a link of `kind` to its person.
pub(super) async fn send_link(
    act: &Act<'_>,
    user: &User,
    text: &LetterText<'_>,
    kind: &str,
    lifetime: TimeDelta,
) -> Result<(), Failure> {
    let payload = json!({ "user_id": user.id });
    let secret = links::create(act.ctx, act.tx(), kind, payload, lifetime).await?;
    let link = links::address(act.ctx, &secret);
    send(
        act,
        user,
        text,
        &json!({ "name": user.display_name, "link": link }),
    )
    .await
}

/// Mails a note without a link.
pub(super) async fn send_note(
    act: &Act<'_>,
    user: &User,
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    send(act, user, text, &json!({ "name": user.display_name })).await
}

async fn send(
    act: &Act<'_>,
    user: &User,
    text: &LetterText<'_>,
    vars: &serde_json::Value,
) -> Result<(), Failure> {
    let locale = locale_of(user);
    let content = mail::compose(text, locale, vars)?;
    let to = Recipient {
        email: user.email.clone(),
        name: user.display_name.clone(),
        locale,
    };
    mail::send(act, &Letter::new(to, Category::Account, content)).await?;
    Ok(())
}

fn locale_of(user: &User) -> Locale {
    Locale::parse(&user.locale).unwrap_or_default()
}

fn user_of(link: &Link) -> Result<UserId, Failure> {
    serde_json::from_value(link.payload["user_id"].clone())
        .map_err(|error| anyhow::anyhow!("a link names no person: {error}").into())
}

async fn link_of(act: &Act<'_>, token: &str, kind: &str) -> Result<Link, Failure> {
    links::find(act.tx(), token)
        .await?
        .filter(|link| link.kind == kind && link.is_live(act.now()))
        .ok_or_else(|| {
            Refused::new(
                &TOKEN_SPENT,
                "Ask for a new mail; this token was used or has expired.",
            )
            .into()
        })
}

/// Proves an address by the token of the mail.
///
/// # Errors
/// `token_spent`.
pub async fn verify_email(act: &Act<'_>, token: &str) -> Result<(), Failure> {
    act.enter(None).await?;
    let link = link_of(act, token, VERIFY).await?;
    verify_in(act, &link).await
}

async fn verify_in(act: &Act<'_>, link: &Link) -> Result<(), Failure> {
    let user = user_of(link)?;
    links::consume(act.tx(), link).await?;
    repo::set_verified(act.tx(), user).await?;
    act.record("account.verified", None, user.0, json!({}))
        .await?;
    Ok(())
}

/// Mails a link for a new password, if the address has an account; the answer never tells.
///
/// # Errors
/// When the database fails.
pub async fn forgot_password(act: &Act<'_>, email: &str) -> Result<(), Failure> {
    act.enter(None).await?;
    if let Some(user) = repo::user_by_email(act.tx(), &normalise(email)).await? {
        send_link(act, &user, &letters::RESET, RESET, TimeDelta::minutes(30)).await?;
    }
    Ok(())
}

/// Sets a new password by the token of the mail, and ends every session of the person.
///
/// # Errors
/// `token_spent`.
pub async fn reset_password(act: &Act<'_>, token: &str, hash: &str) -> Result<(), Failure> {
    act.enter(None).await?;
    let link = link_of(act, token, RESET).await?;
    reset_in(act, &link, hash).await
}

async fn reset_in(act: &Act<'_>, link: &Link, hash: &str) -> Result<(), Failure> {
    let user = repo::lock_user(act.tx(), user_of(link)?)
        .await?
        .ok_or_else(|| Refused::not_found("account"))?;
    links::consume(act.tx(), link).await?;
    repo::set_password(act.tx(), user.id, hash).await?;
    // Whoever reads the mailbox has proved the address.
    repo::set_verified(act.tx(), user.id).await?;
    repo::revoke_all_sessions(act.tx(), user.id).await?;
    act.record("account.password_reset", None, user.id.0, json!({}))
        .await?;
    send_note(act, &user, &letters::PASSWORD_CHANGED).await
}

async fn person(ctx: &Ctx, link: &Link) -> Result<User, Failure> {
    repo::user(&ctx.db.reader(), user_of(link)?)
        .await?
        .ok_or_else(|| Refused::not_found("account").into())
}

async fn show_verify(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let user = person(ctx, link).await?;
    let locale = locale_of(&user);
    Ok(Leaflet {
        locale,
        title: locale
            .pick("确认邮箱地址", "Confirm your e-mail address")
            .to_owned(),
        facts: vec![(locale.pick("邮箱", "Address").to_owned(), user.email)],
        buttons: vec![Button {
            label: locale.pick("确认", "Confirm").to_owned(),
            choice: "confirm",
        }],
        ..Leaflet::default()
    })
}

async fn follow_verify(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    act::perform_as_system(ctx, "follow_link", async |act| verify_in(act, link).await).await?;
    let locale = locale_of(&person(ctx, link).await?);
    Ok(done(locale, "邮箱已确认", "Your address is confirmed"))
}

async fn show_reset(ctx: &Ctx, link: &Link) -> Result<Leaflet, Failure> {
    let locale = locale_of(&person(ctx, link).await?);
    Ok(Leaflet {
        locale,
        title: locale.pick("设置新密码", "Set a new password").to_owned(),
        inputs: vec![Input {
            name: "password",
            label: locale
                .pick(
                    "新密码（12 至 128 个字符）",
                    "New password (12 to 128 characters)",
                )
                .to_owned(),
            kind: "password",
        }],
        buttons: vec![Button {
            label: locale.pick("保存", "Save").to_owned(),
            choice: "save",
        }],
        ..Leaflet::default()
    })
}

async fn follow_reset(ctx: &Ctx, link: &Link, form: &Form) -> Result<Leaflet, Failure> {
    let user = person(ctx, link).await?;
    let password = form.get("password").map(String::as_str).unwrap_or_default();
    passwords::check(password, &user.email)?;
    let hash = passwords::hash(ctx, password).await?;
    act::perform_as_system(ctx, "follow_link", async |act| {
        reset_in(act, link, &hash).await
    })
    .await?;
    Ok(done(
        locale_of(&user),
        "密码已更改",
        "Your password is changed",
    ))
}

/// A page that says what was done.
pub(super) fn done(locale: Locale, zh_cn: &str, en: &str) -> Leaflet {
    Leaflet {
        locale,
        title: locale.pick(zh_cn, en).to_owned(),
        ..Leaflet::default()
    }
}
