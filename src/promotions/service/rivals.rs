//! What else a merchant takes part in at the same time, in whichever alliance.

use std::collections::HashMap;

use chrono::DateTime;
use chrono::Utc;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::promotions::domain::claims::Part;
use crate::promotions::domain::offers::Accepted;
use crate::promotions::problems;
use crate::promotions::repo;
use crate::promotions::repo::Phase;
use crate::promotions::repo::enrolments;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::service::loaded::Loaded;

/// Another promotion that a merchant takes part in.
#[derive(Debug, Clone)]
pub struct Rival {
    pub enrolment: Enrolment,
    pub loaded: Loaded,
    pub part: Part,
}

/// Two parts that cannot both be played.
#[derive(Debug, Clone)]
pub struct Clash {
    pub enrolment: EnrolmentId,
    fact: Value,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

/// The products of an enrolment.
///
/// # Errors
/// Where the row holds none of ours.
pub fn products(row: &Enrolment) -> Result<Vec<Accepted>, Failure> {
    serde_json::from_value(row.items.clone())
        .map_err(|error| anyhow::anyhow!("enrolment {} has broken items: {error}", row.id).into())
}

/// What a member's part in a promotion claims, with these products.
///
/// # Errors
/// Where the row holds no terms of ours.
pub fn part_of(loaded: &Loaded, products: &[Accepted]) -> Result<Part, Failure> {
    let products = products
        .iter()
        .map(|item| (item.sku.clone(), item.category.clone()));
    Ok(Part::of(&loaded.terms()?, &loaded.windows(), products))
}

/// Every membership of a merchant.
///
/// # Errors
/// When the database fails.
pub async fn memberships(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
) -> Result<Vec<MembershipId>, Failure> {
    let found = alliances::memberships_of(c, merchant).await?;
    Ok(found
        .into_iter()
        .map(|(membership, _)| membership)
        .collect())
}

/// What these memberships take part in, apart from one promotion.
///
/// # Errors
/// When the database fails.
pub async fn of(
    c: &impl ConnectionTrait,
    members: &[MembershipId],
    apart_from: Option<PromotionId>,
) -> Result<Vec<Rival>, Failure> {
    let mut living = enrolments::living_of(c, members).await?;
    living.retain(|row| Some(row.promotion_id) != apart_from);
    let ids: Vec<PromotionId> = living.iter().map(|row| row.promotion_id).collect();
    let mut known = with_phases(c, repo::upcoming(c, &ids).await?).await?;
    let mut rivals = Vec::new();
    for enrolment in living {
        let Some(loaded) = known.remove(&enrolment.promotion_id) else {
            continue;
        };
        let part = part_of(&loaded, &products(&enrolment)?)?;
        rivals.push(Rival {
            enrolment,
            loaded,
            part,
        });
    }
    Ok(rivals)
}

/// Promotions with their phases.
///
/// # Errors
/// When the database fails.
pub async fn with_phases(
    c: &impl ConnectionTrait,
    rows: Vec<repo::Promotion>,
) -> Result<HashMap<PromotionId, Loaded>, Failure> {
    let ids: Vec<PromotionId> = rows.iter().map(|row| row.id).collect();
    let mut phases: HashMap<PromotionId, Vec<Phase>> = HashMap::new();
    for phase in repo::phases_of(c, &ids).await? {
        phases.entry(phase.promotion_id).or_default().push(phase);
    }
    let loaded = rows.into_iter().map(|row| {
        let phases = phases.remove(&row.id).unwrap_or_default();
        (row.id, Loaded { row, phases })
    });
    Ok(loaded.collect())
}

/// The rivals that `part` clashes with.
pub fn clashes(part: &Part, rivals: &[Rival]) -> Vec<Clash> {
    let clash = |rival: &Rival| {
        let (from, to) = part.clash(&rival.part)?;
        let row = &rival.loaded.row;
        Some(Clash {
            enrolment: rival.enrolment.id,
            fact: json!({
                "promotion_id": row.id,
                "enrolment_id": rival.enrolment.id,
                "alliance_id": row.alliance_id,
                "name": row.name,
            }),
            from,
            to,
        })
    };
    rivals.iter().filter_map(clash).collect()
}

/// The refusal that names the others. Whoever does not act for the member learns the times alone: what a
/// member does elsewhere is its own affair.
pub fn refuse(clashes: &[Clash], reveal: bool) -> Refused {
    let fact = |clash: &Clash| {
        let mut fact = if reveal {
            clash.fact.clone()
        } else {
            json!({})
        };
        fact["from"] = json!(Instant::from_utc(clash.from));
        fact["to"] = json!(Instant::from_utc(clash.to));
        fact
    };
    let facts: Vec<Value> = clashes.iter().map(fact).collect();
    let detail = "The member takes part in another promotion at that time and one of them is exclusive; \
                  name in 'instead_of' the enrolments to give up.";
    Refused::new(&problems::PROMOTION_CONFLICT, detail).with("conflicts", facts)
}
