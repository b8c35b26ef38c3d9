//! Use cases of mail: writing, queueing and sending letters.

use std::time::Duration;

use chrono::TimeDelta;
use serde::Serialize;

use crate::kernel::ids::DeliveryId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::mail::delivery;
use crate::mail::domain::letter::Content;
use crate::mail::domain::letter::Letter;
use crate::mail::domain::wording;
use crate::mail::domain::wording::LetterText;
use crate::mail::office::Office;
use crate::mail::repo;
use crate::mail::repo::lanes;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::ids::Ids;

/// How long a letter is tried where it does not say so itself.
pub const DEFAULT_LIFE: TimeDelta = TimeDelta::days(4);

/// Longest wait of the worker for mail that is being sent; a slow server must not hold up other work.
const WAIT: Duration = Duration::from_secs(1);
/// The sandbox waits for mail, so that its drain ends when everything has left.
const SANDBOX_WAIT: Duration = Duration::from_secs(30);

/// Longest wait of a stopping process for messages whose last answer is out.
const FAREWELL: Duration = Duration::from_secs(30);

/// Writes a letter in the recipient's language.
///
/// # Errors
/// A refusal where a variable is missing, the subject is no line, or the link no web address.
pub fn compose(
    text: &LetterText<'_>,
    locale: Locale,
    vars: &impl Serialize,
) -> Result<Content, Failure> {
    Ok(wording::compose(text, locale, vars)?)
}

/// Queues a letter within the caller's transaction: it leaves if and only if that commits.
/// Where one with its `dedupe_key` exists, nothing is queued and the id of the first is answered.
///
/// # Errors
/// A refusal where a part of the letter cannot stand in a mail; else the database's failure.
pub async fn send(act: &Act<'_>, letter: &Letter) -> Result<DeliveryId, Failure> {
    letter.check()?;
    let id = act.fresh();
    let queued = repo::insert(act.tx(), &[(id, letter)]).await?;
    if queued == 0
        && let Some(first) = repo::find_twin(act.tx(), letter).await?
    {
        return Ok(first);
    }
    Ok(id)
}

/// Queues many letters within one transaction, leaving out those whose `dedupe_key` exists.
/// Answers how many were queued.
///
/// # Errors
/// As [`send`]; one letter that cannot stand in a mail refuses all.
pub async fn send_all(tx: &Tx, ids: Ids, letters: &[Letter]) -> Result<u64, Failure> {
    for letter in letters {
        letter.check()?;
    }
    let mut queued = 0;
    for some in letters.chunks(repo::INSERT_ROWS) {
        let rows: Vec<_> = some.iter().map(|letter| (ids.fresh(), letter)).collect();
        queued += repo::insert(tx, &rows).await?;
    }
    Ok(queued)
}

/// Sends what is due. Answers how many tries ended meanwhile; sending goes on in the background where
/// it takes longer than the worker should wait. A mail server at fault is no failure.
///
/// # Errors
/// When the database fails.
pub async fn deliver(ctx: Ctx) -> Result<u64, Failure> {
    let office = Office::of(&ctx);
    let before = office.ended();
    let wait = if ctx.sandbox { SANDBOX_WAIT } else { WAIT };
    let desks = office.free_desks();
    if desks.is_empty() || !anything_due(&ctx, &office).await? {
        drop(desks);
        // Nothing to begin: what began earlier may still end.
        let _ = tokio::time::timeout(wait, office.idle()).await;
        return Ok(office.ended() - before);
    }
    let runtime = tokio::runtime::Handle::current();
    let pass = {
        let office = office.clone();
        move || {
            let outcome = runtime.block_on(delivery::pass(&ctx, &office, desks));
            if let Err(failure) = &outcome {
                tracing::error!(?failure, "mail could not be sent");
            }
            outcome
        }
    };
    // A pass has a thread of its own: it outlives the worker's patience, and its future stays there.
    let pass = tokio::task::spawn_blocking(pass);
    match tokio::time::timeout(wait, pass).await {
        Ok(Ok(outcome)) => outcome?,
        Ok(Err(error)) => return Err(anyhow::Error::new(error).into()),
        Err(_) => tracing::debug!("mail is still being sent"),
    }
    Ok(office.ended() - before)
}

/// This process sends no more: what is under way ends first, then another process may begin at once.
pub async fn leave(ctx: &Ctx) {
    let office = Office::of(ctx);
    let _ = tokio::time::timeout(FAREWELL, office.idle()).await;
    if let Err(failure) = office.leave(ctx).await {
        tracing::warn!(
            ?failure,
            "others learn of this process's end only after a while"
        );
    }
}

/// Whether a pass may find something.
async fn anything_due(ctx: &Ctx, office: &Office) -> Result<bool, Failure> {
    if !office.learn(ctx, true).await?.lanes.is_empty() {
        return Ok(true);
    }
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    Ok(lanes::any_astray(&reader, now).await?)
}
