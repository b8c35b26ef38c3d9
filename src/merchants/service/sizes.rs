//! Sizes: declared by the merchant; verified or disputed by somebody else, in rows that supersede.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::merchants::domain::size;
use crate::merchants::domain::size::SizeEvent;
use crate::merchants::domain::size::SizeStatus;
use crate::merchants::domain::size::Superseded;
use crate::merchants::repo;
use crate::merchants::repo::sizes::SizeFact;
use crate::merchants::service::merchants;
use crate::platform::act::Act;

/// What a merchant states.
#[derive(Debug, Clone, Copy)]
pub struct Declaration<'a> {
    pub measure: &'a str,
    pub value: i64,
    pub unit: &'a str,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
    pub evidence_ref: Option<&'a str>,
    /// The statement that this one corrects.
    pub supersedes: Option<SizeFactId>,
}

/// States a size of one's own merchant. A statement that is declared or disputed may be corrected by naming it.
///
/// # Errors
/// 404 for others than its staff; an empty period; another unit than before; `size_overlaps`;
/// `size_superseded` and `illegal_transition` for a statement that cannot be corrected.
pub async fn declare(
    act: &Act<'_>,
    merchant: MerchantId,
    stated: Declaration<'_>,
) -> Result<SizeFact, Failure> {
    let user = merchants::own(act.tx(), act.caller(), merchant).await?;
    act.enter(None).await?;
    repo::firms::lock_merchant(act.tx(), merchant).await?;
    if let Some(id) = stated.supersedes {
        correctable(act, merchant, id, stated.measure).await?;
    }
    let row = state(act, merchant, stated, SizeStatus::Declared, user).await?;
    let data = json!({ "size_fact_id": row.id, "measure": row.measure });
    act.record("size.declared", None, merchant.0, data).await?;
    Ok(row)
}

/// Passes the newest row of a statement that its merchant may correct: one that nobody verified.
async fn correctable(
    act: &Act<'_>,
    merchant: MerchantId,
    id: SizeFactId,
    measure: &str,
) -> Result<(), Failure> {
    let none = || Refused::field("#/supersedes", "unknown", "There is no such statement.");
    let fact = repo::sizes::one(act.tx(), merchant, id)
        .await?
        .filter(|fact| fact.measure == measure)
        .ok_or_else(none)?;
    if let Some(later) = repo::sizes::successor(act.tx(), merchant, id).await? {
        return Err(Superseded { by: later.id }.into());
    }
    let fine = [SizeStatus::Declared, SizeStatus::Disputed];
    if fine.iter().any(|status| status.as_str() == fact.status) {
        return Ok(());
    }
    Err(Refused::illegal_transition(&fact.status, "correct", &[]).into())
}

/// What an alliance guesses of a merchant that states nothing.
pub type Estimate<'a> = Declaration<'a>;

/// Writes an estimate down; the caller was admitted by a slice above and has locked the merchant.
///
/// # Errors
/// An empty period; another unit than before; `size_overlaps`.
pub async fn estimate_size(
    act: &Act<'_>,
    merchant: MerchantId,
    stated: Estimate<'_>,
) -> Result<SizeFact, Failure> {
    let user = act.user()?.user;
    state(act, merchant, stated, SizeStatus::Estimated, user).await
}

async fn state(
    act: &Act<'_>,
    merchant: MerchantId,
    stated: Declaration<'_>,
    status: SizeStatus,
    user: UserId,
) -> Result<SizeFact, Failure> {
    if stated.valid_to.is_some_and(|end| end <= stated.valid_from) {
        let detail = "The period ends before it begins: 'valid_to' is the first day after it.";
        return Err(Refused::field("#/valid_to", "period_empty", detail).into());
    }
    let unit = repo::sizes::unit_of(act.tx(), merchant, stated.measure).await?;
    if let Some(unit) = unit.filter(|unit| unit != stated.unit) {
        let detail = format!("This measure was stated in '{unit}' before.");
        return Err(Refused::field("#/unit", "unit_mismatch", detail).into());
    }
    let facts = repo::sizes::of_measure(act.tx(), merchant, stated.measure).await?;
    let period = (stated.valid_from, stated.valid_to);
    size::check_overlap(&facts, status, period, stated.supersedes)?;
    let row = SizeFact {
        id: act.fresh(),
        merchant_id: merchant,
        measure: stated.measure.to_owned(),
        value: stated.value,
        unit: stated.unit.to_owned(),
        valid_from: stated.valid_from,
        valid_to: stated.valid_to,
        status: status.as_str().to_owned(),
        evidence_ref: stated.evidence_ref.map(str::to_owned),
        supersedes: stated.supersedes,
        recorded_by: user.0,
        recorded_at: act.now(),
    };
    repo::sizes::insert(act.tx(), &row).await?;
    Ok(row)
}

/// The statements of a merchant, oldest record first; the caller was admitted by a slice above.
///
/// # Errors
/// When the database fails.
pub async fn size_facts(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    measure: Option<&str>,
    page: Page,
) -> Result<Slice<SizeFact>, Failure> {
    Ok(repo::sizes::page(c, merchant, measure, page).await?)
}

/// One statement of a merchant.
///
/// # Errors
/// When the database fails.
pub async fn size_fact(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    id: SizeFactId,
) -> Result<Option<SizeFact>, Failure> {
    Ok(repo::sizes::one(c, merchant, id).await?)
}

/// Carries a statement on under another status; the caller was admitted by a slice above and has
/// locked the merchant.
///
/// # Errors
/// `size_superseded` where a later row carries it already; `illegal_transition`; `size_overlaps` where another
/// verified statement holds on the same days.
pub async fn supersede_size(
    act: &Act<'_>,
    fact: &SizeFact,
    event: SizeEvent,
) -> Result<SizeFact, Failure> {
    let user = act.user()?.user;
    if let Some(later) = repo::sizes::successor(act.tx(), fact.merchant_id, fact.id).await? {
        return Err(Superseded { by: later.id }.into());
    }
    let status = SizeStatus::parse(&fact.status)
        .ok_or_else(|| anyhow::anyhow!("size fact {} has the status '{}'", fact.id, fact.status))?
        .after(event)?;
    let facts = repo::sizes::of_measure(act.tx(), fact.merchant_id, &fact.measure).await?;
    let period = (fact.valid_from, fact.valid_to);
    if status == SizeStatus::Verified {
        size::check_overlap(&facts, status, period, Some(fact.id))?;
    }
    let row = SizeFact {
        id: act.fresh(),
        status: status.as_str().to_owned(),
        supersedes: Some(fact.id),
        recorded_by: user.0,
        recorded_at: act.now(),
        ..fact.clone()
    };
    repo::sizes::insert(act.tx(), &row).await?;
    Ok(row)
}
