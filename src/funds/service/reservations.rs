//! Reservations: money of a fund that is set aside for a purchase before there is an invoice. Nothing is posted.

use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::documents::ReservationState;
use crate::funds::domain::state;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Expense;
use crate::funds::repo::Fund;
use crate::funds::repo::Reservation;
use crate::funds::service::budget;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::ReservationId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What is to be set aside.
#[derive(Debug, Clone)]
pub struct NewReservation<'a> {
    pub payee: &'a str,
    pub line: &'a str,
    pub amount_minor: i64,
    pub description: &'a str,
}

/// Sets money aside.
///
/// # Errors
/// 422 `budget_line_unknown`; 409 `fund_overdrawn` where cash less open reservations and members' credits does
/// not cover it, or in a fund that does not spend.
pub async fn reserve(
    act: &Act<'_>,
    fund: FundId,
    new: &NewReservation<'_>,
) -> Result<Reservation, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    act.enter(None).await?;
    budget::require_line(act.tx(), &fund, new.line).await?;
    visible::require_event(&fund, "spend")?;
    // The fund is locked: of two reservations the second sees the first.
    let cash = repo::reservations::cash(act.tx(), &fund).await?;
    cash.promise(new.amount_minor)?;
    let row = Reservation {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        payee: new.payee.to_owned(),
        line: new.line.to_owned(),
        amount_minor: new.amount_minor,
        description: new.description.to_owned(),
        state: ReservationState::Reserved.as_str().to_owned(),
        expense_id: None,
        reserved_by: standing.user,
        version: 1,
        created_at: act.now(),
    };
    repo::reservations::insert(act.tx(), row.clone()).await?;
    let data = json!({ "fund_id": fund.id, "amount_minor": row.amount_minor, "line": row.line });
    act.record("reservation.made", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// Gives the money back to its fund.
///
/// # Errors
/// 409 once an expense uses it, or in any state but `reserved`.
pub async fn release(act: &Act<'_>, id: ReservationId) -> Result<Reservation, Failure> {
    let (_, mut row, _) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "release")?;
    if let Some(expense) = row.expense_id {
        let detail = "An expense uses this reservation: reject it first.";
        return Err(Refused::new(&kinds::CONFLICT, detail)
            .with("expense_id", expense.to_string())
            .into());
    }
    store(
        act,
        &mut row,
        ReservationState::Released,
        "reservation.released",
    )
    .await?;
    Ok(row)
}

/// Binds a reservation to the expense that is to use it.
///
/// # Errors
/// 404 for a reservation of another alliance; 409 `restricted_fund` for one of another fund, or where another
/// expense uses it; 422 `exceeds_reservation` with the arithmetic.
pub async fn bind(
    act: &Act<'_>,
    fund: &Fund,
    id: ReservationId,
    expense: &Expense,
) -> Result<(), Failure> {
    let row = repo::reservations::lock(act.tx(), id)
        .await?
        .filter(|row| row.alliance_id == fund.alliance_id);
    let mut row = row.ok_or_else(|| Refused::not_found("reservation"))?;
    if row.fund_id != fund.id {
        return Err(other_fund(fund.id, row.fund_id).into());
    }
    let excess = expense.amount_minor - row.amount_minor;
    if excess > 0 {
        let detail = format!(
            "{} is {excess} more than the {} that was reserved.",
            expense.amount_minor, row.amount_minor
        );
        return Err(Refused::new(&problems::EXCEEDS_RESERVATION, detail)
            .with("reserved_minor", row.amount_minor)
            .with("excess_minor", excess)
            .into());
    }
    require_event(&row, "invoice")?;
    if row.expense_id.is_some() {
        let detail = "Another expense uses this reservation.";
        return Err(Refused::new(&kinds::CONFLICT, detail).into());
    }
    row.expense_id = Some(expense.id);
    store(
        act,
        &mut row,
        ReservationState::Reserved,
        "reservation.bound",
    )
    .await
}

/// Moves the reservation of an expense along with it; without one there is nothing to do.
///
/// # Errors
/// When the database fails.
pub async fn follow(
    act: &Act<'_>,
    expense: &Expense,
    state: ReservationState,
) -> Result<(), Failure> {
    let Some(id) = expense.reservation_id else {
        return Ok(());
    };
    let Some(mut row) = repo::reservations::lock(act.tx(), id).await? else {
        return Ok(());
    };
    if state == ReservationState::Reserved {
        row.expense_id = None;
    }
    store(act, &mut row, state, "reservation.moved").await
}

/// What is set aside for an expense, in minor units.
///
/// # Errors
/// When the database fails.
pub async fn set_aside(act: &Act<'_>, expense: &Expense) -> Result<i64, Failure> {
    let Some(id) = expense.reservation_id else {
        return Ok(0);
    };
    let row = repo::reservations::find(act.tx(), id).await?;
    Ok(row.map_or(0, |row| row.amount_minor))
}

/// Money of one fund was asked for a document of another (F5).
pub fn other_fund(fund: FundId, document: FundId) -> Refused {
    let detail = "Money of a fund leaves it only for documents of that fund.";
    Refused::new(&problems::RESTRICTED_FUND, detail)
        .with("fund_id", fund.to_string())
        .with("document_fund_id", document.to_string())
}

async fn to_change(
    act: &Act<'_>,
    id: ReservationId,
) -> Result<(Fund, Reservation, Standing), Failure> {
    let none = || Refused::not_found("reservation");
    let seen = repo::reservations::find(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::reservations::lock(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    Ok((fund, row, standing))
}

fn require_event(row: &Reservation, event: &str) -> Result<(), Failure> {
    let state = ReservationState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("reservation {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Reservation,
    state: ReservationState,
    action: &str,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::reservations::update(act.tx(), row).await?;
    let data = json!({ "state": state, "expense_id": row.expense_id });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The reservations of a fund; every member may see them.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<Slice<Reservation>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::reservations::list(look.reader(), &fund, page).await?)
}

/// One reservation.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: ReservationId) -> Result<Reservation, Failure> {
    let row = repo::reservations::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("reservation"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    Ok(row)
}
