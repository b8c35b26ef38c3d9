//! Use cases of mail: writing and queueing letters.

use chrono::TimeDelta;
use serde::Serialize;

use crate::kernel::ids::DeliveryId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::mail::domain::letter::Content;
use crate::mail::domain::letter::Letter;
use crate::mail::domain::wording;
use crate::mail::domain::wording::LetterText;
use crate::mail::repo;
use crate::platform::act::Act;
use crate::platform::db::Tx;
use crate::platform::ids::Ids;

/// How long a letter is tried where it does not say so itself.
pub const DEFAULT_LIFE: TimeDelta = TimeDelta::days(4);

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
