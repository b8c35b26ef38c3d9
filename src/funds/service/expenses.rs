//! Expenses: somebody asks, others agree as the by-laws say, the treasurer pays.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::documents::ReservationState;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::domain::state::ExpenseState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Expense;
use crate::funds::repo::ExpenseApproval;
use crate::funds::repo::Fund;
use crate::funds::service::budget;
use crate::funds::service::day_in;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::reservations;
use crate::funds::service::visible;
use crate::kernel::ids::ExpenseId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::ReservationId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewExpense<'a> {
    pub payee: &'a str,
    pub line: &'a str,
    pub amount_minor: i64,
    pub description: &'a str,
    /// The invoice or contract.
    pub document_ref: Option<&'a str>,
    /// Money that was set aside for it.
    pub reservation: Option<ReservationId>,
}

/// An expense and who agreed to it.
#[derive(Debug, Clone)]
pub struct Approved {
    pub expense: Expense,
    pub approvals: Vec<ExpenseApproval>,
}

/// Asks for money of a fund. The by-laws in force say how many people must agree.
///
/// # Errors
/// 422 for a line that was not voted, and for more than what was reserved; 409 in a fund that is closing,
/// and `restricted_fund` for a reservation of another fund.
pub async fn request(
    act: &Act<'_>,
    fund: FundId,
    new: &NewExpense<'_>,
) -> Result<Approved, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    act.enter(None).await?;
    budget::require_line(act.tx(), &fund, new.line).await?;
    visible::require_event(&fund, "request_expense")?;
    let by_laws = alliances::by_laws(act.tx(), fund.alliance_id).await?;
    let rule = by_laws.expense_rule(new.amount_minor);
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
        document_ref: new.document_ref.map(str::to_owned),
        reservation_id: new.reservation,
        approvals_needed: rule.approvals.into(),
        approver_roles: json!(rule.roles),
        transaction_id: None,
        version: 1,
        created_at: act.now(),
    };
    repo::expenses::insert(act.tx(), row.clone()).await?;
    if let Some(reservation) = new.reservation {
        reservations::bind(act, &fund, reservation, &row).await?;
    }
    let data = json!({ "fund_id": fund.id, "amount_minor": new.amount_minor });
    act.record("expense.requested", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(Approved {
        expense: row,
        approvals: Vec::new(),
    })
}

/// Agrees to an expense that somebody else asked for; the last approval that is needed makes it payable.
///
/// # Errors
/// 403 `separation_of_duties`, or for a role whose approval does not count; 409 `approval_repeated`, in any
/// state but `requested`, or in a fund that does not spend; 422 for a line that was not voted.
pub async fn approve(act: &Act<'_>, id: ExpenseId) -> Result<Approved, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    if row.requested_by == standing.user {
        let detail = "Somebody else has to approve what you asked for.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    require_approver(&row, &standing)?;
    act.enter(Some(row.version)).await?;
    budget::require_line(act.tx(), &fund, &row.line).await?;
    require_event(&row, "approve")?;
    visible::require_event(&fund, "spend")?;
    let approval = ExpenseApproval {
        expense_id: row.id,
        user_id: standing.user,
        alliance_id: row.alliance_id,
        approved_at: act.now(),
    };
    if !repo::expenses::insert_approval(act.tx(), approval).await? {
        let detail = "Another person has to give the next approval.";
        return Err(Refused::new(&problems::APPROVAL_REPEATED, detail)
            .with("approvals_needed", row.approvals_needed)
            .into());
    }
    let found = with_approvals(act.tx(), row.clone()).await?;
    if i64::try_from(found.approvals.len()).unwrap_or(i64::MAX) < row.approvals_needed {
        let state = ExpenseState::Requested;
        store(act, &mut row, state, "expense.approved_in_part").await?;
    } else {
        row.decided_by = Some(standing.user);
        post_payable(act, &fund, &row, &standing).await?;
        store(act, &mut row, ExpenseState::Approved, "expense.approved").await?;
        reservations::follow(act, &row, ReservationState::Invoiced).await?;
    }
    Ok(Approved {
        expense: row,
        ..found
    })
}

fn require_approver(row: &Expense, standing: &Standing) -> Result<(), Failure> {
    let roles: Vec<Role> = serde_json::from_value(row.approver_roles.clone())
        .map_err(|error| anyhow::anyhow!("approvers of expense {}: {error}", row.id))?;
    if standing.is_any(&roles) {
        return Ok(());
    }
    let needed: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    let detail = format!(
        "The by-laws ask for the approval of a {}.",
        needed.join(" or ")
    );
    Err(Refused::new(&kinds::ROLE_REQUIRED, detail)
        .with("roles", needed)
        .into())
}

