//! Disputes: a member objects to a notice before it is paid in full; the alliance upholds the notice, or credits it.

use serde_json::json;

use crate::alliances::Standing;
use crate::funds::domain::state::NoticeState;
use crate::funds::letters;
use crate::funds::repo;
use crate::funds::repo::Dispute;
use crate::funds::repo::Notice;
use crate::funds::service::dues;
use crate::funds::service::post;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;

/// Objects to a notice of a member that the caller acts for. Until it is answered the notice is neither overdue nor
/// reminded of.
///
/// # Errors
/// 404 and 403 for other members' notices; 409 once it is paid in full, or disputed already.
pub async fn dispute(act: &Act<'_>, id: LevyNoticeId, reason: &str) -> Result<Notice, Failure> {
    let (fund, mut row, standing) = dues::to_change(act, id).await?;
    require_own(&standing, &row)?;
    act.enter(Some(row.version)).await?;
    dues::require_event(&row, "dispute")?;
    let dispute = Dispute {
        id: act.fresh(),
        alliance_id: row.alliance_id,
        notice_id: row.id,
        reason: reason.to_owned(),
        raised_by: standing.user,
        raised_at: act.now(),
        outcome: None,
        answer: None,
        decided_by: None,
        decided_at: None,
    };
    let key = format!("levy-dispute:{}", dispute.id);
    repo::dues::insert_dispute(act.tx(), dispute).await?;
    let owed = dues::owed(&row);
    let today = dues::today(act, &standing);
    dues::settle(act, &mut row, NoticeState::Disputed, owed, today).await?;
    let data = json!({ "fund_id": fund.id, "reason": reason });
    let alliance = Some(row.alliance_id);
    act.record("levy_notice.disputed", alliance, row.id.0, data)
        .await?;
    let mut vars = post::notice_facts(act, &fund, &row).await?;
    vars["reason"] = json!(reason);
    vars["amount"] = post::amount(&fund, owed.due())?;
    post::to_treasurers(act, &fund, &letters::DISPUTED, &vars, &key).await?;
    Ok(row)
}

fn require_own(standing: &Standing, row: &Notice) -> Result<(), Refused> {
    let own = |(id, _): &(crate::kernel::ids::MembershipId, _)| *id == row.membership_id;
    if standing.memberships.iter().any(own) {
        return Ok(());
    }
    let detail = "Only the member itself objects to its notice.";
    Err(Refused::new(&kinds::ROLE_REQUIRED, detail).with("roles", vec!["member"]))
}

/// Upholds a disputed notice: it is due again as before.
///
/// # Errors
/// 409 where it is not disputed.
pub async fn uphold(act: &Act<'_>, id: LevyNoticeId, answer: &str) -> Result<Notice, Failure> {
    let (fund, mut row, standing) = dues::to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    dues::require_event(&row, "uphold")?;
    decide(act, &row, &standing, "upheld", answer).await?;
    let owed = dues::owed(&row);
    let today = dues::today(act, &standing);
    dues::settle(act, &mut row, NoticeState::Issued, owed, today).await?;
    let data = json!({ "fund_id": fund.id, "answer": answer });
    let alliance = Some(row.alliance_id);
    act.record("levy_notice.upheld", alliance, row.id.0, data)
        .await?;
    let mut vars = post::notice_facts(act, &fund, &row).await?;
    vars["answer"] = json!(answer);
    vars["amount"] = post::amount(&fund, owed.due())?;
    let key = format!("levy-upheld:{}:{}", row.id, row.version);
    post::to_member(act, &fund, row.membership_id, &letters::UPHELD, &vars, &key).await?;
    Ok(row)
}

/// Answers the open dispute of a notice, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn decide(
    act: &Act<'_>,
    row: &Notice,
    standing: &Standing,
    outcome: &str,
    answer: &str,
) -> Result<(), Failure> {
    let Some(mut open) = repo::dues::open_dispute(act.tx(), row.id).await? else {
        return Ok(());
    };
    open.outcome = Some(outcome.to_owned());
    open.answer = Some(answer.to_owned());
    open.decided_by = Some(standing.user);
    open.decided_at = Some(act.now());
    repo::dues::update_dispute(act.tx(), open).await?;
    Ok(())
}
