//! Mandates: a carried ballot or an approval permits one act with one content, once; the gated use case
//! consumes it. Whoever decides and whoever acts meet here, so that neither imports the other.

pub mod problems;
mod repo;
mod subject;

use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::http::json::canonical;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MandateId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::random;

pub use subject::Choice;
pub use subject::Subject;

/// Topic of the fact that a mandate was issued; its payload is `{mandate_id, matter, subject_id}`.
pub const ISSUED: &str = "mandate.issued";

/// Topic of the fact that a mandate was used; its payload is `{mandate_id, source}`.
pub const CONSUMED: &str = "mandate.consumed";

crate::words! {
    /// Matters that need a mandate. There is no free matter that executes.
    pub enum Matter {
        /// A season's budget and its levy notices.
        SeasonBudget = "season_budget",
        /// A new promotion.
        Promotion = "promotion",
        /// An award above the limit.
        TenderAward = "tender_award",
        /// A write-off of a member's debt.
        WriteOff = "write_off",
        /// A new levy policy.
        LevyPolicy = "levy_policy",
        /// A transfer between restricted funds.
        Transfer = "transfer",
        /// A sponsor deal with strings.
        SponsorDeal = "sponsor_deal",
        /// The expulsion of a member.
        Expulsion = "expulsion",
        /// The end of the alliance.
        Dissolution = "dissolution",
    }
}

/// What exactly is permitted: hash of the canonical content that was decided on.
pub fn content_hash(content: &serde_json::Value) -> Vec<u8> {
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

/// Issues a mandate in the transaction of the decision, and tells whoever waits for it.
///
/// # Errors
/// When the database refuses; a decision issues only once.
pub async fn issue(act: &Act<'_>, decision: Decision) -> Result<MandateId, Failure> {
    let id: MandateId = act.fresh();
    let (alliance, matter, subject) = (decision.alliance, decision.matter, decision.subject);
    let row = repo::Mandate {
        id,
        alliance_id: alliance,
        matter: matter.as_str().to_owned(),
        subject_id: subject,
        content_hash: decision.content_hash,
        source: decision.source,
        issued_at: act.now(),
        consumed_at: None,
    };
    repo::insert(act.tx(), row).await?;
    let payload = json!({ "mandate_id": id, "matter": matter, "subject_id": subject });
    act.record("mandate.issued", Some(alliance), id.0, payload.clone())
        .await?;
    act.publish(ISSUED, Some(alliance), payload).await?;
    Ok(id)
}

/// Consumes the mandate for `matter` on `subject` with exactly this content, in the act's transaction.
///
/// # Errors
/// 409 `mandate_missing` where nothing permits it, was consumed, or another content was decided on.
pub async fn consume(
    act: &Act<'_>,
    alliance: AllianceId,
    matter: Matter,
    subject: Uuid,
    content_hash: &[u8],
) -> Result<MandateId, Failure> {
    let found = repo::find_live(act.tx(), alliance, matter.as_str(), subject, content_hash).await?;
    let Some(row) = found else {
        return Err(missing(matter).into());
    };
    if !repo::mark_consumed(act.tx(), row.id).await? {
        return Err(missing(matter).into());
    }
    act.record(
        CONSUMED,
        Some(alliance),
        row.id.0,
        json!({ "matter": matter }),
    )
    .await?;
    let payload = json!({ "mandate_id": row.id, "source": row.source });
    act.publish(CONSUMED, Some(alliance), payload).await?;
    Ok(row.id)
}

/// The decision behind a mandate, such as `ballot:<id>`.
///
/// # Errors
/// When the database fails.
pub async fn source_of(c: &impl ConnectionTrait, id: MandateId) -> Result<Option<String>, Failure> {
    Ok(repo::find(c, id).await?.map(|row| row.source))
}

fn missing(matter: Matter) -> Refused {
    Refused::new(
        &problems::MANDATE_MISSING,
        "No decision permits exactly this; it needs a carried ballot or an approval, and each permits it once.",
    )
    .with("matter", matter.as_str())
}
