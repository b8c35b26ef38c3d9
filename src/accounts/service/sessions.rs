//! Sessions: refresh tokens rotate with every use, and the replay of a used one ends the family.

use chrono::TimeDelta;
use serde_json::json;

use crate::accounts::problems::SESSION_REVOKED;
use crate::accounts::repo;
use crate::accounts::repo::RefreshToken;
use crate::accounts::repo::Session;
use crate::accounts::tokens;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::random;

/// A login lasts this long at most.
const ABSOLUTE: TimeDelta = TimeDelta::days(30);
/// And ends when it is not used for this long.
const IDLE: TimeDelta = TimeDelta::days(14);
/// A client that lost the answer may ask again with the predecessor for this long.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// Logins of one person at once; the oldest end.
const MOST_SESSIONS: u64 = 20;

/// What a login answers.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct TokenPair {
    /// A JWT for the `Authorization: Bearer` header.
    #[schema(max_length = 4096)]
    pub access_token: String,
    /// Good once; each use answers the next one.
    #[schema(max_length = 100)]
    pub refresh_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10)]
    pub token_type: &'static str,
    /// Seconds that the access token lives.
    #[schema(minimum = 1, maximum = 600)]
    pub expires_in: i64,
}

/// Starts a session of `user`.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn start(ctx: &Ctx, tx: &Tx, user: UserId) -> Result<TokenPair, Failure> {
    let id: SessionId = ctx.ids.fresh();
    let now = tx.real_now();
    repo::insert_session(
        tx,
        Session {
            id,
            user_id: user,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(ABSOLUTE),
            revoked_at: None,
        },
    )
    .await?;
    repo::revoke_oldest_sessions(tx, user, MOST_SESSIONS).await?;
    let refresh_token = fresh_token(ctx)?;
    insert_token(tx, &refresh_token, id).await?;
    pair(ctx, user, id, refresh_token).await
}

/// Starts a session of a person whose password was checked.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn begin(act: &Act<'_>, user: UserId) -> Result<TokenPair, Failure> {
    act.enter(None).await?;
    let pair = start(act.ctx, act.tx(), user).await?;
    act.record("session.started", None, user.0, json!({}))
        .await?;
    Ok(pair)
}

async fn pair(
    ctx: &Ctx,
    user: UserId,
    session: SessionId,
    refresh_token: String,
) -> Result<TokenPair, Failure> {
    Ok(TokenPair {
        access_token: tokens::mint(ctx, user, session).await?,
        refresh_token,
        token_type: "Bearer",
        expires_in: tokens::LIFETIME_S,
    })
}

fn fresh_token(ctx: &Ctx) -> Result<String, Failure> {
    Ok(format!("rt_{}", ctx.random.token()?))
}

async fn insert_token(tx: &Tx, token: &str, session: SessionId) -> Result<(), Failure> {
    let row = RefreshToken {
        digest: random::digest(token.as_bytes()),
        session_id: session,
        created_at: tx.real_now(),
        expires_at: tx.real_now().plus(IDLE),
        used_at: None,
        successor: None,
    };
    Ok(repo::insert_refresh_token(tx, row).await?)
}

/// Exchanges a refresh token for the next pair.
///
/// # Errors
/// 401 `session_revoked`; after the replay of a used token the whole family has ended.
pub async fn refresh(ctx: &Ctx, token: &str) -> Result<TokenPair, Failure> {
    // The end of a replayed family has to be committed, so the refusal comes after the transaction.
    let outcome =
        act::perform_as_system(ctx, "refresh", async |act| rotate(act, token).await).await?;
    outcome.ok_or_else(|| Refused::new(&SESSION_REVOKED, "Log in again.").into())
}

async fn rotate(act: &Act<'_>, token: &str) -> Result<Option<TokenPair>, Failure> {
    let now = act.real_now();
    let digest = random::digest(token.as_bytes());
    let Some(found) = repo::refresh_token(act.tx(), &digest).await? else {
        return Ok(None);
    };
    let Some(session) = repo::lock_session(act.tx(), found.session_id)
        .await?
        .filter(|session| session.revoked_at.is_none() && session.expires_at > now)
    else {
        return Ok(None);
    };
    // Read again behind the lock: a rival may have used it meanwhile.
    let Some(current) = repo::refresh_token(act.tx(), &digest).await? else {
        return Ok(None);
    };
    let Some(leaf) = usable_leaf(act, &current).await? else {
        repo::revoke_session(act.tx(), session.user_id, session.id).await?;
        act.record(
            "session.revoked",
            None,
            session.id.0,
            json!({ "reason": "refresh token replayed" }),
        )
        .await?;
        return Ok(None);
    };
    let next = fresh_token(act.ctx)?;
    repo::use_refresh_token(act.tx(), &leaf, &random::digest(next.as_bytes())).await?;
    insert_token(act.tx(), &next, session.id).await?;
    repo::touch_session(act.tx(), session.id).await?;
    Ok(Some(
        pair(act.ctx, session.user_id, session.id, next).await?,
    ))
}

/// The token that this use spends: itself, or within the grace its still unused successor.
async fn usable_leaf(act: &Act<'_>, token: &RefreshToken) -> Result<Option<Vec<u8>>, Failure> {
    let now = act.real_now();
    let (Some(used_at), Some(successor)) = (token.used_at, &token.successor) else {
        return Ok((token.expires_at > now).then(|| token.digest.clone()));
    };
    if used_at.plus(GRACE) < now {
        return Ok(None);
    }
    let successor = repo::refresh_token(act.tx(), successor).await?;
    Ok(successor
        .filter(|next| next.used_at.is_none() && next.expires_at > now)
        .map(|next| next.digest))
}

/// Ends the caller's session.
///
/// # Errors
/// When the database fails.
pub async fn logout(act: &Act<'_>) -> Result<(), Failure> {
    let caller = act.user()?;
    act.enter(None).await?;
    repo::revoke_session(act.tx(), caller.user, caller.session).await?;
    act.record("session.ended", None, caller.session.0, json!({}))
        .await?;
    Ok(())
}

/// The caller's live sessions.
///
/// # Errors
/// When the database fails.
pub async fn list(look: &Look<'_>, page: Page) -> Result<Slice<Session>, Failure> {
    let now = look.ctx.clock.now();
    Ok(repo::live_sessions(look.reader(), look.user()?.user, now, page).await?)
}

/// Ends one of the caller's sessions.
///
/// # Errors
/// 404 where it is not the caller's, or has ended.
pub async fn revoke(act: &Act<'_>, id: SessionId) -> Result<(), Failure> {
    let user = act.user()?.user;
    let live = repo::lock_session(act.tx(), id)
        .await?
        .is_some_and(|session| session.user_id == user && session.revoked_at.is_none());
    if !live {
        return Err(Refused::not_found("session").into());
    }
    act.enter(None).await?;
    repo::revoke_session(act.tx(), user, id).await?;
    act.record("session.ended", None, id.0, json!({})).await?;
    Ok(())
}
