//! Levy policies: a name may have many versions, and none of them ever changes. A version is used once it is
//! adopted; the first one of an alliance is adopted with the first budget that is decided under it.

use serde_json::json;

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Alliance;
use crate::funds::domain::plan::Accept;
use crate::funds::domain::plan::Bounds;
use crate::funds::domain::plan::Budget;
use crate::funds::domain::plan::Method;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::plan::Terms;
use crate::funds::domain::plan::Weights;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Policy;
use crate::funds::repo::PolicyAdoption;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// A version, and since when it is in use.
#[derive(Debug, Clone)]
pub struct Known {
    pub policy: Policy,
    pub plan: Plan,
    pub adoption: Option<PolicyAdoption>,
}

impl Known {
    /// Counts up with the adoption.
    pub fn version(&self) -> i64 {
        if self.adoption.is_some() { 2 } else { 1 }
    }
}

/// The short form of a budget policy: one measure, bounds, a quantum.
#[derive(Debug, Clone)]
pub struct Short<'a> {
    pub measure: &'a str,
    pub accept_declared: bool,
    pub quantum_minor: i64,
    pub floor_minor: Option<i64>,
    pub cap_minor: Option<i64>,
    pub overrides: &'a [Bounds],
}

impl Short<'_> {
    /// The policy that the short form stands for.
    pub fn plan(&self) -> Plan {
        let method = Method::Budget(Budget {
            weights: Weights::Measure {
                measure: self.measure.to_owned(),
            },
            factors: Vec::new(),
            floor_minor: self.floor_minor,
            cap_minor: self.cap_minor,
            class_bounds: Vec::new(),
            overrides: self.overrides.to_vec(),
            quantum_minor: self.quantum_minor,
            exempt_below: Vec::new(),
            exempt_classes: Vec::new(),
        });
        let accept = self.accept_declared.then_some(Accept::Declared);
        let terms = Terms {
            accept: accept.into_iter().collect(),
            ..Terms::default()
        };
        Plan { method, terms }
    }
}

/// What a stored version says.
///
/// # Errors
/// When the database holds something else.
pub fn plan_of(policy: &Policy) -> Result<Plan, Failure> {
    let broken = |error| anyhow::anyhow!("policy {}: {error}", policy.id);
    if let Some(plan) = &policy.plan {
        return Ok(serde_json::from_value(plan.clone()).map_err(broken)?);
    }
    let overrides: Vec<Bounds> =
        serde_json::from_value(policy.overrides.clone()).map_err(broken)?;
    let short = Short {
        measure: &policy.measure,
        accept_declared: policy.accept_declared,
        quantum_minor: policy.quantum_minor,
        floor_minor: policy.floor_minor,
        cap_minor: policy.cap_minor,
        overrides: &overrides,
    };
    Ok(short.plan())
}

/// What exactly a decision on a policy decides.
///
/// # Errors
/// When the database holds a policy that is none.
pub fn hash_of(policy: &Policy) -> Result<Vec<u8>, Failure> {
    match &policy.content_hash {
        Some(hash) => Ok(hash.clone()),
        None => Ok(mandates::content_hash(&json!(plan_of(policy)?))),
    }
}

/// Checks a policy for an alliance: its arithmetic, its measures, the members that it names.
///
/// # Errors
/// 422 `rule_invalid`, `too_complex`, `measure_unknown`; 404 for members of other alliances.
pub async fn check(
    c: &impl ConnectionTrait,
    alliance: &Alliance,
    plan: &Plan,
) -> Result<(), Failure> {
    plan.check(alliance.currency)?;
    let known = alliances::measures(c, alliance.id, alliance.currency).await?;
    let named = plan.measures().into_iter();
    let fallback = plan.terms.fallback.keys().map(String::as_str);
    let unknown: Vec<&str> = named
        .chain(fallback)
        .filter(|key| !known.contains_key(*key))
        .collect();
    if let Some(first) = unknown.first() {
        let detail = format!("'{first}' is no measure of this alliance; define it first.");
        return Err(Refused::new(&problems::MEASURE_UNKNOWN, detail)
            .with("measures", unknown)
            .into());
    }
    if let Method::Budget(budget) = &plan.method {
        for bounds in &budget.overrides {
            visible::membership(c, alliance.id, bounds.membership_id).await?;
        }
    }
    Ok(())
}

/// Adds a version: the first of a new name, or the next of a known one.
///
/// # Errors
/// As [`check`]; 409 `conflict` where somebody else adds a version at this moment.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    name: &str,
    plan: impl FnOnce() -> Result<Plan, Failure>,
) -> Result<Known, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let plan = plan()?;
    check(act.tx(), &standing.alliance, &plan).await?;
    add(act, alliance, standing.user, name, plan).await
}

