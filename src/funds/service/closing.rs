//! The close begins: what was not spent is computed and divided, arrears are set off, and members may choose.
//!
//! From here on nobody pays in and nothing is spent. The fund is settled once every refund and every sponsor's part
//! has left it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::alliances::Standing;
use crate::funds::domain::closing::Sponsored;
use crate::funds::domain::closing::divide;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::refund::DeMinimisMode;
use crate::funds::domain::refund::RefundRefusal;
use crate::funds::domain::settlement::Position;
use crate::funds::domain::settlement::Settlement;
use crate::funds::domain::settlement::settle;
use crate::funds::domain::state::FundState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Deal;
use crate::funds::repo::Fund;
use crate::funds::repo::FundClosing;
use crate::funds::repo::TrueUp;
use crate::funds::service::dues;
use crate::funds::service::funds;
use crate::funds::service::refund_letters;
use crate::funds::service::refunds;
use crate::funds::service::settling;
use crate::funds::service::sponsors;
use crate::funds::service::true_ups;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::SponsorDealId;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// On which terms a fund is closed.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Refunds below it are not paid out, in minor units.
    pub de_minimis_minor: i64,
    pub mode: DeMinimisMode,
    /// The fund that takes what members leave behind.
    pub rollover: Option<FundId>,
    /// Until when members choose between cash and credit.
    pub choose_by: Instant,
}

/// A close that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    pub fund: Fund,
    pub closing: FundClosing,
}

/// Begins the close of a fund.
///
/// # Errors
/// 404 for a rollover fund of another alliance; 422 for one that is the fund itself, where one is needed, for a
/// deadline in the past, `negative_unspent` and `refund_exceeds_paid`; 409 `arrears_open`, `expenses_open`,
/// `reservations_open`, `true_up_open`, `trued_up`, or in any state but `collecting` and `active`.
pub async fn start(act: &Act<'_>, id: FundId, terms: &Terms) -> Result<Begun, Failure> {
    let (seen, standing) = visible::fund(act.tx(), act.asker(), id).await?;
    let target = match terms.rollover {
        Some(target) => Some(require_target(act, &seen, target).await?),
        None => None,
    };
    let (mut fund, target) = lock(act, id, target).await?;
    act.enter(Some(fund.version)).await?;
    check_terms(act, id, terms)?;
    visible::require_event(&fund, "start_closing")?;
    if let Some(target) = &target {
        visible::require_event(target, "take_transfer")?;
    }
    let begun = begin(act, &mut fund, target.as_ref(), &standing, terms).await?;
    refund_letters::begun(act, &fund, &standing, &begun, target.as_ref()).await?;
    settle_if_done(act, &mut fund).await?;
    Ok(Begun {
        fund,
        closing: begun,
    })
}

async fn require_target(act: &Act<'_>, fund: &Fund, id: FundId) -> Result<FundId, Failure> {
    let target = repo::funds::find(act.tx(), id).await?;
    let target = target.filter(|target| target.alliance_id == fund.alliance_id);
    Ok(target.ok_or_else(|| Refused::not_found("fund"))?.id)
}

async fn lock(
    act: &Act<'_>,
    id: FundId,
    target: Option<FundId>,
) -> Result<(Fund, Option<Fund>), Failure> {
    match target.filter(|target| *target != id) {
        Some(target) => {
            let (fund, target) = visible::locked_pair(act, id, target).await?;
            Ok((fund, Some(target)))
        }
        None => Ok((visible::locked(act, id).await?, None)),
    }
}

fn check_terms(act: &Act<'_>, id: FundId, terms: &Terms) -> Result<(), Failure> {
    if terms.rollover == Some(id) {
        let detail = "The fund that closes cannot take what is left of it.";
        return Err(Refused::field("#/rollover_fund_id", "same_fund", detail).into());
    }
    if terms.choose_by < act.now() {
        let detail = "The deadline is in the past.";
        return Err(Refused::field("#/choose_by", "in_the_past", detail).into());
    }
    Ok(())
}

