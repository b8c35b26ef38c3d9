//! Routes of accounts.

use actix_web::HttpResponse;
use actix_web::delete;
use actix_web::get;
use actix_web::patch;
use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::accounts::repo::Session;
use crate::accounts::repo::User;
use crate::accounts::service;
use crate::accounts::service::Registered;
use crate::accounts::service::TokenPair;
use crate::accounts::tokens;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(register)
        .service(verify_email)
        .service(login)
        .service(refresh)
        .service(logout)
        .service(forgot_password)
        .service(reset_password)
        .service(read_me)
        .service(change_me)
        .service(list_my_sessions)
        .service(revoke_my_session)
        .service(show_signing_keys);
}

/// A new account.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "mei@tea-house.example", "password": "four words make it", "display_name": "Mei", "locale": "zh-CN"}))]
struct Register {
    /// Where mail reaches the person; compared without case.
    #[garde(custom(text::email))]
    #[schema(max_length = 254, format = "email")]
    email: String,
    /// 12 to 128 characters, any kind.
    #[schema(min_length = 12, max_length = 128)]
    password: String,
    /// How mails address the person; default is the part before the `@`.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    display_name: Option<String>,
    /// Language of mails; default `zh-CN`.
    locale: Option<Locale>,
}

/// Sign up
///
/// Anybody. Always 202 with the same body, whether the address is new or not; a mail says how to go on.
/// In the sandbox the account is verified at once and the answer is that of a login.
#[utoipa::path(tag = "accounts", request_body = Register, responses(
    (status = 202, body = Registered, description = "A mail is on its way"),
    (status = 200, body = Registered, description = "In the sandbox: logged in")))]
#[post("/v1/auth/register")]
async fn register(call: Call, body: Json<Register>) -> Answer {
    let hash = service::hash_new_password(&call.ctx, &body.password, &body.email).await?;
    let local_part = body.email.split('@').next().unwrap_or_default();
    let name = body.display_name.as_deref().unwrap_or(local_part);
    let locale = body.locale.unwrap_or_default();
    call.run(&body, async |act| {
        let registered = service::register(act, &body.email, name, locale, &hash).await?;
        Ok(match registered {
            Registered::Accepted { .. } => Reply::accepted(registered),
            Registered::LoggedIn(_) => Reply::ok(registered).secret(),
        })
    })
    .await
}

/// A token from a mail.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"token": "pJ4Yq0eW1m3v5x7z9B2D4F6H8J0L2N4P6R8T0V2X4Z6"}))]
struct MailToken {
    /// The last part of the link in the mail.
    #[schema(max_length = 100)]
    token: String,
}

/// Nothing more to say.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Done {
    /// What was done.
    #[schema(max_length = 40)]
    status: &'static str,
}

/// Verify an e-mail address
///
/// Whoever holds the token of the mail; it is good once, for 24 hours.
#[utoipa::path(tag = "accounts", request_body = MailToken,
    responses((status = 200, body = Done, description = "The address is verified")))]
#[post("/v1/auth/verify-email")]
async fn verify_email(call: Call, body: Json<MailToken>) -> Answer {
    call.run(&body, async |act| {
        service::verify_email(act, &body.token).await?;
        Ok(Reply::ok(Done { status: "verified" }))
    })
    .await
}

/// An address and its password.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "mei@tea-house.example", "password": "four words make it"}))]
struct Login {
    #[schema(max_length = 254, format = "email")]
    email: String,
    #[schema(max_length = 128)]
    password: String,
}

/// Log in
///
/// Anybody. 401 tells nothing about which part was wrong.
#[utoipa::path(tag = "accounts", request_body = Login, responses(
    (status = 200, body = TokenPair, description = "Logged in")))]
#[post("/v1/auth/login")]
async fn login(call: Call, body: Json<Login>) -> Answer {
    let user = service::login(&call.ctx, &body.email, &body.password).await?;
    call.run(&body, async |act| {
        Ok(Reply::ok(service::begin_session(act, user).await?).secret())
    })
    .await
}

/// A refresh token.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"refresh_token": "rt_pJ4Yq0eW1m3v5x7z9B2D4F6H8J0L2N4P6R8T0V2X4Z6"}))]
struct Refresh {
    #[schema(max_length = 100)]
    refresh_token: String,
}

/// Exchange a refresh token
///
/// Whoever holds it. It is good once; a used one that comes again ends the whole session.
#[utoipa::path(tag = "accounts", request_body = Refresh, responses(
    (status = 200, body = TokenPair, description = "The next pair")))]
#[post("/v1/auth/refresh")]
async fn refresh(call: Call, body: Json<Refresh>) -> Answer {
    let pair = service::refresh(&call.ctx, &body.refresh_token).await?;
    Ok(Reply::ok(pair).secret().respond())
}

/// Log out
///
/// Ends the caller's session; its tokens stop working at once.
#[utoipa::path(tag = "accounts", responses((status = 204, description = "Ended")))]
#[post("/v1/auth/logout")]
async fn logout(call: Call) -> Answer {
    call.run_to_end(async |act| service::logout(act).await)
        .await
}