/// Writes a checked version down.
///
/// # Errors
/// 409 `conflict` where somebody else adds a version at this moment.
pub async fn add(
    act: &Act<'_>,
    alliance: AllianceId,
    user: UserId,
    name: &str,
    plan: Plan,
) -> Result<Known, Failure> {
    let content = json!(plan);
    let (quantum_minor, floor_minor, cap_minor) = match &plan.method {
        Method::Budget(budget) => (budget.quantum_minor, budget.floor_minor, budget.cap_minor),
        Method::Rate(rate) => (rate.rule.round.quantum, None, None),
    };
    let row = Policy {
        id: act.fresh(),
        alliance_id: alliance,
        name: name.to_owned(),
        number: repo::policies::newest(act.tx(), alliance, name).await? + 1,
        measure: plan.first_measure().unwrap_or_default().to_owned(),
        accept_declared: plan.terms.accept.contains(&Accept::Declared),
        quantum_minor,
        floor_minor,
        cap_minor,
        overrides: json!([]),
        created_by: user,
        created_at: act.now(),
        content_hash: Some(mandates::content_hash(&content)),
        plan: Some(content),
    };
    if !repo::policies::insert(act.tx(), row.clone()).await? {
        let detail = "Another version of this policy was added at this moment; try again.";
        return Err(Refused::new(&kinds::CONFLICT, detail).into());
    }
    let data = json!({ "name": row.name, "number": row.number });
    act.record("levy_policy.created", Some(alliance), row.id.0, data)
        .await?;
    Ok(Known {
        policy: row,
        plan,
        adoption: None,
    })
}

/// Takes a version into use. Once an alliance has a policy in use, a change needs a mandate of the matter
/// `levy_policy` for exactly this content; the same content again needs none.
///
/// # Errors
/// 404; 409 `mandate_missing`; `illegal_transition` where it is adopted already.
pub async fn adopt(
    act: &Act<'_>,
    alliance: AllianceId,
    id: LevyPolicyId,
) -> Result<Known, Failure> {
    alliances::lock(act, alliance).await?;
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    let known = find(act.tx(), alliance, id).await?;
    act.enter(Some(known.version())).await?;
    if known.adoption.is_some() {
        return Err(Refused::illegal_transition("adopted", "adopt", &[]).into());
    }
    let hash = hash_of(&known.policy)?;
    let adoptions = repo::policies::adoptions(act.tx(), alliance).await?;
    let mandate = if adoptions.is_empty() || adoptions.iter().any(|a| a.content_hash == hash) {
        None
    } else {
        let matter = Matter::LevyPolicy;
        Some(mandates::consume(act, alliance, matter, id.0, &hash).await?)
    };
    let adoption = note_adoption(act, &known.policy, mandate, standing.user).await?;
    Ok(Known { adoption, ..known })
}

/// Notes that a policy is in use from now on; `None` where it was before.
///
/// # Errors
/// When the database fails.
pub async fn note_adoption(
    act: &Act<'_>,
    policy: &Policy,
    mandate: Option<MandateId>,
    user: UserId,
) -> Result<Option<PolicyAdoption>, Failure> {
    let row = PolicyAdoption {
        policy_id: policy.id,
        alliance_id: policy.alliance_id,
        content_hash: hash_of(policy)?,
        mandate_id: mandate,
        adopted_by: user,
        adopted_at: act.now(),
    };
    if !repo::policies::insert_adoption(act.tx(), row.clone()).await? {
        return Ok(None);
    }
    let data = json!({ "name": policy.name, "number": policy.number, "mandate_id": mandate });
    let alliance = Some(policy.alliance_id);
    act.record("levy_policy.adopted", alliance, policy.id.0, data)
        .await?;
    Ok(Some(row))
}

/// Passes a policy that may be billed under: one in use, one of the same content, or the first of an alliance.
///
/// # Errors
/// 409 `policy_not_adopted`.
pub async fn require_usable(c: &impl ConnectionTrait, policy: &Policy) -> Result<(), Failure> {
    let hash = hash_of(policy)?;
    let adoptions = repo::policies::adoptions(c, policy.alliance_id).await?;
    let same = |a: &PolicyAdoption| a.policy_id == policy.id || a.content_hash == hash;
    if adoptions.is_empty() || adoptions.iter().any(same) {
        return Ok(());
    }
    let detail =
        "This policy is not adopted, and another one is in use. A change is decided by ballot.";
    let in_use: Vec<String> = adoptions.iter().map(|a| a.policy_id.to_string()).collect();
    Err(Refused::new(&problems::POLICY_NOT_ADOPTED, detail)
        .with("policy_id", policy.id.to_string())
        .with("in_use", in_use)
        .into())
}

/// One version with its adoption.
///
/// # Errors
/// 404.
pub async fn find(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: LevyPolicyId,
) -> Result<Known, Failure> {
    let policy = repo::policies::find(c, alliance, id)
        .await?
        .ok_or_else(|| Refused::not_found("levy policy"))?;
    let adoptions = repo::policies::adoptions(c, alliance).await?;
    Ok(Known {
        plan: plan_of(&policy)?,
        adoption: adoptions.into_iter().find(|a| a.policy_id == id),
        policy,
    })
}

/// The versions of all policies.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Known>, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    let slice = repo::policies::list(look.reader(), alliance, page).await?;
    let adoptions = repo::policies::adoptions(look.reader(), alliance).await?;
    let known = |policy: Policy| {
        let adoption = adoptions.iter().find(|a| a.policy_id == policy.id);
        Ok(Known {
            plan: plan_of(&policy)?,
            adoption: adoption.cloned(),
            policy,
        })
    };
    let items = slice.items.into_iter().map(known);
    Ok(Slice {
        items: items.collect::<Result<_, Failure>>()?,
        next: slice.next,
    })
}

/// One version.
///
/// # Errors
/// 404.
pub async fn read(
    look: &Look<'_>,
    alliance: AllianceId,
    id: LevyPolicyId,
) -> Result<Known, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    find(look.reader(), alliance, id).await
}
