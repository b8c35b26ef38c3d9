//! Calculators `levy` and `levy-owner-cap`: a rule tried on one member, or on all of an owner's units.

use std::collections::BTreeMap;

use num_rational::BigRational;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::funds::domain::levy::Days;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::levy::Rule;
use crate::funds::domain::levy::Subject;
use crate::funds::domain::levy::Unit;
use crate::funds::domain::levy::assess;
use crate::funds::domain::levy::cap_owners;
use crate::kernel::problem::Failure;
use crate::kernel::rational::Exact;

/// Most elementary operations of one owner-cap request: members times parts of the rule.
const MAX_OPERATIONS: usize = 2_000_000;

/// A rule and a member to try it on.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"rule": {"base": {"kind": "rate", "measure": "annual_revenue", "rate": "0.005"}}, "member": {"sizes": {"annual_revenue": 120_000_000}}}))]
pub struct LevyRequest {
    /// Always `levy`.
    pub kind: Option<LevyKind>,
    /// The rule itself.
    pub rule: Rule,
    /// The member.
    pub member: LevyMember,
}

/// The kind of a levy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevyKind {
    Levy,
}

/// What a rule may ask of a member.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LevyMember {
    /// Size by measure: minor units for money, whole or decimal units for counts.
    pub sizes: BTreeMap<String, Exact>,
    /// The member's class.
    pub class: Option<String>,
    /// Full years since the rule began.
    #[serde(default)]
    pub years_elapsed: i64,
    /// Days of liability; needed, with `period_days`, by a rule that charges by the day.
    pub days: Option<i64>,
    /// Days of the period.
    pub period_days: Option<i64>,
}

/// What the member owes, with the arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevyAnswer {
    /// Minor units to pay.
    pub amount: i64,
    /// The value before rounding, as a whole number or a fraction.
    pub exact: String,
    /// The value of the rule's base.
    pub base: String,
    /// The step that exempts the member, by its place in the rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exempt_by: Option<usize>,
    /// The steps that changed the value.
    #[schema(max_items = 2_000)]
    pub applied: Vec<AppliedStep>,
}

/// One step that changed the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LevyAppliedStep)]
pub struct AppliedStep {
    /// Its place in the rule, from 0.
    pub step: usize,
    /// The value after it.
    pub value: String,
}

fn days(liable: Option<i64>, period: Option<i64>) -> Result<Option<Days>, LevyRefusal> {
    match (liable, period) {
        (None, None) => Ok(None),
        (Some(liable), Some(period)) => Ok(Some(Days { liable, period })),
        (Some(_), None) | (None, Some(_)) => Err(LevyRefusal::DaysMissing),
    }
}

/// Charges one member.
///
/// # Errors
/// Every refusal of the rule: `measure_missing`, `class_unknown`, `below_first_band`, `rule_invalid` and others.
pub fn levy(request: LevyRequest) -> Result<LevyAnswer, Failure> {
    let member = request.member;
    let subject = Subject {
        sizes: member.sizes.into(),
        class: member.class,
        years_elapsed: member.years_elapsed,
        days: days(member.days, member.period_days)?,
    };
    let found = assess(&request.rule, &subject)?;
    let applied = |(step, value): (usize, BigRational)| AppliedStep {
        step,
        value: value.to_string(),
    };
    Ok(LevyAnswer {
        amount: found.amount,
        exact: found.exact.to_string(),
        base: found.base.to_string(),
        exempt_by: found.exempt_by,
        applied: found.applied.into_iter().map(applied).collect(),
    })
}

/// A rule, units, and the most that one owner pays.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"rule": {"base": {"kind": "rate", "measure": "rateable_value", "rate": "0.01"}}, "members": [{"id": "u1", "owner": "A", "sizes": {"rateable_value": 180_000_000}}, {"id": "u2", "owner": "A", "sizes": {"rateable_value": 150_000_000}}], "cap_per_owner": 3_000_000}))]
pub struct LevyOwnerCapRequest {
    /// Always `levy_owner_cap`.
    pub kind: Option<LevyOwnerCapKind>,
    /// The rule itself.
    pub rule: Rule,
    /// The units, in any order.
    #[schema(max_items = 100_000)]
    pub members: Vec<OwnedMember>,
    /// Minor units that one owner pays at most.
    pub cap_per_owner: i64,
}

/// The kind of a levy with a cap per owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevyOwnerCapKind {
    LevyOwnerCap,
}

/// One unit, its owner, and what the rule may ask of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnedMember {
    /// Immutable id; it decides ties.
    pub id: String,
    /// Who owns it; a unit without an owner stands alone.
    pub owner: Option<String>,
    /// Size by measure.
    pub sizes: BTreeMap<String, Exact>,
    /// The unit's class.
    pub class: Option<String>,
    /// Full years since the rule began.
    #[serde(default)]
    pub years_elapsed: i64,
    /// Days of liability.
    pub days: Option<i64>,
    /// Days of the period.
    pub period_days: Option<i64>,
}

/// What every unit owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevyOwnerCapAnswer {
    /// Minor units by unit.
    pub amounts: BTreeMap<String, i64>,
}

/// Charges units and brings each owner down to the cap.
///
/// # Errors
/// `too_complex`, `out_of_range`, `duplicate_member`, and every refusal of the rule with the unit in `member`.
pub fn levy_owner_cap(request: LevyOwnerCapRequest) -> Result<LevyOwnerCapAnswer, Failure> {
    bounds::at_most(request.members.len(), bounds::MAX_MEMBERS, "members")?;
    let operations = request.members.len().saturating_mul(request.rule.cost());
    bounds::at_most(operations, MAX_OPERATIONS, "operations")?;
    bounds::amounts(&[("cap_per_owner", request.cap_per_owner)])?;
    let units = request
        .members
        .into_iter()
        .map(Unit::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let amounts = cap_owners(&request.rule, &units, request.cap_per_owner)?;
    let ids = units.into_iter().map(|unit| unit.id);
    Ok(LevyOwnerCapAnswer {
        amounts: ids.zip(amounts).collect(),
    })
}

impl TryFrom<OwnedMember> for Unit {
    type Error = LevyRefusal;

    fn try_from(member: OwnedMember) -> Result<Self, Self::Error> {
        Ok(Self {
            id: member.id,
            owner: member.owner,
            subject: Subject {
                sizes: member.sizes.into(),
                class: member.class,
                years_elapsed: member.years_elapsed,
                days: days(member.days, member.period_days)?,
            },
        })
    }
}
