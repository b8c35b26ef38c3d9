//! The true-up: once at the close, everybody's season by member-days against what was billed (fund.md 2.6). The
//! differences go out as credit and debit notes; issued notices never change.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::season::Basis;
use crate::funds::domain::state::NoticeKind;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::TrueUp;
use crate::funds::repo::TrueUpLine;
use crate::funds::service::notes;
use crate::funds::service::notes::Notes;
use crate::funds::service::seasons;
use crate::funds::service::seasons::Ending;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TrueUpId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::mandates;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// A true-up as its readers see it.
#[derive(Debug, Clone)]
pub struct TruedUp {
    pub row: TrueUp,
    /// Lines of everybody.
    pub members: usize,
    /// The lines that the reader may see.
    pub lines: Vec<TrueUpLine>,
}

/// Computes the true-up of a fund and stores it; nobody is billed yet.
///
/// # Errors
/// 404, 403; 409 `true_up_exists`, `refund_computed` once the close has begun, or `illegal_transition` where nothing
/// was billed; 422 for every refusal of the split, and `not_offered` for a spend that cannot be split under the fund's
/// policies.
pub async fn propose(
    act: &Act<'_>,
    id: FundId,
    basis: Basis,
    due_on: NaiveDate,
) -> Result<TruedUp, Failure> {
    let (fund, standing) = visible::fund_to_change(act, id).await?;
    act.enter(None).await?;
    refuse_after_close(act, &fund).await?;
    let (total, endings) = compute(act, &fund, &standing, basis).await?;
    visible::require_event(&fund, "issue")?;
    let mut row = TrueUp {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        basis: basis.as_str().to_owned(),
        total_minor: total,
        due_on,
        content_hash: Vec::new(),
        state: "proposed".to_owned(),
        version: 1,
        created_by: standing.user,
        created_at: act.now(),
        applied_by: None,
        applied_at: None,
    };
    row.content_hash = content_hash(&row, &endings);
    let lines: Vec<TrueUpLine> = endings
        .into_iter()
        .map(|ending| TrueUpLine {
            id: act.fresh(),
            alliance_id: fund.alliance_id,
            true_up_id: row.id,
            membership_id: ending.membership,
            merchant_name: ending.merchant_name,
            weight_days: ending.weight_days.to_string(),
            active_days: ending.active_days,
            exact: ending.exact.to_string(),
            billed_minor: ending.billed,
            final_minor: ending.last,
            adjustment_minor: ending.last - ending.billed,
        })
        .collect();
    if !repo::true_ups::insert(act.tx(), &row, &lines).await? {
        let detail = "This fund has a true-up; cancel it before it is applied to make another.";
        return Err(Refused::new(&problems::TRUE_UP_EXISTS, detail).into());
    }
    let data = json!({ "fund_id": fund.id, "total_minor": total, "basis": basis });
    let alliance = Some(fund.alliance_id);
    act.record("true_up.proposed", alliance, row.id.0, data)
        .await?;
    let members = lines.len();
    Ok(TruedUp {
        row,
        members,
        lines,
    })
}

/// Once the close has divided what was not spent, the same money is not settled again (fund.md 2.6: one of the two).
async fn refuse_after_close(act: &Act<'_>, fund: &Fund) -> Result<(), Failure> {
    let Some(closing) = repo::closings::find(act.tx(), fund.id).await? else {
        return Ok(());
    };
    let detail = "The close has divided what was not spent: a true-up would settle it again.";
    Err(Refused::new(&problems::REFUND_COMPUTED, detail)
        .with("unspent_minor", closing.unspent_minor)
        .with("to_members_minor", closing.to_members_minor)
        .into())
}

/// Passes a fund that no true-up has settled: what is billed afterwards would be left out of it.
///
/// # Errors
/// 409 `true_up_exists`.
pub async fn refuse_billing(act: &Act<'_>, fund: &Fund) -> Result<(), Failure> {
    match repo::true_ups::standing(act.tx(), fund.id).await? {
        Some(row) if row.state == "applied" => {
            let detail = "The season is trued up: nothing is billed for it any more.";
            Err(Refused::new(&problems::TRUE_UP_EXISTS, detail)
                .with("true_up_id", row.id.to_string())
                .into())
        }
        _ => Ok(()),
    }
}

/// What a true-up by spend has settled of each member's cash, and the true-up; nothing without one.
///
/// # Errors
/// 409 `true_up_open` while one is neither applied nor cancelled.
pub async fn settled(
    act: &Act<'_>,
    fund: &Fund,
) -> Result<Option<(TrueUp, BTreeMap<MembershipId, i64>)>, Failure> {
    let Some(row) = repo::true_ups::standing(act.tx(), fund.id).await? else {
        return Ok(None);
    };
    if row.state != "applied" {
        let detail = "Apply the true-up of this fund, or cancel it, before the fund closes.";
        return Err(Refused::new(&problems::TRUE_UP_OPEN, detail)
            .with("true_up_id", row.id.to_string())
            .into());
    }
    if row.basis != Basis::Spend.as_str() {
        return Ok(None);
    }
    let lines = repo::true_ups::lines(act.tx(), &row).await?;
    let settled = lines.iter().map(|l| (l.membership_id, l.final_minor));
    Ok(Some((row.clone(), settled.collect())))
}

