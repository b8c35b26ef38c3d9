//! The close of a fund: everything that was due has left it, and every account is brought to zero.
//!
//! *Close income* debits the accounts of income with their balances against the fund's result, *close spending* credits
//! spending, refunds and all else with theirs; the result thereby returns to zero, because income = spending + refunds
//! where bank, receivables, payables and credits are empty (F7).

use serde_json::json;

use crate::alliances::Standing;
use crate::funds::domain::ledger;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Side;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::refund::DeMinimisMode;
use crate::funds::domain::state::FundState;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::service::closing;
use crate::funds::service::closing::Terms;
use crate::funds::service::day_in;
use crate::funds::service::funds;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::refund_letters;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

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

/// Closes a fund for good: a settled one, or one with nothing to choose in a single step, in which everybody is paid
/// in cash.
///
/// # Errors
/// 409 while it is closing or planned; in a single step also every refusal of [`closing::start`].
pub async fn close(act: &Act<'_>, id: FundId) -> Result<Closed, Failure> {
    let (mut fund, standing) = visible::fund_to_change(act, id).await?;
    act.enter(Some(fund.version)).await?;
    visible::require_event(&fund, "close")?;
    let collected = sum(repo::closings::cash_paid(act.tx(), &fund)
        .await?
        .into_values())?;
    let spent = refund_letters::spent(act, &fund).await?;
    if fund.state != FundState::Settled.as_str() {
        settle_at_once(act, &mut fund, &standing, spent).await?;
    }
    let terms = repo::closings::find(act.tx(), fund.id).await?;
    close_accounts(act, &fund, &standing).await?;
    journal::assert_closed(act, &fund).await?;
    funds::move_to(act, &mut fund, FundState::Closed).await?;
    let closed = Closed {
        collected,
        fund,
        spent,
        unspent: terms.map_or(0, |terms| terms.unspent_minor),
    };
    let data = json!({ "unspent_minor": closed.unspent, "spent_minor": spent });
    let alliance = Some(closed.fund.alliance_id);
    act.record("fund.closed", alliance, closed.fund.id.0, data)
        .await?;
    let fact = json!({ "fund_id": closed.fund.id });
    act.publish("fund.closed", alliance, fact).await?;
    Ok(closed)
}

/// Begins the close and pays everybody in cash.
async fn settle_at_once(
    act: &Act<'_>,
    fund: &mut Fund,
    standing: &Standing,
    spent: i64,
) -> Result<(), Failure> {
    let terms = Terms {
        de_minimis_minor: 0,
        mode: DeMinimisMode::PerMember,
        rollover: None,
        choose_by: act.now(),
    };
    let begun = closing::begin(act, fund, None, standing, &terms).await?;
    closing::pay_all(act, fund, standing).await?;
    refund_letters::closed(act, fund, standing, &begun, spent).await
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

/// Accounts that stand for money, goods and debts: they are empty by now, or the close is refused.
const fn is_real(kind: AccountKind) -> bool {
    matches!(
        kind,
        AccountKind::Bank
            | AccountKind::Receivable
            | AccountKind::Payable
            | AccountKind::Credit
            | AccountKind::Result
    )
}

async fn close_accounts(act: &Act<'_>, fund: &Fund, standing: &Standing) -> Result<(), Failure> {
    let nominal = balances(act, fund).await?;
    let nominal = nominal.into_iter().filter(|(kind, ..)| !is_real(*kind));
    let (income, spending): (Balances, Balances) =
        nominal.partition(|(kind, ..)| kind.normal_side() == Side::Credit);
    for (kind, balances) in [
        (TransactionKind::CloseIncome, income),
        (TransactionKind::CloseSpending, spending),
    ] {
        let Some(legs) = ledger::closing(&balances)? else {
            continue;
        };
        let entry = Entry {
            kind,
            document: fund.id.0,
            mandate: None,
            effective: day_in(standing.alliance.time_zone, act.now()),
            narration: format!("Close of {}", fund.code),
            legs,
        };
        journal::post(act, fund, entry).await?;
    }
    Ok(())
}
