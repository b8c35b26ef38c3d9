//! The close of a fund: what was not spent goes back by what each member paid, and every account reads zero.
//!
//! Three transactions. *Refund*: each member's refunded levy is debited, the bank credited with all of it, and
//! is empty then. *Close income*: every levy account is debited with its balance against the fund's result.
//! *Close spending*: spending and refunded levies are credited with theirs against the result, which thereby
//! returns to zero, because income = spending + refunds where bank and receivables are empty (F7).

use serde_json::json;
use std::collections::BTreeMap;

use crate::alliances::Standing;
use crate::funds::domain::bought::bought;
use crate::funds::domain::ledger;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::refund::Contribution;
use crate::funds::domain::refund::DeMinimisMode;
use crate::funds::domain::refund::refund;
use crate::funds::domain::state::FundState;
use crate::funds::letters;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Refund;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::funds;
use crate::funds::service::issue;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::format_minor;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What a close found and did, in minor units.
#[derive(Debug, Clone)]
pub struct Closed {
    pub fund: Fund,
    /// Cash that members paid.
    pub collected: i64,
    pub spent: i64,
    /// What went back.
    pub unspent: i64,
}

/// One member's cash: paid, and coming back.
struct Member {
    membership: MembershipId,
    paid: i64,
    refund: i64,
    bought: i64,
}

/// Closes a fund for good and pays the refunds.
///
/// # Errors
/// 409 in any state but `collecting` and `active`, `arrears_open`, `expenses_open`.
pub async fn close(act: &Act<'_>, id: FundId) -> Result<Closed, Failure> {
    let (mut fund, standing) = visible::fund_to_change(act, id).await?;
    act.enter(Some(fund.version)).await?;
    visible::require_event(&fund, "close")?;
    let notices = repo::notices::all(act.tx(), &fund).await?;
    refuse_arrears(&notices)?;
    refuse_open_expenses(act, &fund).await?;
    refuse_reservations(act, &fund).await?;
    let balances = balances(act, &fund).await?;
    let unspent = total(&balances, AccountKind::Bank)?;
    let spent = total(&balances, AccountKind::Spend)?;
    let members = members(&notices, unspent, spent)?;
    funds::move_to(act, &mut fund, FundState::Closing).await?;
    pay_refunds(act, &fund, &standing, &members).await?;
    funds::move_to(act, &mut fund, FundState::Settled).await?;
    close_accounts(act, &fund, &standing).await?;
    journal::assert_closed(act, &fund).await?;
    funds::move_to(act, &mut fund, FundState::Closed).await?;
    let closed = Closed {
        collected: sum(members.iter().map(|m| m.paid))?,
        fund,
        spent,
        unspent,
    };
    let data = json!({ "unspent_minor": unspent, "spent_minor": spent });
    let alliance = Some(closed.fund.alliance_id);
    act.record("fund.closed", alliance, closed.fund.id.0, data.clone())
        .await?;
    act.publish(
        "fund.closed",
        alliance,
        json!({ "fund_id": closed.fund.id }),
    )
    .await?;
    write(act, &standing, &closed, &members).await?;
    Ok(closed)
}

fn refuse_arrears(notices: &[Notice]) -> Result<(), Failure> {
    let open: Vec<i64> = notices
        .iter()
        .map(|notice| dues::owed(notice).due())
        .filter(|due| *due > 0)
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let due = sum(open.iter().copied())?;
    let detail = format!("{} notices are not paid; {due} is due on them.", open.len());
    Err(Refused::new(&problems::ARREARS_OPEN, detail)
        .with("notices", open.len())
        .with("due_minor", due)
        .into())
}

async fn refuse_open_expenses(act: &Act<'_>, fund: &Fund) -> Result<(), Failure> {
    let open = repo::expenses::count_open(act.tx(), fund).await?;
    if open == 0 {
        return Ok(());
    }
    let detail = format!("{open} expenses are neither paid nor rejected.");
    Err(Refused::new(&problems::EXPENSES_OPEN, detail)
        .with("expenses", open)
        .into())
}

async fn refuse_reservations(act: &Act<'_>, fund: &Fund) -> Result<(), Failure> {
    let open = repo::reservations::open(act.tx(), fund).await?;
    if open.is_empty() {
        return Ok(());
    }
    let reserved = sum(open.iter().map(|row| row.amount_minor))?;
    let detail = format!(
        "{} reservations of together {reserved} are open.",
        open.len()
    );
    Err(Refused::new(&problems::RESERVATIONS_OPEN, detail)
        .with("reservations", open.len())
        .with("reserved_minor", reserved)
        .into())
}

type Balances = Vec<(AccountKind, String, i64)>;

async fn balances(act: &Act<'_>, fund: &Fund) -> Result<Balances, Failure> {
    let accounts = repo::ledger::accounts(act.tx(), fund).await?;
    let known = accounts.into_iter().map(|account| {
        let kind = AccountKind::parse(&account.kind)
            .ok_or_else(|| anyhow::anyhow!("account {} is '{}'", account.id, account.kind))?;
        Ok((kind, account.party, account.balance_minor))
    });
    known.collect()
}

