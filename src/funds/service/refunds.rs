//! Refunds: the member chooses cash or credit until the deadline, then the money leaves the fund.

use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::documents::RefundChoice;
use crate::funds::domain::documents::RefundState;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::FundClosing;
use crate::funds::repo::Refund;
use crate::funds::service::closing;
use crate::funds::service::day_in;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::refund_letters;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::RefundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// The member says what it wants.
///
/// # Errors
/// 404 for other members; 409 `deadline_passed`, `no_rollover_fund`, `refund_too_small` where it is carried over in
/// any case, or once it is paid.
pub async fn choose(act: &Act<'_>, id: RefundId, choice: RefundChoice) -> Result<Refund, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    let own = |(member, _): &(_, _)| *member == row.membership_id;
    if !standing.memberships.iter().any(own) {
        return Err(Refused::not_found("refund").into());
    }
    act.enter(Some(row.version)).await?;
    require_event(&row, "choose")?;
    let closing = terms(act, &fund).await?;
    if act.now() >= closing.choose_by {
        let detail = "The choice was open until the deadline.";
        return Err(Refused::new(&kinds::DEADLINE_PASSED, detail)
            .with("deadline", closing.choose_by.to_string())
            .into());
    }
    if row.carried {
        let detail = "This refund is below the limit and stays as credit.";
        return Err(Refused::new(&problems::REFUND_TOO_SMALL, detail)
            .with("amount_minor", row.amount_minor - row.offset_minor)
            .with("de_minimis_minor", closing.de_minimis_minor)
            .into());
    }
    if choice == RefundChoice::Rollover {
        require_rollover_fund(&closing)?;
    }
    row.choice = Some(choice.as_str().to_owned());
    row.version += 1;
    repo::refunds::update(act.tx(), &row).await?;
    let data = json!({ "choice": choice });
    act.record("refund.chosen", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

fn require_rollover_fund(closing: &FundClosing) -> Result<FundId, Refused> {
    closing.rollover_fund_id.ok_or_else(|| {
        let detail = "No fund was named that takes what members leave behind.";
        Refused::new(&problems::NO_ROLLOVER_FUND, detail)
    })
}

/// Pays a refund the way the member chose; without a choice in cash, once the deadline has passed.
///
/// # Errors
/// 409 `choice_open` before the deadline where the member has not chosen, or once it is paid.
pub async fn pay(act: &Act<'_>, id: RefundId) -> Result<Refund, Failure> {
    let (mut fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "pay")?;
    visible::require_event(&fund, "refund")?;
    let closing = terms(act, &fund).await?;
    let choice = row.choice.as_deref().and_then(RefundChoice::parse);
    if row.carried || choice == Some(RefundChoice::Rollover) {
        let target = require_rollover_fund(&closing)?;
        roll_over(
            act,
            &fund,
            target,
            &standing,
            &mut row,
            RefundState::RolledOver,
        )
        .await?;
    } else if choice.is_none() && act.now() < closing.choose_by {
        let detail = "The member may still choose between cash and credit.";
        return Err(Refused::new(&problems::CHOICE_OPEN, detail)
            .with("choose_by", closing.choose_by.to_string())
            .into());
    } else {
        pay_cash(act, &fund, &standing, &mut row).await?;
    }
    refund_letters::paid(act, &fund, &standing, &row).await?;
    closing::settle_if_done(act, &mut fund).await?;
    Ok(row)
}

/// Gives up paying out a refund that nobody takes: it becomes the member's credit in the fund that follows.
///
/// # Errors
/// 409 before the deadline (`choice_open`), without a fund that takes it, or once it is paid.
pub async fn unclaim(act: &Act<'_>, id: RefundId) -> Result<Refund, Failure> {
    let (mut fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "unclaim")?;
    visible::require_event(&fund, "refund")?;
    let closing = terms(act, &fund).await?;
    if act.now() < closing.choose_by {
        let detail = "The member may still choose between cash and credit.";
        return Err(Refused::new(&problems::CHOICE_OPEN, detail)
            .with("choose_by", closing.choose_by.to_string())
            .into());
    }
    let target = require_rollover_fund(&closing)?;
    roll_over(
        act,
        &fund,
        target,
        &standing,
        &mut row,
        RefundState::Unclaimed,
    )
    .await?;
    refund_letters::paid(act, &fund, &standing, &row).await?;
    closing::settle_if_done(act, &mut fund).await?;
    Ok(row)
}

/// Pays a refund and the member's credit with it out of the bank.
///
/// # Errors
/// When the database refuses.
pub async fn pay_cash(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    row: &mut Refund,
) -> Result<(), Failure> {
    let mut legs = leaving(row);
    legs.push(Leg::bank(-due(row)));
    let entry = entry(
        act,
        standing,
        row,
        TransactionKind::Refund,
        format!("Refund of {}", fund.code),
        legs,
    );
    row.transaction_id = Some(journal::post(act, fund, entry).await?);
    store(act, row, RefundState::Paid, "refund.paid").await
}

/// The legs that take a refund and the member's credit off the books.
fn leaving(row: &Refund) -> Vec<Leg> {
    let party = row.membership_id.to_string();
    [
        (
            AccountKind::LevyRefunded,
            row.amount_minor - row.offset_minor,
        ),
        (AccountKind::Credit, row.credit_minor),
    ]
    .into_iter()
    .filter(|(_, amount)| *amount > 0)
    .map(|(kind, amount)| Leg::new(kind, party.clone(), amount))
    .collect()
}

/// What is to be paid out or kept, in minor units.
pub const fn due(row: &Refund) -> i64 {
    row.amount_minor - row.offset_minor + row.credit_minor
}

/// Moves a refund to another fund, which keeps it as the member's credit.
async fn roll_over(
    act: &Act<'_>,
    fund: &Fund,
    target: FundId,
    standing: &Standing,
    row: &mut Refund,
    state: RefundState,
) -> Result<(), Failure> {
    let target = visible::locked(act, target).await?;
    visible::require_event(&target, "take_transfer")?;
    let kind = TransactionKind::Rollover;
    let mut out = leaving(row);
    out.push(Leg::bank(-due(row)));
    let narration = format!("Refund of {} rolls over to {}", fund.code, target.code);
    let out = entry(act, standing, row, kind, narration.clone(), out);
    let kept = vec![
        Leg::bank(due(row)),
        Leg::new(
            AccountKind::Credit,
            row.membership_id.to_string(),
            -due(row),
        ),
    ];
    let kept = entry(act, standing, row, kind, narration, kept);
    let ids = journal::post_across(act, vec![(fund, out), (&target, kept)]).await?;
    row.transaction_id = ids.first().copied();
    row.rollover_fund_id = Some(target.id);
    let action = match state {
        RefundState::Unclaimed => "refund.unclaimed",
        _ => "refund.rolled_over",
    };
    store(act, row, state, action).await
}

fn entry(
    act: &Act<'_>,
    standing: &Standing,
    row: &Refund,
    kind: TransactionKind,
    narration: String,
    legs: Vec<Leg>,
) -> Entry {
    Entry {
        kind,
        document: row.id.0,
        mandate: None,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration,
        legs,
    }
}

async fn terms(act: &Act<'_>, fund: &Fund) -> Result<FundClosing, Failure> {
    let found = repo::closings::find(act.tx(), fund.id).await?;
    found.ok_or_else(|| anyhow::anyhow!("fund {} closes without terms", fund.id).into())
}

/// A refund with its fund and the fund that may take it, all locked, lowest id first.
async fn to_change(act: &Act<'_>, id: RefundId) -> Result<(Fund, Refund, Standing), Failure> {
    let none = || Refused::not_found("refund");
    let seen = repo::refunds::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    visible::require_line(&standing, seen.membership_id, "refund")?;
    let closing = repo::closings::find(act.tx(), seen.fund_id).await?;
    let fund = match closing.and_then(|closing| closing.rollover_fund_id) {
        Some(target) => visible::locked_pair(act, seen.fund_id, target).await?.0,
        None => visible::locked(act, seen.fund_id).await?,
    };
    let row = repo::refunds::lock(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

fn require_event(row: &Refund, event: &str) -> Result<(), Failure> {
    let state = RefundState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("refund {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Refund,
    state: RefundState,
    action: &str,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::refunds::update(act.tx(), row).await?;
    let data = json!({ "amount_minor": due(row) });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The refunds of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Refund>, Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    Ok(repo::refunds::list(look.reader(), &fund, mine.as_deref(), page).await?)
}

/// One refund.
///
/// # Errors
/// 404 for strangers, and for other members.
pub async fn read(look: &Look<'_>, id: RefundId) -> Result<Refund, Failure> {
    let row = repo::refunds::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("refund"))?;
    let standing = alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    visible::require_line(&standing, row.membership_id, "refund")?;
    Ok(row)
}
