//! Platform admins: the first one, from settings, the command line, or a link in the log.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::passwords;
use crate::accounts::problems::EMAIL_TAKEN;
use crate::accounts::repo;
use crate::accounts::repo::User;
use crate::accounts::service::mailed;
use crate::accounts::service::normalise;
use crate::accounts::tokens;
use crate::kernel::ids::UserId;
use crate::kernel::leaflet::Button;
use crate::kernel::leaflet::Input;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::text;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::links;
use crate::platform::links::Link;
use crate::platform::registry::Form;

/// Makes the signing key and, where settings name one, the first admin; else logs a set-up link.
///
/// # Errors
/// When the database fails or the password of the settings is too weak.
pub async fn ensure_first_admin(ctx: &Ctx) -> Result<(), Failure> {
    tokens::ensure_key(ctx).await?;
    if ctx.sandbox || repo::has_admin(&ctx.db.reader()).await? {
        return Ok(());
    }
    if let Some((email, password)) = &ctx.settings.admin {
        return create_admin(ctx, email, &password.0).await;
    }
    let lifetime = TimeDelta::hours(24);
    let secret = ctx
        .db
        .write(async |tx| links::create(ctx, tx, mailed::SETUP, json!({}), lifetime).await)
        .await?;
    // The port may not be known yet, so the log shows the path alone where no public URL is set.
    let base = ctx
        .settings
        .public_url
        .as_ref()
        .map_or("", |url| url.as_str().trim_end_matches('/'));
    tracing::info!("no platform admin yet: open {base}/r/{secret} within 24 hours to make one");
    Ok(())
}

/// Makes a platform admin with a verified address.
///
/// # Errors
/// `password_too_weak`, `email_taken`, or an address that is none.
pub async fn create_admin(ctx: &Ctx, email: &str, password: &str) -> Result<(), Failure> {
    if text::check_email(email).is_err() {
        return Err(Refused::field("email", "invalid_value", "This is no e-mail address.").into());
    }
    passwords::check(password, &normalise(email))?;
    let hash = passwords::hash(ctx, password).await?;
    act::perform_as_system(ctx, "admin create", async |act| {
        insert(act, email, &hash).await
    })
    .await
}

async fn insert(act: &Act<'_>, email: &str, hash: &str) -> Result<(), Failure> {
    let user = User {
        id: act.fresh::<UserId>(),
        email: normalise(email),
        display_name: "Admin".to_owned(),
        password_hash: hash.to_owned(),
        locale: Locale::En.as_str().to_owned(),
        verified_at: Some(act.real_now()),
        platform_admin: true,
        version: 1,
        created_at: act.now(),
    };
    let id = user.id;
    if !repo::insert_user(act.tx(), user).await? {
        return Err(Refused::new(&EMAIL_TAKEN, "This address has an account already.").into());
    }
    act.record("admin.created", None, id.0, json!({})).await?;
    Ok(())
}

/// The page that makes the first admin.
pub fn setup_page() -> Leaflet {
    let input = |name, label: &str, kind| Input {
        name,
        label: label.to_owned(),
        kind,
    };
    Leaflet {
        locale: Locale::En,
        title: "Make the first platform admin".to_owned(),
        inputs: vec![
            input("email", "E-mail address", "email"),
            input("password", "Password (12 to 128 characters)", "password"),
        ],
        buttons: vec![Button {
            label: "Create".to_owned(),
            choice: "create",
        }],
        ..Leaflet::default()
    }
}

/// Makes the first admin from the page.
///
/// # Errors
/// As [`create_admin`]; `link_spent` for a second time.
pub async fn follow_setup(ctx: &Ctx, link: &Link, form: &Form) -> Result<Leaflet, Failure> {
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (email, password) = (field("email"), field("password"));
    if text::check_email(&email).is_err() {
        return Err(Refused::field("email", "invalid_value", "This is no e-mail address.").into());
    }
    passwords::check(&password, &normalise(&email))?;
    let hash = passwords::hash(ctx, &password).await?;
    act::perform_as_system(ctx, "follow_link", async |act| {
        links::consume(act.tx(), link).await?;
        insert(act, &email, &hash).await
    })
    .await?;
    Ok(mailed::done(
        Locale::En,
        "",
        "The platform admin is made. Log in through the API.",
    ))
}
