//! Expenses: somebody asks, a second person agrees, the treasurer pays.

use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::domain::state::ExpenseState;
use crate::funds::repo;
use crate::funds::repo::Expense;
use crate::funds::repo::Fund;
use crate::funds::service::day_in;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::ExpenseId;
use crate::kernel::ids::FundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewExpense<'a> {
    pub payee: &'a str,
    pub line: &'a str,
    pub amount_minor: i64,
    pub description: &'a str,
}

/// Asks for money of a fund.
///
/// # Errors
/// 409 in a fund that is closing.
pub async fn request(
    act: &Act<'_>,
    fund: FundId,
    new: &NewExpense<'_>,
) -> Result<Expense, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    act.enter(None).await?;
    visible::require_event(&fund, "request_expense")?;
    let row = Expense {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        payee: new.payee.to_owned(),
        line: new.line.to_owned(),
        amount_minor: new.amount_minor,
        description: new.description.to_owned(),
        state: ExpenseState::Requested.as_str().to_owned(),
        requested_by: standing.user,
        decided_by: None,
        transaction_id: None,
        version: 1,
        created_at: act.now(),
    };
    repo::expenses::insert(act.tx(), row.clone()).await?;
    let data = json!({ "fund_id": fund.id, "amount_minor": new.amount_minor });
    act.record("expense.requested", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// Agrees to an expense that somebody else asked for.
///
/// # Errors
/// 403 `separation_of_duties`; 409 in any state but `requested`, or in a fund that is not voted yet.
pub async fn approve(act: &Act<'_>, id: ExpenseId) -> Result<Expense, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    if row.requested_by == standing.user {
        let detail = "Somebody else has to approve what you asked for.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    act.enter(Some(row.version)).await?;
    require_event(&row, "approve")?;
    visible::require_event(&fund, "spend")?;
    row.decided_by = Some(standing.user);
    store(act, &mut row, ExpenseState::Approved, "expense.approved").await?;
    Ok(row)
}

/// Turns an expense down, or gives an approved one up.
///
/// # Errors
/// 409 once it is paid or rejected.
pub async fn reject(act: &Act<'_>, id: ExpenseId) -> Result<Expense, Failure> {
    let (_, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "reject")?;
    row.decided_by = Some(standing.user);
    store(act, &mut row, ExpenseState::Rejected, "expense.rejected").await?;
    Ok(row)
}

/// Pays an approved expense out of its fund.
///
/// # Errors
/// 409 `fund_overdrawn`, or in any state but `approved`.
pub async fn pay(act: &Act<'_>, id: ExpenseId) -> Result<Expense, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "pay")?;
    visible::require_event(&fund, "spend")?;
    let entry = Entry {
        kind: TransactionKind::Expense,
        document: row.id.0,
        mandate: None,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration: format!("{}: {}", row.payee, row.description),
        legs: vec![
            Leg::new(AccountKind::Spend, row.line.clone(), row.amount_minor),
            Leg::bank(-row.amount_minor),
        ],
    };
    row.transaction_id = Some(journal::post(act, &fund, entry).await?);
    store(act, &mut row, ExpenseState::Paid, "expense.paid").await?;
    Ok(row)
}

async fn to_change(act: &Act<'_>, id: ExpenseId) -> Result<(Fund, Expense, Standing), Failure> {
    let none = || Refused::not_found("expense");
    let seen = repo::expenses::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::expenses::lock(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

fn require_event(row: &Expense, event: &str) -> Result<(), Failure> {
    let state = ExpenseState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("expense {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Expense,
    state: ExpenseState,
    action: &str,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::expenses::update(act.tx(), row).await?;
    let data = json!({ "amount_minor": row.amount_minor });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The expenses of a fund; every member may see them.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Expense>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::expenses::list(look.reader(), &fund, page).await?)
}

/// One expense.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: ExpenseId) -> Result<Expense, Failure> {
    let row = repo::expenses::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("expense"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    Ok(row)
}
