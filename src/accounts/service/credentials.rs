//! Signing up and logging in.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::letters;
use crate::accounts::passwords;
use crate::accounts::problems::INVALID_CREDENTIALS;
use crate::accounts::repo;
use crate::accounts::repo::User;
use crate::accounts::service::mailed;
use crate::accounts::service::normalise;
use crate::accounts::service::sessions;
use crate::accounts::service::sessions::TokenPair;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;

/// What signing up answers.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Registered {
    /// The same words whether the address was known or not.
    Accepted {
        /// Always `check_your_mail`.
        #[schema(max_length = 40)]
        status: &'static str,
    },
    /// In the sandbox the account is verified and logged in at once.
    LoggedIn(TokenPair),
}

/// Checks and hashes a new password, before any transaction begins.
///
/// # Errors
/// `password_too_weak`, or 503 when too many wait.
pub async fn hash_new_password(ctx: &Ctx, password: &str, email: &str) -> Result<String, Failure> {
    passwords::check(password, &normalise(email))?;
    passwords::hash(ctx, password).await
}

/// Signs a person up and mails a link that proves the address; a known address gets a mail of its own.
///
/// # Errors
/// Fields that break a rule; in the sandbox 401 for a known address.
pub async fn register(
    act: &Act<'_>,
    email: &str,
    display_name: &str,
    locale: Locale,
    password_hash: &str,
) -> Result<Registered, Failure> {
    act.enter(None).await?;
    let sandbox = act.ctx.sandbox;
    let user = User {
        id: act.fresh::<UserId>(),
        email: normalise(email),
        display_name: display_name.to_owned(),
        password_hash: password_hash.to_owned(),
        locale: locale.as_str().to_owned(),
        verified_at: sandbox.then(|| act.real_now()),
        platform_admin: false,
        version: 1,
        created_at: act.now(),
    };
    let is_new = repo::insert_user(act.tx(), user.clone()).await?;
    if is_new {
        act.record("account.registered", None, user.id.0, json!({}))
            .await?;
    }
    match (sandbox, is_new) {
        (true, true) => Ok(Registered::LoggedIn(
            sessions::start(act.ctx, act.tx(), user.id).await?,
        )),
        (true, false) => Err(wrong()),
        (false, true) => {
            let lifetime = TimeDelta::hours(24);
            mailed::send_link(act, &user, &letters::VERIFY, mailed::VERIFY, lifetime).await?;
            Ok(accepted())
        }
        (false, false) => {
            if let Some(known) = repo::user_by_email(act.tx(), &user.email).await? {
                mailed::send_note(act, &known, &letters::ALREADY_REGISTERED).await?;
            }
            Ok(accepted())
        }
    }
}

fn accepted() -> Registered {
    Registered::Accepted {
        status: "check_your_mail",
    }
}

fn wrong() -> Failure {
    Refused::new(
        &INVALID_CREDENTIALS,
        "The address or the password is wrong.",
    )
    .into()
}

/// Checks the password of `email`; the same work is done where nobody has it.
///
/// # Errors
/// 401 `invalid_credentials`.
pub async fn login(ctx: &Ctx, email: &str, password: &str) -> Result<UserId, Failure> {
    let user = repo::user_by_email(&ctx.db.reader(), &normalise(email)).await?;
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    if !passwords::verify(ctx, password, hash).await? {
        return Err(wrong());
    }
    user.map(|user| user.id).ok_or_else(wrong)
}
