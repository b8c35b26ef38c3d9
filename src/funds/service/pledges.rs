//! Pledges: what members offer of their own accord. Nothing is posted before a pledge is converted into a notice.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::domain::state::FundState;
use crate::funds::domain::state::NoticeKind;
use crate::funds::domain::state::PledgeState;
use crate::funds::letters;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Pledge;
use crate::funds::service::billing;
use crate::funds::service::billing::Bill;
use crate::funds::service::dues;
use crate::funds::service::funds;
use crate::funds::service::post;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PledgeId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What a member offers.
#[derive(Debug, Clone)]
pub struct NewPledge<'a> {
    pub membership: Option<MembershipId>,
    pub amount_minor: i64,
    pub purpose: &'a str,
    /// Last day on which it may be converted.
    pub valid_until: NaiveDate,
}

/// Offers a pledge for a member that the caller acts for.
///
/// # Errors
/// 404 for another member; 422 for a day that is over; 409 in a fund that takes nothing any more.
pub async fn offer(act: &Act<'_>, fund: FundId, new: &NewPledge<'_>) -> Result<Pledge, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    let membership = standing.acting_for(new.membership)?;
    act.enter(None).await?;
    if new.valid_until < dues::today(act, &standing) {
        let detail = "The day is over.";
        return Err(Refused::field("#/valid_until", "in_the_past", detail).into());
    }
    visible::require_event(&fund, "pledge")?;
    let row = Pledge {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        membership_id: membership,
        amount_minor: new.amount_minor,
        purpose: new.purpose.to_owned(),
        valid_until: new.valid_until,
        state: PledgeState::Offered.as_str().to_owned(),
        notice_id: None,
        offered_by: standing.user,
        decided_by: None,
        version: 1,
        created_at: act.now(),
    };
    repo::pledges::insert(act.tx(), row.clone()).await?;
    let data = json!({ "fund_id": fund.id, "membership_id": membership, "amount_minor": new.amount_minor });
    act.record("pledge.offered", Some(fund.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// Accepts a pledge.
///
/// # Errors
/// 409 in any state but `offered`.
pub async fn accept(act: &Act<'_>, id: PledgeId) -> Result<Pledge, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "accept")?;
    visible::require_event(&fund, "pledge")?;
    row.decided_by = Some(standing.user);
    store(act, &mut row, PledgeState::Accepted, "pledge.accepted").await?;
    Ok(row)
}

/// Withdraws a pledge of a member that the caller acts for.
///
/// # Errors
/// 403 for other members' pledges; 409 once it is converted, withdrawn or lapsed.
pub async fn withdraw(act: &Act<'_>, id: PledgeId) -> Result<Pledge, Failure> {
    let (_, mut row, standing) = to_change(act, id).await?;
    let own = |(own, _): &(MembershipId, _)| *own == row.membership_id;
    if !standing.memberships.iter().any(own) {
        let detail = "Only the member itself withdraws its pledge.";
        let refused = Refused::new(&kinds::ROLE_REQUIRED, detail);
        return Err(refused.with("roles", vec!["member"]).into());
    }
    act.enter(Some(row.version)).await?;
    require_event(&row, "withdraw")?;
    store(act, &mut row, PledgeState::Withdrawn, "pledge.withdrawn").await?;
    Ok(row)
}

/// Converts an accepted pledge into a notice that is due on `due_on`, and posts it.
///
/// # Errors
/// 422 for a day that is over; 409 in any state but `accepted`, and in a fund that bills nothing.
pub async fn convert(act: &Act<'_>, id: PledgeId, due_on: NaiveDate) -> Result<Pledge, Failure> {
    let (mut fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    let today = dues::today(act, &standing);
    if due_on < today {
        let detail = "The day is over.";
        return Err(Refused::field("#/due_on", "in_the_past", detail).into());
    }
    require_event(&row, "convert")?;
    visible::require_event(&fund, "pledge")?;
    let bill = Bill {
        kind: NoticeKind::Pledge,
        membership: row.membership_id,
        amount_minor: row.amount_minor,
        due_on,
        reason: row.purpose.clone(),
    };
    let entry = (TransactionKind::Pledge, row.id.0, None);
    let notices = billing::bill(act, &fund, today, &[bill], entry).await?;
    row.notice_id = notices.first().map(|notice| notice.id);
    row.decided_by = Some(standing.user);
    store(act, &mut row, PledgeState::Converted, "pledge.converted").await?;
    if visible::state_of(&fund)? != FundState::Collecting {
        funds::move_to(act, &mut fund, FundState::Collecting).await?;
    }
    for notice in &notices {
        let mut vars = post::notice_facts(act, &fund, notice).await?;
        vars["amount"] = post::amount(&fund, notice.amount_minor)?;
        vars["due_on"] = json!(due_on);
        vars["reason"] = json!(notice.reason);
        let key = format!("debit-note:{}", notice.id);
        post::to_member(
            act,
            &fund,
            row.membership_id,
            &letters::DEBITED,
            &vars,
            &key,
        )
        .await?;
    }
    Ok(row)
}

/// Lets a pledge lapse that nobody converted in time; run twice, it does nothing.
///
/// # Errors
/// When the database fails.
pub async fn lapse(act: &Act<'_>, id: PledgeId, today: NaiveDate) -> Result<u64, Failure> {
    let Some(seen) = repo::pledges::find(act.tx(), id).await? else {
        return Ok(0);
    };
    visible::locked(act, seen.fund_id).await?;
    let Some(mut row) = repo::pledges::find(act.tx(), id).await? else {
        return Ok(0);
    };
    if row.valid_until >= today || !state_of(&row)?.events().contains(&"lapse") {
        return Ok(0);
    }
    store(act, &mut row, PledgeState::Lapsed, "pledge.lapsed").await?;
    Ok(1)
}

async fn to_change(act: &Act<'_>, id: PledgeId) -> Result<(Fund, Pledge, Standing), Failure> {
    let none = || Refused::not_found("pledge");
    let seen = repo::pledges::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    visible::require_line(&standing, seen.membership_id, "pledge")?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::pledges::find(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

fn state_of(row: &Pledge) -> Result<PledgeState, Failure> {
    PledgeState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("pledge {} is '{}'", row.id, row.state).into())
}

fn require_event(row: &Pledge, event: &str) -> Result<(), Failure> {
    let state = state_of(row)?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Pledge,
    state: PledgeState,
    action: &str,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::pledges::update(act.tx(), row).await?;
    let data = json!({ "fund_id": row.fund_id, "amount_minor": row.amount_minor });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The pledges of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Pledge>, Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    Ok(repo::pledges::list(look.reader(), &fund, mine.as_deref(), page).await?)
}

/// One pledge.
///
/// # Errors
/// 404 for strangers, and for other members.
pub async fn read(look: &Look<'_>, id: PledgeId) -> Result<Pledge, Failure> {
    let c = look.reader();
    let none = || Refused::not_found("pledge");
    let row = repo::pledges::find(c, id).await?.ok_or_else(none)?;
    let standing = alliances::admit(c, look.asker(), row.alliance_id).await?;
    visible::require_line(&standing, row.membership_id, "pledge")?;
    Ok(row)
}