/// The fund owes the supplier from the last approval on.
async fn post_payable(
    act: &Act<'_>,
    fund: &Fund,
    row: &Expense,
    standing: &Standing,
) -> Result<(), Failure> {
    let legs = vec![
        Leg::new(AccountKind::Spend, row.line.clone(), row.amount_minor),
        Leg::new(AccountKind::Payable, row.payee.clone(), -row.amount_minor),
    ];
    let entry = entry(act, row, standing, TransactionKind::Payable, legs);
    journal::post(act, fund, entry).await?;
    Ok(())
}

async fn payable_of(act: &Act<'_>, row: &Expense) -> Result<Option<LedgerTransactionId>, Failure> {
    let kind = TransactionKind::Payable.as_str();
    Ok(repo::closings::transaction_of(act.tx(), row.fund_id, kind, row.id.0).await?)
}

fn entry(
    act: &Act<'_>,
    row: &Expense,
    standing: &Standing,
    kind: TransactionKind,
    legs: Vec<Leg>,
) -> Entry {
    let document = row.document_ref.as_deref().unwrap_or_default();
    let narration = format!("{}: {} {document}", row.payee, row.description);
    Entry {
        kind,
        document: row.id.0,
        mandate: None,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration: narration.trim_end().to_owned(),
        legs,
    }
}

/// Turns an expense down, or gives an approved one up: what the fund owed is taken back, and what was reserved is
/// free for another.
///
/// # Errors
/// 409 once it is paid or rejected.
pub async fn reject(act: &Act<'_>, id: ExpenseId) -> Result<Approved, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "reject")?;
    give_up(act, &fund, &mut row, &standing, "expense.rejected").await?;
    with_approvals(act.tx(), row).await
}

/// An expense will not be paid: what the fund owed is taken back, and what was reserved is free for another.
///
/// # Errors
/// When the ledger refuses.
pub async fn give_up(
    act: &Act<'_>,
    fund: &Fund,
    row: &mut Expense,
    standing: &Standing,
    action: &str,
) -> Result<(), Failure> {
    row.decided_by = Some(standing.user);
    if let Some(payable) = payable_of(act, row).await? {
        let today = day_in(standing.alliance.time_zone, act.now());
        let narration = format!("{} is not paid: {}", row.payee, row.description);
        let kind = TransactionKind::Reversal;
        journal::reverse(act, fund, payable, kind, today, narration, None).await?;
    }
    store(act, row, ExpenseState::Rejected, action).await?;
    reservations::follow(act, row, ReservationState::Reserved).await
}

/// Pays an approved expense out of its fund.
///
/// # Errors
/// 409 `fund_overdrawn` where the bank does not hold it or holds it for others, or in any state but `approved`.
pub async fn pay(act: &Act<'_>, id: ExpenseId) -> Result<Approved, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "pay")?;
    visible::require_event(&fund, "spend")?;
    let cash = repo::reservations::cash(act.tx(), &fund).await?;
    let own = reservations::set_aside(act, &row).await?;
    cash.pay(row.amount_minor, own)?;
    // Approved before suppliers' accounts were kept: the spending is posted with the payment.
    let owed = if payable_of(act, &row).await?.is_some() {
        Leg::new(AccountKind::Payable, row.payee.clone(), row.amount_minor)
    } else {
        Leg::new(AccountKind::Spend, row.line.clone(), row.amount_minor)
    };
    let legs = vec![owed, Leg::bank(-row.amount_minor)];
    let entry = entry(act, &row, &standing, TransactionKind::Expense, legs);
    row.transaction_id = Some(journal::post(act, &fund, entry).await?);
    store(act, &mut row, ExpenseState::Paid, "expense.paid").await?;
    reservations::follow(act, &row, ReservationState::Paid).await?;
    with_approvals(act.tx(), row).await
}

async fn with_approvals(c: &impl ConnectionTrait, row: Expense) -> Result<Approved, Failure> {
    let approvals = repo::expenses::approvals(c, row.alliance_id, &[row.id]).await?;
    Ok(Approved {
        expense: row,
        approvals,
    })
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
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Approved>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    let slice = repo::expenses::list(look.reader(), &fund, page).await?;
    let ids: Vec<ExpenseId> = slice.items.iter().map(|row| row.id).collect();
    let all = repo::expenses::approvals(look.reader(), fund.alliance_id, &ids).await?;
    Ok(slice.map(|expense| Approved {
        approvals: all
            .iter()
            .filter(|approval| approval.expense_id == expense.id)
            .cloned()
            .collect(),
        expense,
    }))
}

/// One expense.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: ExpenseId) -> Result<Approved, Failure> {
    let row = repo::expenses::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("expense"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    with_approvals(look.reader(), row).await
}
