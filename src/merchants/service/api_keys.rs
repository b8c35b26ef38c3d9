//! API keys: made and revoked by the manufacturer's staff, shown once, checked at every request.

use aws_lc_rs::constant_time;
use chrono::TimeDelta;
use serde_json::json;

use crate::kernel::caller::Caller;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::merchants::domain::api_key;
use crate::merchants::domain::api_key::KeyError;
use crate::merchants::domain::api_key::MOST_LIVE;
use crate::merchants::domain::api_key::Scope;
use crate::merchants::repo::firms;
use crate::merchants::repo::keys;
use crate::merchants::repo::keys::ApiKey;
use crate::merchants::service::manufacturers;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::ctx::Ctx;
use crate::platform::random;
use crate::platform::registry::Authenticator;

/// Takes bearers that look like a key.
pub const AUTHENTICATOR: Authenticator = Authenticator {
    run: |ctx, bearer| Box::pin(async move { authenticate(&ctx, &bearer).await }),
};

/// The last use is noted at most this often.
const NOTE_USE: TimeDelta = TimeDelta::hours(1);

/// A new key with its text, which is stored nowhere.
#[derive(Debug, Clone)]
pub struct Fresh {
    pub row: ApiKey,
    pub key: String,
}

/// What a new key is for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub name: &'a str,
    pub scopes: &'a [Scope],
    /// How long it lives, 1 to 365.
    pub days: i64,
}

/// Makes a key.
///
/// # Errors
/// 404 for others than the staff; `too_many_keys` beyond two that live.
pub async fn create(
    act: &Act<'_>,
    manufacturer: ManufacturerId,
    wanted: Wanted<'_>,
) -> Result<Fresh, Failure> {
    firms::lock_manufacturer(act.tx(), manufacturer).await?;
    manufacturers::own(act.tx(), act.caller(), manufacturer).await?;
    act.enter(None).await?;
    let now = act.real_now();
    if keys::live(act.tx(), manufacturer, now).await?.len() >= MOST_LIVE {
        return Err(KeyError::TooMany.into());
    }
    let mut scopes: Vec<&str> = wanted.scopes.iter().map(|scope| scope.as_str()).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let secret = act.ctx.random.token()?;
    let row = ApiKey {
        id: act.fresh(),
        manufacturer_id: manufacturer,
        name: wanted.name.to_owned(),
        prefix: api_key::id_of(act.ctx.random.bytes()?),
        digest: random::digest(secret.as_bytes()),
        scopes: scopes.join(" "),
        created_at: now,
        expires_at: now.plus(TimeDelta::days(wanted.days)),
        last_used_at: None,
        revoked_at: None,
    };
    if !keys::insert(act.tx(), &row).await? {
        return Err(anyhow::anyhow!("two keys drew the same id; try again").into());
    }
    let data = json!({ "api_key_id": row.id, "scopes": row.scopes, "expires_at": row.expires_at });
    act.record("api_key.created", None, manufacturer.0, data)
        .await?;
    let key = api_key::compose(&row.prefix, &secret);
    Ok(Fresh { row, key })
}

/// The keys of a manufacturer, without their secrets.
///
/// # Errors
/// 404 for others than the staff.
pub async fn list(
    look: &Look<'_>,
    manufacturer: ManufacturerId,
    page: Page,
) -> Result<Slice<ApiKey>, Failure> {
    manufacturers::own(look.reader(), &look.asker().caller, manufacturer).await?;
    Ok(keys::page(look.reader(), manufacturer, page).await?)
}

/// Revokes a key: it stops working at once. A platform admin may do so where a key leaked.
///
/// # Errors
/// 404 for others than the staff, and for a key that is not theirs or was revoked.
pub async fn revoke(
    act: &Act<'_>,
    manufacturer: ManufacturerId,
    id: ApiKeyId,
) -> Result<(), Failure> {
    let admin = act.user().is_ok_and(|user| user.platform_admin);
    if !admin {
        manufacturers::own(act.tx(), act.caller(), manufacturer).await?;
    }
    let hidden = || Refused::not_found("manufacturer");
    let row = keys::one(act.tx(), manufacturer, id).await?;
    row.filter(|row| row.revoked_at.is_none())
        .ok_or_else(hidden)?;
    act.enter(None).await?;
    if !keys::revoke(act.tx(), id).await? {
        return Err(hidden().into());
    }
    let data = json!({ "api_key_id": id });
    act.record("api_key.revoked", None, manufacturer.0, data)
        .await?;
    Ok(())
}

async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Option<Caller>, Failure> {
    let Some(parts) = api_key::parse(bearer) else {
        return Ok(None);
    };
    let now = ctx.clock.now();
    let digest = random::digest(parts.secret.as_bytes());
    let found = keys::by_prefix(&ctx.db.reader(), parts.id).await?;
    let Some(row) = found.filter(|row| {
        constant_time::verify_slices_are_equal(&row.digest, &digest).is_ok()
            && row.revoked_at.is_none()
            && row.expires_at > now
    }) else {
        return Ok(None);
    };
    if row.last_used_at.is_none_or(|at| at.plus(NOTE_USE) <= now) {
        ctx.db
            .write(async |tx| Ok(keys::touch(tx, row.id).await?))
            .await?;
    }
    Ok(Some(Caller::ApiKey {
        key: row.id,
        manufacturer: row.manufacturer_id,
        scopes: row.scopes.split(' ').map(str::to_owned).collect(),
    }))
}