/// An address.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "mei@tea-house.example"}))]
struct ForgotPassword {
    #[schema(max_length = 254, format = "email")]
    email: String,
}

/// Ask for a new password
///
/// Anybody. Always 202 with the same body; a known address gets a mail.
#[utoipa::path(tag = "accounts", request_body = ForgotPassword, responses(
    (status = 202, body = Done, description = "A mail is on its way if the address is known")))]
#[post("/v1/auth/forgot-password")]
async fn forgot_password(call: Call, body: Json<ForgotPassword>) -> Answer {
    call.run(&body, async |act| {
        service::forgot_password(act, &body.email).await?;
        Ok(Reply::accepted(Done {
            status: "check_your_mail",
        }))
    })
    .await
}

/// A new password, with the token of the mail.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"token": "pJ4Yq0eW1m3v5x7z9B2D4F6H8J0L2N4P6R8T0V2X4Z6", "password": "five other words make it"}))]
struct ResetPassword {
    #[schema(max_length = 100)]
    token: String,
    /// 12 to 128 characters, any kind.
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

/// Set a new password
///
/// Whoever holds the token of the mail; it is good once, for 30 minutes. Every session of the person ends.
#[utoipa::path(tag = "accounts", request_body = ResetPassword,
    responses((status = 200, body = Done, description = "The password is set")))]
#[post("/v1/auth/reset-password")]
async fn reset_password(call: Call, body: Json<ResetPassword>) -> Answer {
    let hash = service::hash_new_password(&call.ctx, &body.password, "").await?;
    call.run(&body, async |act| {
        service::reset_password(act, &body.token, &hash).await?;
        Ok(Reply::ok(Done {
            status: "password_set",
        }))
    })
    .await
}

/// The caller's own account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Me {
    id: UserId,
    #[schema(max_length = 254)]
    email: String,
    #[schema(max_length = 80)]
    display_name: String,
    #[schema(max_length = 10)]
    locale: String,
    email_verified: bool,
    platform_admin: bool,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<User> for Me {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            display_name: user.display_name,
            locale: user.locale,
            email_verified: user.verified_at.is_some(),
            platform_admin: user.platform_admin,
            version: user.version,
            created_at: user.created_at,
        }
    }
}

/// Read my account
///
/// The caller's own.
#[utoipa::path(tag = "accounts", responses((status = 200, body = Me, description = "The account")))]
#[get("/v1/me")]
async fn read_me(call: Call) -> Answer {
    let user = service::me(&call.look()).await?;
    let version = user.version;
    Ok(call.show(Me::from(user), version))
}

/// Changes to the caller's account; what is absent stays.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"display_name": "Mei Lin", "locale": "en"}))]
struct ChangeMe {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    display_name: Option<String>,
    locale: Option<Locale>,
}

/// Change my account
///
/// Name and language of the caller.
#[utoipa::path(tag = "accounts",
    request_body(content((ChangeMe = "application/merge-patch+json"), (ChangeMe = "application/json"))),
    responses((status = 200, body = Me, description = "The account")))]
#[patch("/v1/me")]
async fn change_me(call: Call, body: Json<ChangeMe>) -> Answer {
    call.run(&body, async |act| {
        let user = service::change_me(act, body.display_name.as_deref(), body.locale).await?;
        let version = user.version;
        Ok(Reply::ok(Me::from(user)).version(version))
    })
    .await
}

/// A login.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct SessionView {
    id: SessionId,
    created_at: Instant,
    last_used_at: Instant,
    expires_at: Instant,
}

impl From<Session> for SessionView {
    fn from(session: Session) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

/// List my sessions
///
/// The caller's live logins.
#[utoipa::path(tag = "accounts", params(PageParams),
    responses((status = 200, body = ListOf<SessionView>, description = "One page")))]
#[get("/v1/me/sessions")]
async fn list_my_sessions(call: Call) -> Answer {
    let sessions = service::list(&call.look(), call.page()?).await?;
    Ok(call.list(sessions.map(SessionView::from)))
}

/// End one of my sessions
///
/// The caller's own; its tokens stop working at once.
#[utoipa::path(tag = "accounts", params(("session_id" = SessionId, Path)),
    responses((status = 204, description = "Ended")))]
#[delete("/v1/me/sessions/{session_id}")]
async fn revoke_my_session(call: Call, id: Path<SessionId>) -> Answer {
    call.run_to_end(async |act| service::revoke(act, *id).await)
        .await
}

/// Show the signing keys
///
/// The public keys of access tokens, as a JSON Web Key Set.
#[utoipa::path(tag = "accounts",
    responses((status = 200, description = "The keys", content_type = "application/json", body = Object)))]
#[get("/.well-known/jwks.json")]
async fn show_signing_keys(call: Call) -> Answer {
    let keys = tokens::key_set(&call.ctx).await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "public, max-age=300"))
        .json(keys))
}