/// Computes and writes what is due to whom; the fund is locked, and collecting or active.
///
/// # Errors
/// As [`start`].
pub async fn begin(
    act: &Act<'_>,
    fund: &mut Fund,
    target: Option<&Fund>,
    standing: &Standing,
    terms: &Terms,
) -> Result<FundClosing, Failure> {
    refuse_open_documents(act, fund).await?;
    let trued_up = true_ups::settled(act, fund).await?;
    let cash = repo::reservations::cash(act.tx(), fund).await?;
    let mut positions = positions(act, fund).await?;
    for (member, settled) in trued_up.iter().flat_map(|(_, settled)| settled) {
        positions.entry(*member).or_default().settled = *settled;
    }
    let mut deals = repo::sponsors::received(act.tx(), fund).await?;
    let unspent = cash.bank - cash.credits;
    let members_cash = sum(positions.values().map(Position::refundable))?;
    let division = divide(unspent, members_cash, &sponsored(&deals)?)
        .map_err(|refusal| nobodys(refusal, trued_up.as_ref().map(|(row, _)| row)))?;
    let limit = terms.de_minimis_minor;
    let settlement = settle(division.to_members, &positions, limit, terms.mode)?;
    refuse_arrears(act, fund, &positions, settlement.arrears).await?;
    require_rollover(target, &settlement)?;
    let row = FundClosing {
        fund_id: fund.id,
        alliance_id: fund.alliance_id,
        unspent_minor: unspent,
        to_members_minor: division.to_members,
        to_sponsors_minor: unspent - division.to_members,
        rolled_minor: settlement.rolled_over,
        de_minimis_minor: limit,
        de_minimis_mode: mode_word(terms.mode).to_owned(),
        rollover_fund_id: target.map(|target| target.id),
        choose_by: terms.choose_by,
        started_by: standing.user,
        started_at: act.now(),
    };
    repo::closings::insert(act.tx(), row.clone()).await?;
    funds::move_to(act, fund, FundState::Closing).await?;
    settling::promise_sponsors(act, &mut deals, &division).await?;
    for member in &settlement.members {
        settling::insert_refund(act, fund, standing, member).await?;
    }
    if let (Some(target), true) = (target, row.rolled_minor > 0) {
        settling::roll_over_whole(act, fund, target, standing, row.rolled_minor).await?;
    }
    let data = json!({ "unspent_minor": unspent, "to_members_minor": row.to_members_minor,
        "to_sponsors_minor": row.to_sponsors_minor, "rolled_minor": row.rolled_minor });
    act.record("fund.closing", Some(fund.alliance_id), fund.id.0, data)
        .await?;
    Ok(row)
}

/// More is left than members and sponsors may get: after a true-up by spend, because that has settled it.
fn nobodys(refusal: RefundRefusal, trued_up: Option<&TrueUp>) -> Failure {
    let (RefundRefusal::RefundExceedsPaid { paid, unspent }, Some(row)) = (&refusal, trued_up)
    else {
        return refusal.into();
    };
    let detail = format!(
        "The true-up by spend has settled what members pay, so that only {paid} of the {unspent} that are left go \
         back: spend the rest, or move it to another fund."
    );
    Refused::new(&problems::TRUED_UP, detail)
        .with("true_up_id", row.id.to_string())
        .with("unspent_minor", *unspent)
        .with("refundable_minor", *paid)
        .into()
}