async fn compute(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    basis: Basis,
) -> Result<(i64, Vec<Ending>), Failure> {
    let spend = match basis {
        Basis::Budget => None,
        Basis::Spend => {
            let spent = AccountKind::Spend.as_str();
            Some(repo::ledger::posted(act.tx(), fund, spent).await?)
        }
    };
    let mut endings = seasons::endings(act, fund, &standing.alliance, spend).await?;
    let mut billed: BTreeMap<MembershipId, i64> = BTreeMap::new();
    let pledged = NoticeKind::Pledge.as_str();
    for notice in repo::notices::all(act.tx(), fund).await? {
        if notice.kind != pledged {
            let own = billed.entry(notice.membership_id).or_default();
            *own = sum([*own, notice.amount_minor, -notice.credited_minor])?;
        }
    }
    for ending in &mut endings {
        ending.billed = billed.get(&ending.membership).copied().unwrap_or_default();
    }
    let total = sum(endings.iter().map(|ending| ending.last))?;
    Ok((total, endings))
}

/// What a true-up says, so that what is applied is what was proposed.
fn content_hash(row: &TrueUp, endings: &[Ending]) -> Vec<u8> {
    let lines: Vec<_> = endings
        .iter()
        .map(|ending| {
            json!({
                "membership_id": ending.membership,
                "billed_minor": ending.billed,
                "final_minor": ending.last,
            })
        })
        .collect();
    mandates::content_hash(&json!({
        "fund_id": row.fund_id,
        "basis": row.basis,
        "due_on": row.due_on,
        "lines": lines,
    }))
}

/// Issues the credit and debit notes, once.
///
/// # Errors
/// 404, 403; 409 `illegal_transition`, `refund_computed` once the close has begun, and `conflict` where bills, members
/// or sizes changed since it was proposed.
pub async fn apply(act: &Act<'_>, id: TrueUpId) -> Result<TruedUp, Failure> {
    let (mut fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_proposed(&row, "apply")?;
    refuse_after_close(act, &fund).await?;
    visible::require_event(&fund, "issue")?;
    let basis = Basis::parse(&row.basis)
        .ok_or_else(|| anyhow::anyhow!("true-up {} has the basis '{}'", row.id, row.basis))?;
    let (_, endings) = compute(act, &fund, &standing, basis).await?;
    if content_hash(&row, &endings) != row.content_hash {
        let detail = "Bills, members or sizes changed since; cancel it and propose another.";
        return Err(Refused::new(&kinds::CONFLICT, detail).into());
    }
    let items: Vec<(MembershipId, i64)> = endings
        .iter()
        .map(|ending| (ending.membership, ending.last - ending.billed))
        .filter(|(_, adjustment)| *adjustment != 0)
        .collect();
    let notes = Notes {
        source: row.id.0,
        mandate: None,
        reason: &format!("True-up of {}", fund.code),
        due_on: row.due_on,
        items: &items,
    };
    notes::issue_notes(act, &mut fund, &standing, &notes).await?;
    "applied".clone_into(&mut row.state);
    row.applied_by = Some(standing.user);
    row.applied_at = Some(act.now());
    row.version += 1;
    repo::true_ups::update(act.tx(), &row).await?;
    let data = json!({ "notes": items.len() });
    act.record("true_up.applied", Some(row.alliance_id), row.id.0, data)
        .await?;
    seen(act, row, &standing).await
}

/// Gives up a true-up before it is applied.
///
/// # Errors
/// 404, 403; 409 `illegal_transition`.
pub async fn cancel(act: &Act<'_>, id: TrueUpId) -> Result<TruedUp, Failure> {
    let (_, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_proposed(&row, "cancel")?;
    "cancelled".clone_into(&mut row.state);
    row.version += 1;
    repo::true_ups::update(act.tx(), &row).await?;
    let alliance = Some(row.alliance_id);
    act.record("true_up.cancelled", alliance, row.id.0, json!({}))
        .await?;
    seen(act, row, &standing).await
}

fn require_proposed(row: &TrueUp, event: &str) -> Result<(), Refused> {
    let allowed: &[&str] = if row.state == "proposed" {
        &["apply", "cancel"]
    } else {
        &[]
    };
    if allowed.contains(&event) {
        Ok(())
    } else {
        Err(Refused::illegal_transition(&row.state, event, allowed))
    }
}

async fn to_change(act: &Act<'_>, id: TrueUpId) -> Result<(Fund, TrueUp, Standing), Failure> {
    let none = || Refused::not_found("true-up");
    let found = repo::true_ups::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), found.alliance_id).await?;
    let fund = visible::locked(act, found.fund_id).await?;
    let row = repo::true_ups::lock(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

async fn seen(act: &Act<'_>, row: TrueUp, standing: &Standing) -> Result<TruedUp, Failure> {
    let lines = repo::true_ups::lines(act.tx(), &row).await?;
    Ok(limited(row, lines, standing))
}

fn limited(row: TrueUp, mut lines: Vec<TrueUpLine>, standing: &Standing) -> TruedUp {
    let members = lines.len();
    if let Some(mine) = visible::lines_of(standing) {
        lines.retain(|line| mine.contains(&line.membership_id));
    }
    TruedUp {
        row,
        members,
        lines,
    }
}

/// The true-ups of a fund, without their lines.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<TrueUp>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::true_ups::list(look.reader(), &fund, page).await?)
}

/// A true-up with the lines that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: TrueUpId) -> Result<TruedUp, Failure> {
    let c = look.reader();
    let row = repo::true_ups::find(c, id)
        .await?
        .ok_or_else(|| Refused::not_found("true-up"))?;
    let standing = alliances::admit(c, look.asker(), row.alliance_id).await?;
    let lines = repo::true_ups::lines(c, &row).await?;
    Ok(limited(row, lines, &standing))
}
