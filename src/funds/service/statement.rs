//! A member's statement: what it owed, was billed, paid and got back, and what its money bought (fund.md 3.4).
//!
//! Everything is read from the member's accounts, so that a statement cannot tell another story than the ledger.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use chrono::NaiveDate;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::bought::bought;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::repo;
use crate::funds::repo::Allocation;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::statements::KindSum;
use crate::funds::repo::statements::Movement;
use crate::funds::repo::statements::Which;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Look;
use crate::platform::db::Reader;

/// What part of a statement is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    pub fund: Option<FundId>,
    /// The first and the last day.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// A line of a statement.
#[derive(Debug, Clone)]
pub struct StatementLine {
    pub movement: Movement,
    /// What the member owes after it, its credit taken off.
    pub balance_minor: i64,
    /// Of notices.
    pub notice: Option<Notice>,
    /// What a payment was spent on, with the notices' numbers.
    pub allocations: Vec<(Allocation, i64)>,
}

/// A fund in a statement; amounts in minor units.
#[derive(Debug, Clone)]
pub struct FundShare {
    pub fund: Fund,
    /// What the fund did to the member in the period, by kind of transaction.
    pub kinds: Vec<KindSum>,
    /// Cash that the member paid into the fund so far.
    pub paid_minor: i64,
    /// What the fund spent so far.
    pub spent_minor: i64,
    /// The member's share of that, by cash paid.
    pub share_of_spend_minor: i64,
}

/// One page of a statement.
#[derive(Debug, Clone)]
pub struct Statement {
    pub membership: MembershipId,
    pub name: String,
    pub number: i64,
    pub wanted: Wanted,
    pub opening_minor: i64,
    pub closing_minor: i64,
    pub funds: Vec<FundShare>,
    pub lines: Slice<StatementLine>,
}

/// The statement of the member that the caller acts for.
///
/// # Errors
/// 404 for strangers and for a fund of another alliance; 422 where the caller acts for several members.
pub async fn mine(
    look: &Look<'_>,
    alliance: AllianceId,
    membership: Option<MembershipId>,
    wanted: Wanted,
    page: Page,
) -> Result<Statement, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let membership = standing.acting_for(membership)?;
    read(look, &standing, membership, wanted, page).await
}

/// The statement of any member, for those who may see its line, and for itself.
///
/// # Errors
/// 404 for strangers, for another member's staff, and for a fund of another alliance.
pub async fn of_membership(
    look: &Look<'_>,
    membership: MembershipId,
    wanted: Wanted,
    page: Page,
) -> Result<Statement, Failure> {
    let alliance = alliances::alliance_of(look.reader(), membership).await?;
    let alliance = alliance.ok_or_else(|| Refused::not_found("membership"))?;
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    visible::require_line(&standing, membership, "membership")?;
    read(look, &standing, membership, wanted, page).await
}

async fn read(
    look: &Look<'_>,
    standing: &Standing,
    membership: MembershipId,
    wanted: Wanted,
    page: Page,
) -> Result<Statement, Failure> {
    let (c, alliance) = (look.reader(), standing.alliance.id);
    let code = alliances::member_codes(c, alliance, &[membership]).await?;
    let code = code.into_iter().next();
    let code = code.ok_or_else(|| Refused::not_found("membership"))?;
    let which = Which {
        alliance,
        party: membership.to_string(),
        fund: wanted.fund,
        from: wanted.from,
        to: wanted.to,
    };
    let opening_minor = opening(c, &which).await?;
    let sums = repo::statements::sums(c, &which).await?;
    let closing_minor = sum([opening_minor, sum(sums.iter().map(|s| s.due_minor))?])?;
    let place = match page.after {
        None => None,
        Some(id) => repo::statements::place_of(c, alliance, id).await?,
    };
    let before = match place {
        None => 0,
        Some(place) => repo::statements::due_through(c, &which, place).await?,
    };
    let rows = repo::statements::movements(c, &which, place, page.limit + 1).await?;
    let slice = Slice::cut(rows, page, |row| row.id.0);
    let balance = sum([opening_minor, before])?;
    Ok(Statement {
        funds: funds(look, alliance, wanted, membership, sums).await?,
        lines: Slice {
            items: lines(c, alliance, membership, slice.items, balance).await?,
            next: slice.next,
        },
        membership,
        name: code.name,
        number: code.number,
        wanted,
        opening_minor,
        closing_minor,
    })
}

/// What the member owed on the day before the period.
async fn opening(c: &Reader, which: &Which) -> Result<i64, Failure> {
    let Some(before) = which.from.and_then(|day| day.pred_opt()) else {
        return Ok(0);
    };
    let earlier = Which {
        from: None,
        to: Some(before),
        ..which.clone()
    };
    let sums = repo::statements::sums(c, &earlier).await?;
    Ok(sum(sums.iter().map(|s| s.due_minor))?)
}