async fn refuse_open_documents(act: &Act<'_>, fund: &Fund) -> Result<(), Failure> {
    let expenses = repo::expenses::count_open(act.tx(), fund).await?;
    if expenses > 0 {
        let detail = format!("{expenses} expenses are neither paid nor rejected.");
        return Err(Refused::new(&problems::EXPENSES_OPEN, detail)
            .with("expenses", expenses)
            .into());
    }
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

/// What every member has in a fund, from its ledger.
///
/// # Errors
/// When the database fails.
pub async fn positions(
    act: &Act<'_>,
    fund: &Fund,
) -> Result<BTreeMap<MembershipId, Position>, Failure> {
    let mut found: BTreeMap<MembershipId, Position> = BTreeMap::new();
    for (member, paid) in repo::closings::cash_paid(act.tx(), fund).await? {
        found.entry(member).or_default().paid = paid;
    }
    let receivable = AccountKind::Receivable.as_str();
    for (member, owed) in repo::closings::balances(act.tx(), fund, receivable).await? {
        found.entry(member).or_default().arrears = owed;
    }
    let credit = AccountKind::Credit.as_str();
    for (member, kept) in repo::closings::balances(act.tx(), fund, credit).await? {
        found.entry(member).or_default().credit = kept;
    }
    Ok(found)
}

fn sponsored(deals: &[Deal]) -> Result<Vec<Sponsored>, Failure> {
    let of = |deal: &Deal| {
        Ok(Sponsored {
            id: deal.id.to_string(),
            cash: deal.received_minor,
            order: sponsors::rule_of(deal)?,
        })
    };
    deals.iter().map(of).collect()
}

/// Open receivables are collected or written off before a fund closes; what a refund pays is set off.
async fn refuse_arrears(
    act: &Act<'_>,
    fund: &Fund,
    positions: &BTreeMap<MembershipId, Position>,
    left: i64,
) -> Result<(), Failure> {
    if left == 0 {
        return Ok(());
    }
    let due = sum(positions.values().map(|position| position.arrears))?;
    let notices = repo::notices::all(act.tx(), fund).await?;
    let open = |notice: &&repo::Notice| dues::owed(notice).due() > 0;
    let notices = notices.iter().filter(open).count();
    let detail =
        format!("{due} is due on {notices} notices, and refunds do not cover {left} of it.");
    Err(Refused::new(&problems::ARREARS_OPEN, detail)
        .with("notices", notices)
        .with("due_minor", due)
        .with("uncovered_minor", left)
        .into())
}

fn require_rollover(
    target: Option<&Fund>,
    settlement: &Settlement<MembershipId>,
) -> Result<(), Failure> {
    let carried = settlement.members.iter().any(|member| member.carried);
    if target.is_some() || (settlement.rolled_over == 0 && !carried) {
        return Ok(());
    }
    let detail = "Refunds below the limit stay with the alliance: name the fund that takes them.";
    Err(Refused::field("#/rollover_fund_id", "rollover_fund_required", detail).into())
}

/// The word of a mode in the database.
const fn mode_word(mode: DeMinimisMode) -> &'static str {
    match mode {
        DeMinimisMode::PerMember => "per_member",
        DeMinimisMode::AllOrNothing => "all_or_nothing",
    }
}

/// Moves a closing fund on once nothing is due to anybody.
///
/// # Errors
/// When the database fails.
pub async fn settle_if_done(act: &Act<'_>, fund: &mut Fund) -> Result<(), Failure> {
    let refunds = repo::refunds::due(act.tx(), fund).await?;
    let deals = repo::sponsors::received(act.tx(), fund).await?;
    let waiting = |deal: &&Deal| deal.return_minor > 0 && deal.state != "returned";
    if refunds.is_empty() && !deals.iter().any(|deal| waiting(&deal)) {
        funds::move_to(act, fund, FundState::Settled).await?;
    }
    Ok(())
}

/// Pays a sponsor its part of the unspent money.
///
/// # Errors
/// 409 where nothing goes back to it, or in a fund that is not closing.
pub async fn return_match(act: &Act<'_>, id: SponsorDealId) -> Result<Deal, Failure> {
    let (mut fund, mut row, standing) = sponsors::to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    sponsors::require_event(&row, "return")?;
    visible::require_event(&fund, "refund")?;
    if row.return_minor == 0 {
        let detail = "Nothing goes back to this sponsor.";
        return Err(Refused::new(&problems::NOTHING_TO_RETURN, detail).into());
    }
    sponsors::pay_back(act, &fund, &standing, &mut row).await?;
    settle_if_done(act, &mut fund).await?;
    Ok(row)
}

/// The terms on which a fund is closed; `None` before that.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: FundId) -> Result<FundClosing, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), id).await?;
    let found = repo::closings::find(look.reader(), fund.id).await?;
    found.ok_or_else(|| Refused::not_found("closing").into())
}

/// Pays everybody at once: cash to members and sponsors.
///
/// # Errors
/// As the single payments.
pub async fn pay_all(act: &Act<'_>, fund: &mut Fund, standing: &Standing) -> Result<(), Failure> {
    for mut refund in repo::refunds::due(act.tx(), fund).await? {
        refunds::pay_cash(act, fund, standing, &mut refund).await?;
    }
    for mut deal in repo::sponsors::received(act.tx(), fund).await? {
        if deal.return_minor > 0 {
            sponsors::pay_back(act, fund, standing, &mut deal).await?;
        }
    }
    settle_if_done(act, fund).await
}
