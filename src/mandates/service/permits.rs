//! The seam between whoever decides and whoever acts: issue, consume, and what may happen in between.

use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::alliances;
use crate::http::json::canonical;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MandateId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mandates::domain::mandate::MandateState;
use crate::mandates::domain::mandate::Marks;
use crate::mandates::domain::matter::Matter;
use crate::mandates::problems;
use crate::mandates::repo::mandates as repo;
use crate::mandates::repo::mandates::Mandate;
use crate::platform::act::Act;
use crate::platform::random;

/// Topic of the fact that a mandate was issued; its payload is `{mandate_id, matter, subject_id}`.
pub const ISSUED: &str = "mandate.issued";

/// Topic of the fact that a mandate was used; its payload is `{mandate_id, source}`.
pub const CONSUMED: &str = "mandate.consumed";

/// What exactly is permitted: hash of the canonical content that was decided on.
pub fn content_hash(content: &Value) -> Vec<u8> {
    random::digest(canonical(content).as_bytes())
}

/// A decision to be turned into a mandate.
#[derive(Debug, Clone)]
pub struct Decision {
    pub alliance: AllianceId,
    pub matter: Matter,
    /// The object of the act: an assessment, a promotion …
    pub subject: Uuid,
    /// See [`content_hash`].
    pub content_hash: Vec<u8>,
    /// Unique name of the decision, such as `ballot:<id>`: one decision issues one mandate.
    pub source: String,
}

/// Issues a mandate in the transaction of the decision, and tells whoever waits for it. It runs out after the
/// time that the by-laws give it, if any.
///
/// # Errors
/// When the database refuses; a decision issues only once.
pub async fn issue(act: &Act<'_>, decision: Decision) -> Result<MandateId, Failure> {
    let id: MandateId = act.fresh();
    let (alliance, matter, subject) = (decision.alliance, decision.matter, decision.subject);
    let by_laws = alliances::by_laws(act.tx(), alliance).await?;
    let life = by_laws
        .mandate_days
        .map(|days| TimeDelta::days(days.into()));
    let row = Mandate {
        id,
        alliance_id: alliance,
        matter: matter.as_str().to_owned(),
        subject_id: subject,
        content_hash: decision.content_hash,
        source: decision.source,
        issued_at: act.now(),
        consumed_at: None,
        expires_at: life.map(|life| act.now().plus(life)),
        consumed_by: None,
        revoked_at: None,
    };
    let id = put(act, row).await?;
    let payload = json!({ "mandate_id": id, "matter": matter, "subject_id": subject });
    act.record("mandate.issued", Some(alliance), id.0, payload.clone())
        .await?;
    act.publish(ISSUED, Some(alliance), payload).await?;
    Ok(id)
}

/// Writes a new mandate; one that was revoked while its decision was challenged permits again instead.
async fn put(act: &Act<'_>, row: Mandate) -> Result<MandateId, Failure> {
    let known = repo::lock_by_source(act.tx(), &row.source).await?;
    if let Some(known) = known.filter(|known| known.revoked_at.is_some()) {
        let row = Mandate {
            id: known.id,
            ..row
        };
        let id = row.id;
        repo::restore(act.tx(), row).await?;
        return Ok(id);
    }
    let id = row.id;
    repo::insert(act.tx(), row).await?;
    Ok(id)
}

/// Where a mandate stands at `now`.
pub fn state_of(row: &Mandate, now: Instant) -> MandateState {
    let marks = Marks {
        consumed: row.consumed_at.is_some(),
        revoked: row.revoked_at.is_some(),
        expires_at: row.expires_at.map(Instant::millis),
    };
    marks.state(now.millis())
}

/// Consumes the mandate for `matter` on `subject` with exactly this content, in the act's transaction.
///
/// # Errors
/// 409 `mandate_missing` where nothing permits it, was consumed, or another content was decided on; `reason`
/// tells which.
pub async fn consume(
    act: &Act<'_>,
    alliance: AllianceId,
    matter: Matter,
    subject: Uuid,
    content_hash: &[u8],
) -> Result<MandateId, Failure> {
    let rows = repo::lock_on_subject(act.tx(), alliance, matter.as_str(), subject).await?;
    let live = |row: &&Mandate| state_of(row, act.now()) == MandateState::Live;
    let found = rows.iter().filter(live);
    let Some(row) = found.clone().find(|row| row.content_hash == content_hash) else {
        return Err(missing(matter, why(&rows, content_hash, act.now())).into());
    };
    let by = act.asker().rule.operation;
    if !repo::mark_consumed(act.tx(), row.id, by).await? {
        return Err(missing(matter, "consumed").into());
    }
    let data = json!({ "matter": matter, "subject_id": subject, "act": by });
    act.record(CONSUMED, Some(alliance), row.id.0, data).await?;
    let payload = json!({ "mandate_id": row.id, "source": row.source });
    act.publish(CONSUMED, Some(alliance), payload).await?;
    Ok(row.id)
}

/// Whether a live mandate permits `matter` on `subject` with exactly this content at `now`. For acts that
/// choose among contents; the act itself consumes.
///
/// # Errors
/// When the database fails.
pub async fn permits(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: Matter,
    subject: Uuid,
    content_hash: &[u8],
    now: Instant,
) -> Result<bool, Failure> {
    let rows = repo::on_subject(c, alliance, matter.as_str(), subject).await?;
    Ok(rows
        .iter()
        .any(|row| row.content_hash == content_hash && state_of(row, now) == MandateState::Live))
}

/// Why nothing permits this content: by the newest mandate for it, else by any on the subject.
fn why(rows: &[Mandate], content_hash: &[u8], now: Instant) -> &'static str {
    let same = rows.iter().find(|row| row.content_hash == content_hash);
    match (same, rows.is_empty()) {
        (Some(row), _) => state_of(row, now).as_str(),
        (None, false) => "other_content",
        (None, true) => "undecided",
    }
}

/// Takes back the mandate of a decision that turned out not to stand. Answers `false` where it was used
/// already: then it stays, and what was done is done. The same decision may issue it again.
///
/// # Errors
/// When the database fails.
pub async fn revoke(act: &Act<'_>, source: &str) -> Result<bool, Failure> {
    let Some(row) = repo::lock_by_source(act.tx(), source).await? else {
        return Ok(true);
    };
    if row.consumed_at.is_some() {
        return Ok(false);
    }
    if row.revoked_at.is_none() {
        repo::mark_revoked(act.tx(), row.id).await?;
        let data = json!({ "source": source, "matter": row.matter, "subject_id": row.subject_id });
        act.record("mandate.revoked", Some(row.alliance_id), row.id.0, data)
            .await?;
    }
    Ok(true)
}

/// The decision behind a mandate, such as `ballot:<id>`.
///
/// # Errors
/// When the database fails.
pub async fn source_of(c: &impl ConnectionTrait, id: MandateId) -> Result<Option<String>, Failure> {
    Ok(repo::find(c, id).await?.map(|row| row.source))
}

/// 409: `reason` is `undecided`, `other_content`, or the state of the mandate that there was.
pub fn missing(matter: Matter, reason: &str) -> Refused {
    Refused::new(
        &problems::MANDATE_MISSING,
        "No decision permits exactly this; it needs a carried ballot or an approval, and each permits it once.",
    )
    .with("matter", matter.as_str())
    .with("reason", reason)
}
