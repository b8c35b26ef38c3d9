//! Dissolutions: proposed with a plan for the assets, decided by the members, executed once nothing is left
//! unfinished; from then on the alliance can only be read.

use sea_orm::ConnectionTrait;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DissolutionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mandates::domain::dissolution::DissolutionEvent;
use crate::mandates::domain::dissolution::DissolutionState;
use crate::mandates::domain::matter::Matter;
use crate::mandates::domain::subject::Subject;
use crate::mandates::letters;
use crate::mandates::problems;
use crate::mandates::repo::dissolutions as repo;
use crate::mandates::repo::dissolutions::Dissolution;
use crate::mandates::service::mailing;
use crate::mandates::service::permits;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Proposes the end of an alliance.
///
/// # Errors
/// 404, 403; 409 where one is proposed already.
pub async fn propose(
    act: &Act<'_>,
    alliance: AllianceId,
    reasons: &str,
    plan: &str,
) -> Result<Dissolution, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let row = Dissolution {
        id: act.fresh(),
        alliance_id: alliance,
        reasons: reasons.to_owned(),
        plan: plan.to_owned(),
        state: DissolutionState::Proposed.as_str().to_owned(),
        ended_at: None,
        mandate_id: None,
        proposed_by: standing.user,
        version: 1,
        created_at: act.now(),
    };
    if !repo::insert(act.tx(), row.clone()).await? {
        let detail = "Drop the proposal that there is, or put it to the vote.";
        return Err(Refused::new(&problems::DISSOLUTION_OPEN, detail).into());
    }
    note(act, &row, "dissolution.proposed").await?;
    Ok(row)
}

async fn note(act: &Act<'_>, row: &Dissolution, action: &str) -> Result<(), Failure> {
    let data = json!({ "mandate_id": row.mandate_id });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// What members decide on.
fn content_hash(row: &Dissolution) -> Vec<u8> {
    permits::content_hash(&json!({
        "dissolution_id": row.id,
        "alliance_id": row.alliance_id,
        "reasons": row.reasons,
        "plan": row.plan,
    }))
}

/// A proposed dissolution as the subject of a ballot.
///
/// # Errors
/// When the database fails.
pub async fn subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: DissolutionId,
) -> Result<Option<Subject>, Failure> {
    let proposed = DissolutionState::Proposed.as_str();
    let row = repo::find(c, id).await?;
    let row = row.filter(|row| row.alliance_id == alliance && row.state == proposed);
    let found = alliances::alliance(c, alliance).await?;
    Ok(row.zip(found).map(|(row, alliance)| Subject {
        title: alliance.name,
        content_hash: content_hash(&row),
        ..Subject::default()
    }))
}

fn advance(row: &mut Dissolution, event: DissolutionEvent) -> Result<(), Failure> {
    let state = DissolutionState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("dissolution {} is '{}'", row.id, row.state))?;
    state.after(event)?.as_str().clone_into(&mut row.state);
    Ok(())
}

async fn to_change(act: &Act<'_>, id: DissolutionId) -> Result<Dissolution, Failure> {
    let row = repo::lock(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("dissolution"))?;
    alliances::admit(act.tx(), act.asker(), row.alliance_id).await?;
    act.enter(Some(row.version)).await?;
    Ok(row)
}

/// Gives a proposal up; what was voted on it permits nothing any more.
///
/// # Errors
/// 404, 403, 412; 409 where it is over.
pub async fn give_up(act: &Act<'_>, id: DissolutionId) -> Result<Dissolution, Failure> {
    let mut row = to_change(act, id).await?;
    advance(&mut row, DissolutionEvent::Drop)?;
    row.ended_at = Some(act.now());
    repo::save(act.tx(), &mut row).await?;
    note(act, &row, "dissolution.dropped").await?;
    Ok(row)
}

/// Dissolves the alliance by the mandate of its members: memberships end, invitations are taken back, and
/// nothing can be written any more.
///
/// # Errors
/// 404, 403, 412; 409 where it is over, something is unfinished, or nothing permits it.
pub async fn execute(act: &Act<'_>, id: DissolutionId) -> Result<Dissolution, Failure> {
    let mut row = to_change(act, id).await?;
    advance(&mut row, DissolutionEvent::Execute)?;
    let alliance = row.alliance_id;
    alliances::lock(act, alliance).await?;
    require_finished(act, alliance).await?;
    let (matter, hash) = (Matter::Dissolution, content_hash(&row));
    let mandate = permits::consume(act, alliance, matter, row.id.0, &hash).await?;
    row.mandate_id = Some(mandate);
    row.ended_at = Some(act.now());
    repo::save(act.tx(), &mut row).await?;
    note(act, &row, "dissolution.executed").await?;
    let contacts = alliances::contacts(act.tx(), alliance).await?;
    alliances::dissolve(act, alliance).await?;
    tell(act, &row, contacts).await?;
    Ok(row)
}

/// Every slice says what of it is unfinished in an alliance.
async fn require_finished(act: &Act<'_>, alliance: AllianceId) -> Result<(), Failure> {
    let mut unfinished = Map::new();
    for part in &act.ctx.registry.unfinished {
        let count = (part.count)(act.tx(), alliance).await?;
        if count > 0 {
            unfinished.insert(part.what.to_owned(), json!(count));
        }
    }
    if unfinished.is_empty() {
        return Ok(());
    }
    let detail = "Close the funds, and end or cancel what is under way, first.";
    Err(Refused::new(&problems::ALLIANCE_UNFINISHED, detail)
        .with("unfinished", Value::Object(unfinished))
        .into())
}

async fn tell(act: &Act<'_>, row: &Dissolution, contacts: Vec<Contact>) -> Result<(), Failure> {
    let vars = json!({ "plan": row.plan });
    mailing::tell(act, row.alliance_id, contacts, &letters::DISSOLVED, &vars).await
}

/// One dissolution.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: DissolutionId) -> Result<Dissolution, Failure> {
    let row = repo::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("dissolution"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    Ok(row)
}

/// The dissolutions that were proposed in an alliance.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Dissolution>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    Ok(repo::page(look.reader(), alliance, page).await?)
}