fn total(balances: &Balances, kind: AccountKind) -> Result<i64, Failure> {
    let of_kind = balances.iter().filter(|(k, ..)| *k == kind);
    Ok(sum(of_kind.map(|(.., balance)| *balance))?)
}

/// What every billed member paid, gets back, and has bought.
fn members(notices: &[Notice], unspent: i64, spent: i64) -> Result<Vec<Member>, Failure> {
    let mut paid: BTreeMap<MembershipId, i64> = BTreeMap::new();
    for notice in notices {
        let sum = paid.entry(notice.membership_id).or_default();
        *sum = ledger::moved(*sum, notice.paid_minor)?;
    }
    let contributions: Vec<Contribution> = paid
        .iter()
        .map(|(id, paid)| Contribution {
            id: id.to_string(),
            paid: *paid,
            ..Contribution::default()
        })
        .collect();
    let back = refund(unspent, &contributions, 0, DeMinimisMode::PerMember)?;
    let named: Vec<(String, i64)> = contributions.into_iter().map(|c| (c.id, c.paid)).collect();
    let bought = bought(spent, &named)?;
    let member = |(((membership, paid), line), bought)| {
        let line: crate::funds::domain::refund::RefundLine = line;
        Member {
            membership,
            paid,
            refund: line.cash,
            bought,
        }
    };
    Ok(paid
        .into_iter()
        .zip(back.lines)
        .zip(bought)
        .map(member)
        .collect())
}

async fn pay_refunds(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    members: &[Member],
) -> Result<(), Failure> {
    let due: Vec<&Member> = members.iter().filter(|m| m.refund > 0).collect();
    let mut legs: Vec<Leg> = due
        .iter()
        .map(|m| {
            Leg::new(
                AccountKind::LevyRefunded,
                m.membership.to_string(),
                m.refund,
            )
        })
        .collect();
    if legs.is_empty() {
        return Ok(());
    }
    legs.push(Leg::bank(-sum(due.iter().map(|m| m.refund))?));
    let id = post(act, fund, standing, TransactionKind::Refund, legs).await?;
    for member in due {
        let row = Refund {
            id: act.fresh(),
            alliance_id: fund.alliance_id,
            fund_id: fund.id,
            membership_id: member.membership,
            paid_minor: member.paid,
            amount_minor: member.refund,
            state: "paid".to_owned(),
            transaction_id: Some(id),
            created_at: act.now(),
        };
        repo::refunds::insert(act.tx(), row).await?;
    }
    Ok(())
}

async fn close_accounts(act: &Act<'_>, fund: &Fund, standing: &Standing) -> Result<(), Failure> {
    let balances = balances(act, fund).await?;
    let (income, other): (Balances, Balances) = balances
        .into_iter()
        .partition(|(kind, ..)| *kind == AccountKind::Levy);
    let spending: Balances = other
        .into_iter()
        .filter(|(kind, ..)| matches!(kind, AccountKind::Spend | AccountKind::LevyRefunded))
        .collect();
    if let Some(legs) = ledger::closing(&income)? {
        post(act, fund, standing, TransactionKind::CloseIncome, legs).await?;
    }
    if let Some(legs) = ledger::closing(&spending)? {
        post(act, fund, standing, TransactionKind::CloseSpending, legs).await?;
    }
    Ok(())
}

async fn post(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    kind: TransactionKind,
    legs: Vec<Leg>,
) -> Result<LedgerTransactionId, Failure> {
    let entry = Entry {
        kind,
        document: fund.id.0,
        mandate: None,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration: format!("Close of {}", fund.code),
        legs,
    };
    journal::post(act, fund, entry).await
}

/// Tells every billed member what comes back.
async fn write(
    act: &Act<'_>,
    standing: &Standing,
    closed: &Closed,
    members: &[Member],
) -> Result<(), Failure> {
    let fund = &closed.fund;
    let currency = visible::currency_of(fund)?;
    let ids: Vec<MembershipId> = members.iter().map(|m| m.membership).collect();
    let contacts = issue::contacts(act, fund.alliance_id, &ids).await?;
    let mut letters = Vec::new();
    for member in members {
        let vars = json!({
            "alliance": standing.alliance.name,
            "fund": fund.name,
            "code": fund.code,
            "currency": fund.currency,
            "paid": format_minor(member.paid, currency),
            "bought": format_minor(member.bought, currency),
            "refund": format_minor(member.refund, currency),
            "collected": format_minor(closed.collected, currency),
            "spent": format_minor(closed.spent, currency),
            "unspent": format_minor(closed.unspent, currency),
        });
        for contact in contacts
            .iter()
            .filter(|c| c.membership == member.membership)
        {
            let key = format!("fund-closed:{}:{}", fund.id, contact.person.id);
            let key = format!("{key}:{}", member.membership);
            letters.push(issue::letter(fund, contact, &letters::CLOSED, &vars, key)?);
        }
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    Ok(())
}

/// The refunds of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn refunds(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Refund>, Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    Ok(repo::refunds::list(look.reader(), &fund, mine.as_deref(), page).await?)
}
