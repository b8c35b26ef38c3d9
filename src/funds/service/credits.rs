//! Members' credits: what arrived above what was due pays later notices, or is paid out.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances::Standing;
use crate::funds::domain::allocation::allocate;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::letters;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::CreditPart;
use crate::funds::repo::CreditUse;
use crate::funds::repo::Fund;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::payments;
use crate::funds::service::post;
use crate::funds::service::visible;
use crate::kernel::ids::CreditUseId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// A use of credit and what it paid; nothing where it was paid out.
#[derive(Debug, Clone)]
pub struct Used {
    pub row: CreditUse,
    pub parts: Vec<CreditPart>,
}

/// What stands on a member's credit account, in minor units.
///
/// # Errors
/// When the database fails.
pub async fn held(
    c: &impl sea_orm::ConnectionTrait,
    fund: &Fund,
    membership: MembershipId,
) -> Result<i64, Failure> {
    let kind = AccountKind::Credit.as_str();
    let balance = repo::ledger::balance_of(c, fund.id, kind, &membership.to_string()).await?;
    Ok(-balance.unwrap_or(0))
}

/// Pays notices out of a member's credit: `amount` or as much as is due, on the notices that are named, then the
/// oldest.
///
/// # Errors
/// 404 for a membership of another alliance; 422 `allocation_exceeds_due`; 409 `credit_spent` with `by_minor`.
pub async fn allocate_credit(
    act: &Act<'_>,
    fund: FundId,
    membership: MembershipId,
    amount: Option<i64>,
    named: &[(LevyNoticeId, i64)],
) -> Result<Used, Failure> {
    let (mut fund, standing) = visible::fund_to_change(act, fund).await?;
    visible::membership(act.tx(), fund.alliance_id, membership).await?;
    act.enter(None).await?;
    let notices = repo::notices::of_member(act.tx(), &fund, membership).await?;
    let open = dues::open(&notices)?;
    let due = sum(open.iter().filter(|item| !item.waits).map(|item| item.due))?;
    let held = held(act.tx(), &fund, membership).await?;
    let amount = amount.unwrap_or(std::cmp::min(held, due));
    let (parts, left) = allocate(amount, &open, named)?;
    if left > 0 || amount == 0 {
        return Err(nothing_due(amount, due).into());
    }
    visible::require_event(&fund, "receive")?;
    require_held(held, amount)?;
    let today = dues::today(act, &standing);
    let parts = payments::of_notices(&notices, &parts);
    let new = New {
        kind: TransactionKind::CreditAllocation,
        word: "allocation",
        membership,
        amount,
        used_on: today,
        reference: "Credit used",
    };
    let party = membership.to_string();
    let receivable = Leg::new(AccountKind::Receivable, party, -amount);
    let allocations: Vec<(LevyNoticeId, i64)> = parts
        .iter()
        .map(|(notice, part)| (notice.id, *part))
        .collect();
    let used = store(act, &fund, &standing, &new, receivable, &allocations).await?;
    dues::pay(act, &parts, today).await?;
    dues::follow(act, &mut fund).await?;
    Ok(used)
}

fn nothing_due(amount: i64, due: i64) -> Refused {
    let excess = amount - due;
    let detail = format!("{amount} is {excess} more than the {due} that is due.");
    Refused::new(&problems::ALLOCATION_EXCEEDS_DUE, detail)
        .with("due_minor", due)
        .with("excess_minor", excess)
}

fn require_held(held: i64, amount: i64) -> Result<(), Refused> {
    if amount <= held {
        return Ok(());
    }
    let by = amount - held;
    let detail = format!("The member's credit is {held}, {by} less than that.");
    Err(Refused::new(&problems::CREDIT_SPENT, detail)
        .with("by_minor", by)
        .with("balance_minor", held))
}

/// Pays credit out to the member.
///
/// # Errors
/// 404 for a membership of another alliance; 422 for a day to come; 409 `credit_spent` and `fund_overdrawn` with
/// `by_minor`, and in a fund that is not open.
pub async fn pay_out(
    act: &Act<'_>,
    fund: FundId,
    membership: MembershipId,
    amount: i64,
    paid_on: NaiveDate,
    reference: &str,
) -> Result<Used, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    visible::membership(act.tx(), fund.alliance_id, membership).await?;
    act.enter(None).await?;
    if paid_on > day_in(standing.alliance.time_zone, act.now()) {
        let detail = "The day is yet to come.";
        return Err(Refused::field("#/paid_on", "in_the_future", detail).into());
    }
    visible::require_event(&fund, "receive")?;
    require_held(held(act.tx(), &fund, membership).await?, amount)?;
    let new = New {
        kind: TransactionKind::CreditPayout,
        word: "payout",
        membership,
        amount,
        used_on: paid_on,
        reference,
    };
    let used = store(act, &fund, &standing, &new, Leg::bank(-amount), &[]).await?;
    let mut vars = post::facts(act, &fund).await?;
    vars["amount"] = post::amount(&fund, amount)?;
    vars["reference"] = json!(reference);
    let key = format!("credit-payout:{}", used.row.id);
    post::to_member(
        act,
        &fund,
        membership,
        &letters::CREDIT_PAID_OUT,
        &vars,
        &key,
    )
    .await?;
    Ok(used)
}

struct New<'a> {
    kind: TransactionKind,
    word: &'a str,
    membership: MembershipId,
    amount: i64,
    used_on: NaiveDate,
    reference: &'a str,
}

async fn store(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    new: &New<'_>,
    against: Leg,
    allocations: &[(LevyNoticeId, i64)],
) -> Result<Used, Failure> {
    let id: CreditUseId = act.fresh();
    let party = new.membership.to_string();
    let entry = Entry {
        kind: new.kind,
        document: id.0,
        mandate: None,
        effective: new.used_on,
        narration: new.reference.to_owned(),
        legs: vec![Leg::new(AccountKind::Credit, party, new.amount), against],
    };
    let row = CreditUse {
        id,
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        membership_id: new.membership,
        kind: new.word.to_owned(),
        amount_minor: new.amount,
        used_on: new.used_on,
        reference: new.reference.to_owned(),
        transaction_id: journal::post(act, fund, entry).await?,
        recorded_by: standing.user,
        recorded_at: act.now(),
    };
    let part = |(notice_id, amount_minor): &(LevyNoticeId, i64)| CreditPart {
        credit_use_id: id,
        notice_id: *notice_id,
        alliance_id: fund.alliance_id,
        amount_minor: *amount_minor,
    };
    let parts: Vec<CreditPart> = allocations.iter().map(part).collect();
    repo::credits::insert_use(act.tx(), row.clone(), parts.clone()).await?;
    let data = json!({ "fund_id": fund.id, "membership_id": new.membership,
        "amount_minor": new.amount, "kind": new.word });
    act.record("credit.used", Some(fund.alliance_id), id.0, data)
        .await?;
    Ok(Used { row, parts })
}

/// What members' credits of a fund were used for, as far as the caller may see it.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Used>, Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    let slice = repo::credits::list_uses(look.reader(), &fund, mine.as_deref(), page).await?;
    let ids: Vec<CreditUseId> = slice.items.iter().map(|row| row.id).collect();
    let parts = repo::credits::parts_of_uses(look.reader(), &ids).await?;
    Ok(slice.map(|row| Used {
        parts: parts
            .iter()
            .filter(|part| part.credit_use_id == row.id)
            .cloned()
            .collect(),
        row,
    }))
}
