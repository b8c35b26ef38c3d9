//! Sizes: declared by the merchant; verified or disputed by somebody else, in rows that supersede.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
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
}

/// States a size of one's own merchant.
///
/// # Errors
/// 404 for others than its staff; an empty period; another unit than before.
pub async fn declare(
    act: &Act<'_>,
    merchant: MerchantId,
    stated: Declaration<'_>,
) -> Result<SizeFact, Failure> {
    let user = merchants::own(act.tx(), act.caller(), merchant).await?;
    act.enter(None).await?;
    if stated.valid_to.is_some_and(|end| end <= stated.valid_from) {
        let detail = "The period ends before it begins: 'valid_to' is the first day after it.";
        return Err(Refused::field("#/valid_to", "period_empty", detail).into());
    }
    repo::firms::lock_merchant(act.tx(), merchant).await?;
    let unit = repo::sizes::unit_of(act.tx(), merchant, stated.measure).await?;
    if let Some(unit) = unit.filter(|unit| unit != stated.unit) {
        let detail = format!("This measure was stated in '{unit}' before.");
        return Err(Refused::field("#/unit", "unit_mismatch", detail).into());
    }
    let row = SizeFact {
        id: act.fresh(),
        merchant_id: merchant,
        measure: stated.measure.to_owned(),
        value: stated.value,
        unit: stated.unit.to_owned(),
        valid_from: stated.valid_from,
        valid_to: stated.valid_to,
        status: SizeStatus::Declared.as_str().to_owned(),
        evidence_ref: stated.evidence_ref.map(str::to_owned),
        supersedes: None,
        recorded_by: user.0,
        recorded_at: act.now(),
    };
    repo::sizes::insert(act.tx(), &row).await?;
    let data = json!({ "size_fact_id": row.id, "measure": row.measure });
    act.record("size.declared", None, merchant.0, data).await?;
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
/// `size_superseded` where a later row carries it already; `illegal_transition`.
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