/// Movements with the balance after each, the notice that was billed, and what a payment was spent on.
async fn lines(
    c: &Reader,
    alliance: AllianceId,
    membership: MembershipId,
    movements: Vec<Movement>,
    mut balance: i64,
) -> Result<Vec<StatementLine>, Failure> {
    let mut billed = billed(c, alliance, membership, &movements).await?;
    let documents: Vec<PaymentId> = movements
        .iter()
        .map(|row| PaymentId(row.document_ref))
        .collect();
    let allocations = repo::payments::allocations(c, alliance, &documents).await?;
    let mut notices: Vec<LevyNoticeId> = allocations.iter().map(|part| part.notice_id).collect();
    notices.sort_unstable();
    notices.dedup();
    let notices = repo::notices::by_ids(c, &notices).await?;
    let number: HashMap<LevyNoticeId, i64> = notices.iter().map(|n| (n.id, n.number)).collect();
    let mut parts: HashMap<uuid::Uuid, Vec<(Allocation, i64)>> = HashMap::new();
    for part in allocations {
        let number = number.get(&part.notice_id).copied().unwrap_or(0);
        parts
            .entry(part.payment_id.0)
            .or_default()
            .push((part, number));
    }
    let mut lines = Vec::with_capacity(movements.len());
    for movement in movements {
        balance = sum([balance, movement.due_minor])?;
        lines.push(StatementLine {
            balance_minor: balance,
            notice: billed.remove(&movement.document_ref),
            allocations: parts
                .get(&movement.document_ref)
                .cloned()
                .unwrap_or_default(),
            movement,
        });
    }
    Ok(lines)
}

/// The notices of those of the movements that are levies, by their assessments.
async fn billed(
    c: &Reader,
    alliance: AllianceId,
    membership: MembershipId,
    movements: &[Movement],
) -> Result<HashMap<uuid::Uuid, Notice>, Failure> {
    let levies = || {
        let levy = TransactionKind::Levy.as_str();
        movements.iter().filter(move |row| row.kind == levy)
    };
    let funds: Vec<FundId> = levies().map(|row| row.fund_id).collect();
    let assessments: Vec<AssessmentId> =
        levies().map(|row| AssessmentId(row.document_ref)).collect();
    let rows = repo::notices::of_assessments(c, alliance, &funds, membership, &assessments).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.assessment_id?.0, row)))
        .collect())
}

async fn funds(
    look: &Look<'_>,
    alliance: AllianceId,
    wanted: Wanted,
    membership: MembershipId,
    sums: Vec<KindSum>,
) -> Result<Vec<FundShare>, Failure> {
    let mut by_fund: BTreeMap<FundId, Vec<KindSum>> = BTreeMap::new();
    if let Some(fund) = wanted.fund {
        by_fund.insert(fund, Vec::new());
    }
    for row in sums {
        by_fund.entry(row.fund_id).or_default().push(row);
    }
    let mut shares = Vec::with_capacity(by_fund.len());
    for (id, kinds) in by_fund {
        let fund = repo::funds::find(look.reader(), id).await?;
        let fund = fund.filter(|fund| fund.alliance_id == alliance);
        let fund = fund.ok_or_else(|| Refused::not_found("fund"))?;
        let (spent, all) = shares_of(look, &fund).await?;
        let (paid_minor, share) = all.get(&membership.to_string()).copied().unwrap_or((0, 0));
        shares.push(FundShare {
            fund,
            kinds,
            paid_minor,
            spent_minor: spent,
            share_of_spend_minor: share,
        });
    }
    Ok(shares)
}

/// What a fund spent, and what each party paid and has of it.
type Shares = (i64, Arc<HashMap<String, (i64, i64)>>);

/// The shares of one fund as of its newest transaction.
#[derive(Clone)]
struct Known {
    newest: i64,
    /// Cash by party.
    paid: Arc<BTreeMap<String, i64>>,
    shares: Shares,
}

/// The shares of the funds that were asked for last: splitting what a fund spent takes all its members, and most
/// readers ask between two transactions. What was paid is carried on from there; the ledger only grows.
#[derive(Default)]
struct Kept(Mutex<BTreeMap<FundId, Known>>);

/// Funds whose shares are kept.
const KEPT: usize = 32;

async fn shares_of(look: &Look<'_>, fund: &Fund) -> Result<Shares, Failure> {
    let c = look.reader();
    let newest = repo::ledger::head(c, fund.id)
        .await?
        .map_or(0, |row| row.sequence);
    let kept = look.ctx.shared::<Kept>();
    let known = kept
        .0
        .lock()
        .ok()
        .and_then(|kept| kept.get(&fund.id).cloned());
    if let Some(known) = &known
        && known.newest == newest
    {
        return Ok(known.shares.clone());
    }
    let (after, mut paid) = known.map_or((0, BTreeMap::new()), |known| {
        (known.newest, BTreeMap::clone(&known.paid))
    });
    for (party, more) in repo::statements::cash_paid(c, fund, (after, newest)).await? {
        let total = paid.entry(party).or_default();
        *total = sum([*total, more])?;
    }
    let spent = repo::statements::holdings(c, fund).await?;
    let spent = spent
        .iter()
        .filter(|row| row.kind == AccountKind::Spend.as_str());
    let spent = sum(spent.map(|row| row.balance_minor))?;
    let parts: Vec<(String, i64)> = paid.iter().map(|(p, paid)| (p.clone(), *paid)).collect();
    let bought = bought(spent.max(0), &parts)?;
    let all = parts.into_iter().zip(bought);
    let all = all
        .map(|((party, paid), part)| (party, (paid, part)))
        .collect();
    let known = Known {
        newest,
        paid: Arc::new(paid),
        shares: (spent, Arc::new(all)),
    };
    let shares = known.shares.clone();
    if let Ok(mut kept) = kept.0.lock() {
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(fund.id, known);
    }
    Ok(shares)
}
