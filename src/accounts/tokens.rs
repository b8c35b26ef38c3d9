//! Access tokens: Ed25519, ten minutes, strictly validated; and the check that their session still lives.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::RwLock;

use anyhow::Context;
use anyhow::anyhow;
use aws_lc_rs::signature::Ed25519KeyPair;
use aws_lc_rs::signature::KeyPair;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use jsonwebtoken::Validation;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::accounts::repo;
use crate::accounts::repo::SigningKey;
use crate::kernel::caller::Caller;
use crate::kernel::caller::UserCaller;
use crate::kernel::ids::SessionId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Authenticator;

/// Seconds that an access token lives.
pub const LIFETIME_S: i64 = 600;
/// Clocks may differ by this many seconds.
const LEEWAY_S: u64 = 5;
/// A token of ours is far shorter.
const LONGEST: usize = 4096;
/// Explicit type of access tokens (RFC 9068), so that no other JWT is taken for one.
const TYPE: &str = "at+jwt";

/// Takes bearer tokens that look like a JWT.
pub const AUTHENTICATOR: Authenticator = Authenticator {
    run: |ctx, bearer| Box::pin(async move { authenticate(&ctx, &bearer).await }),
};

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    jti: Uuid,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The signing keys of this process, read once; the newest signs.
#[derive(Default)]
struct KeyRing(RwLock<Ring>);

#[derive(Default)]
struct Ring {
    verify: HashMap<Uuid, DecodingKey>,
    sign: Option<(Uuid, EncodingKey)>,
}

/// Mints an access token for a session.
///
/// # Errors
/// When there is no signing key to be had.
pub async fn mint(ctx: &Ctx, user: UserId, session: SessionId) -> Result<String, Failure> {
    let ring = ring(ctx, None).await?;
    let ring = ring.0.read().unwrap_or_else(PoisonError::into_inner);
    let (kid, key) = ring.sign.as_ref().context("there is no signing key")?;
    let now = ctx.clock.now().millis() / 1_000;
    let url = ctx.public_url();
    let claims = Claims {
        aud: format!("{url}/v1"),
        iss: url,
        sub: user,
        sid: session,
        jti: ctx.ids.fresh(),
        iat: now,
        nbf: now,
        exp: now + LIFETIME_S,
    };
    let header = Header {
        typ: Some(TYPE.to_owned()),
        kid: Some(kid.to_string()),
        ..Header::new(Algorithm::EdDSA)
    };
    Ok(jsonwebtoken::encode(&header, &claims, key).context("a token cannot be signed")?)
}

async fn authenticate(ctx: &Ctx, bearer: &str) -> Result<Option<Caller>, Failure> {
    let Some(claims) = verify(ctx, bearer).await? else {
        return Ok(None);
    };
    let found = repo::session_with_user(&ctx.db.reader(), claims.sid).await?;
    Ok(found
        .filter(|(session, ..)| {
            session.user_id == claims.sub
                && session.revoked_at.is_none()
                && session.expires_at > ctx.clock.now()
        })
        .map(|(session, verified, platform_admin)| {
            Caller::User(UserCaller {
                user: session.user_id,
                session: session.id,
                verified,
                platform_admin,
            })
        }))
}

/// The claims of a token that is ours and in its time; `None` for everything else.
async fn verify(ctx: &Ctx, token: &str) -> Result<Option<Claims>, Failure> {
    if token.len() > LONGEST || token.split('.').count() != 3 {
        return Ok(None);
    }
    let Ok(header) = jsonwebtoken::decode_header(token) else {
        return Ok(None);
    };
    let foreign = header.alg != Algorithm::EdDSA
        || header.typ.as_deref() != Some(TYPE)
        || header.jku.is_some()
        || header.x5u.is_some()
        || header.jwk.is_some()
        || header.crit.is_some();
    let kid = header
        .kid
        .as_deref()
        .and_then(|kid| Uuid::try_parse(kid).ok());
    let (false, Some(kid)) = (foreign, kid) else {
        return Ok(None);
    };
    let ring = ring(ctx, Some(kid)).await?;
    let ring = ring.0.read().unwrap_or_else(PoisonError::into_inner);
    let Some(key) = ring.verify.get(&kid) else {
        return Ok(None);
    };
    Ok(jsonwebtoken::decode::<Claims>(token, key, &validation(ctx))
        .ok()
        .map(|data| data.claims))
}

/// The crate's defaults accept tokens that expired a minute ago, lack an audience, or are not valid yet.
fn validation(ctx: &Ctx) -> Validation {
    let url = ctx.public_url();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.leeway = LEEWAY_S;
    validation.validate_nbf = true;
    validation.set_audience(&[format!("{url}/v1")]);
    validation.set_issuer(&[url]);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    validation
}

/// The key ring, read from the database where it lacks `wanted` or any key at all.
async fn ring(ctx: &Ctx, wanted: Option<Uuid>) -> Result<std::sync::Arc<KeyRing>, Failure> {
    let shared = ctx.shared::<KeyRing>();
    let known = {
        let ring = shared.0.read().unwrap_or_else(PoisonError::into_inner);
        wanted.map_or(ring.sign.is_some(), |kid| ring.verify.contains_key(&kid))
    };
    if !known {
        let rows = repo::signing_keys(&ctx.db.reader()).await?;
        let mut fresh = Ring::default();
        for row in rows {
            let private = ctx
                .keys
                .unwrap(&wrapping(row.kid), &row.wrapped_private_key)?;
            fresh
                .verify
                .insert(row.kid, DecodingKey::from_ed_der(&row.public_key));
            fresh.sign = Some((row.kid, EncodingKey::from_ed_der(&private)));
        }
        *shared.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }
    Ok(shared)
}

fn wrapping(kid: Uuid) -> String {
    format!("signing key {kid}")
}

/// Makes the first signing key of an installation.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn ensure_key(ctx: &Ctx) -> Result<(), Failure> {
    if !repo::signing_keys(&ctx.db.reader()).await?.is_empty() {
        return Ok(());
    }
    let random = aws_lc_rs::rand::SystemRandom::new();
    let private =
        Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| anyhow!("no key can be made"))?;
    let pair = Ed25519KeyPair::from_pkcs8(private.as_ref())
        .map_err(|_| anyhow!("the new key is broken"))?;
    let kid: Uuid = ctx.ids.fresh();
    let wrapped = ctx.keys.wrap(&wrapping(kid), private.as_ref())?;
    ctx.db
        .write(async |tx| {
            let row = SigningKey {
                kid,
                public_key: pair.public_key().as_ref().to_vec(),
                wrapped_private_key: wrapped.clone(),
                created_at: tx.real_now(),
            };
            Ok(repo::insert_signing_key(tx, row).await?)
        })
        .await
}

/// The public keys as a JSON Web Key Set.
///
/// # Errors
/// When the database fails.
pub async fn key_set(ctx: &Ctx) -> Result<serde_json::Value, Failure> {
    let keys: Vec<_> = repo::signing_keys(&ctx.db.reader())
        .await?
        .into_iter()
        .map(|row| {
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                "kid": row.kid, "x": URL_SAFE_NO_PAD.encode(row.public_key),
            })
        })
        .collect();
    Ok(serde_json::json!({ "keys": keys }))
}
