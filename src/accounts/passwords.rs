//! Passwords: argon2id in a bounded number of threads.

use anyhow::anyhow;
use argon2::Argon2;
use argon2::PasswordHasher;
use argon2::PasswordVerifier;
use tokio::sync::Semaphore;

use crate::accounts::problems::PASSWORD_TOO_WEAK;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::ctx::Ctx;

/// Hashes at once: each takes a core and 19 MiB for about 20 ms.
struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(
            std::thread::available_parallelism().map_or(2, usize::from),
        ))
    }
}

/// Checks the rule: 12 to 128 characters, and not made of the address.
///
/// # Errors
/// `password_too_weak`.
pub fn check(password: &str, email: &str) -> Result<(), Refused> {
    let length = password.chars().count();
    let local_part = email.split('@').next().unwrap_or_default();
    let lower = password.to_lowercase();
    let guessable = (local_part.len() >= 4 && lower.contains(local_part))
        || lower.contains("guildhall")
        || lower.chars().all(|c| lower.starts_with(c));
    if (12..=128).contains(&length) && !guessable {
        return Ok(());
    }
    Err(Refused::new(
        &PASSWORD_TOO_WEAK,
        "A password has 12 to 128 characters and contains neither your address nor the name of this service.",
    ))
}

/// Hashes a password (argon2id, 19 MiB, two passes).
///
/// # Errors
/// 503 when too many wait already.
pub async fn hash(ctx: &Ctx, password: &str) -> Result<String, Failure> {
    let password = password.to_owned();
    in_turn(ctx, move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow!("hashing failed: {error}"))
    })
    .await?
    .map_err(Failure::from)
}

/// Whether `password` belongs to `hash`; without a hash, the same work is done for nothing.
///
/// # Errors
/// 503 when too many wait already.
pub async fn verify(ctx: &Ctx, password: &str, hash: Option<String>) -> Result<bool, Failure> {
    let password = password.to_owned();
    in_turn(ctx, move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let matches = argon2::password_hash::phc::PasswordHash::new(&hash).is_ok_and(|hash| {
            Argon2::default()
                .verify_password(password.as_bytes(), &hash)
                .is_ok()
        });
        known && matches
    })
    .await
}

/// A hash of nobody's password, with the parameters of all others.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Wn1nMlKBGzG6dyx1Kx8dHmDOCYEeXKjbZlMCFbRkRIs";

async fn in_turn<T: Send + 'static>(
    ctx: &Ctx,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let turns = ctx.shared::<Turns>();
    let wait = tokio::time::timeout(std::time::Duration::from_secs(5), turns.0.acquire());
    let _turn = wait
        .await
        .ok()
        .and_then(Result::ok)
        .ok_or_else(|| Refused::new(&kinds::OVERLOADED, "Too many people log in at once."))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| anyhow!("hashing was cut short: {error}").into())
}
