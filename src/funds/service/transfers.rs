//! Transfers: money moves from one fund of an alliance to another, through the banks of both.
//!
//! What was collected for one purpose stays with it: out of a restricted fund money moves only by a decision of the
//! members. Out of the general fund a second person suffices.

use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::documents::TransferState;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Transfer;
use crate::funds::service::day_in;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::TransferId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What is to move.
#[derive(Debug, Clone)]
pub struct NewTransfer<'a> {
    pub to: FundId,
    pub amount_minor: i64,
    pub reason: &'a str,
}

/// Asks for a transfer out of a fund.
///
/// # Errors
/// 404 for a fund of another alliance; 422 for the same fund; 409 in a fund that does not spend, or to one that
/// is closing.
pub async fn propose(
    act: &Act<'_>,
    from: FundId,
    new: &NewTransfer<'_>,
) -> Result<Transfer, Failure> {
    let (fund, standing) = visible::fund_to_change(act, from).await?;
    let target = repo::funds::find(act.tx(), new.to)
        .await?
        .filter(|target| target.alliance_id == fund.alliance_id)
        .ok_or_else(|| Refused::not_found("fund"))?;
    act.enter(None).await?;
    if target.id == fund.id {
        let detail = "Money moves from one fund to another.";
        return Err(Refused::field("#/to_fund_id", "same_fund", detail).into());
    }
    visible::require_event(&fund, "spend")?;
    visible::require_event(&target, "take_transfer")?;
    let mut row = Transfer {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        from_fund_id: fund.id,
        to_fund_id: target.id,
        amount_minor: new.amount_minor,
        reason: new.reason.to_owned(),
        content_hash: Vec::new(),
        state: TransferState::Proposed.as_str().to_owned(),
        mandate_id: None,
        proposed_by: standing.user,
        decided_by: None,
        out_transaction_id: None,
        in_transaction_id: None,
        version: 1,
        created_at: act.now(),
    };
    row.content_hash = mandates::content_hash(&json!({
        "transfer_id": row.id,
        "from_fund_id": row.from_fund_id,
        "to_fund_id": row.to_fund_id,
        "amount_minor": row.amount_minor,
        "reason": row.reason,
    }));
    repo::transfers::insert(act.tx(), row.clone()).await?;
    let data = json!({ "from_fund_id": fund.id, "to_fund_id": target.id, "amount_minor": row.amount_minor });
    act.record("transfer.proposed", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// Moves the money: one balanced transaction in each fund.
///
/// # Errors
/// 403 `separation_of_duties` out of the general fund; 409 `mandate_missing` out of a restricted one,
/// `fund_overdrawn` where it does not hold that much or holds it for others, or in any state but `proposed`.
pub async fn execute(act: &Act<'_>, id: TransferId) -> Result<Transfer, Failure> {
    let (from, to, mut row, standing) = to_change(act, id).await?;
    if from.general && row.proposed_by == standing.user {
        let detail = "Somebody else has to move what you asked for.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    act.enter(Some(row.version)).await?;
    require_event(&row, "execute")?;
    visible::require_event(&from, "spend")?;
    visible::require_event(&to, "take_transfer")?;
    if !from.general {
        let (matter, subject) = (Matter::Transfer, row.id.0);
        let mandate =
            mandates::consume(act, row.alliance_id, matter, subject, &row.content_hash).await?;
        row.mandate_id = Some(mandate);
    }
    let cash = repo::reservations::cash(act.tx(), &from).await?;
    cash.pay(row.amount_minor, 0)?;
    let (out, arrived) = post(act, &from, &to, &row, &standing).await?;
    row.out_transaction_id = Some(out);
    row.in_transaction_id = Some(arrived);
    row.decided_by = Some(standing.user);
    store(act, &mut row, TransferState::Done, "transfer.done").await?;
    Ok(row)
}

async fn post(
    act: &Act<'_>,
    from: &Fund,
    to: &Fund,
    row: &Transfer,
    standing: &Standing,
) -> Result<(LedgerTransactionId, LedgerTransactionId), Failure> {
    let entry = |kind, narration, legs| Entry {
        kind,
        document: row.id.0,
        mandate: row.mandate_id,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration,
        legs,
    };
    let out = entry(
        TransactionKind::TransferOut,
        format!("To {}: {}", to.code, row.reason),
        vec![
            Leg::new(AccountKind::TransferOut, "", row.amount_minor),
            Leg::bank(-row.amount_minor),
        ],
    );
    let arrived = entry(
        TransactionKind::TransferIn,
        format!("From {}: {}", from.code, row.reason),
        vec![
            Leg::bank(row.amount_minor),
            Leg::new(AccountKind::TransferIn, "", -row.amount_minor),
        ],
    );
    match journal::post_across(act, vec![(from, out), (to, arrived)])
        .await?
        .as_slice()
    {
        [out, arrived] => Ok((*out, *arrived)),
        other => Err(anyhow::anyhow!("a transfer of {} transactions", other.len()).into()),
    }
}

/// Gives a transfer up before money moved.
///
/// # Errors
/// 409 once it is done or cancelled.
pub async fn cancel(act: &Act<'_>, id: TransferId) -> Result<Transfer, Failure> {
    let (.., mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "cancel")?;
    row.decided_by = Some(standing.user);
    store(
        act,
        &mut row,
        TransferState::Cancelled,
        "transfer.cancelled",
    )
    .await?;
    Ok(row)
}

async fn to_change(
    act: &Act<'_>,
    id: TransferId,
) -> Result<(Fund, Fund, Transfer, Standing), Failure> {
    let none = || Refused::not_found("transfer");
    let seen = repo::transfers::find(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let (from, to) = visible::locked_pair(act, seen.from_fund_id, seen.to_fund_id).await?;
    let row = repo::transfers::lock(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    Ok((from, to, row, standing))
}

fn require_event(row: &Transfer, event: &str) -> Result<(), Failure> {
    let state = TransferState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("transfer {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Transfer,
    state: TransferState,
    action: &str,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::transfers::update(act.tx(), row).await?;
    let data = json!({ "amount_minor": row.amount_minor });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The transfers out of a fund and into it; every member may see them.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Transfer>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::transfers::list(look.reader(), &fund, page).await?)
}

/// One transfer.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: TransferId) -> Result<Transfer, Failure> {
    let row = repo::transfers::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("transfer"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    Ok(row)
}
