//! Calculator `apportionment`: split a budget by one weight per member, or by a mix of measures.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::Split;
use crate::funds::domain::apportion::split;
use crate::funds::domain::mix::Part;
use crate::funds::domain::mix::Sizes;
use crate::funds::domain::mix::mixed_weights;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::rational::Exact;

/// A budget to split: `kind` says where the weights come from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ApportionmentRequest {
    /// Each member comes with its weight.
    BudgetSplit(BudgetSplitRequest),
    /// Weights are a mix of each member's part in several measures.
    MixedSplit(MixedSplitRequest),
}

/// A budget and the members' weights.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSplitRequest {
    /// Minor units to split.
    pub budget: i64,
    /// Every share is a multiple of this many minor units.
    #[serde(default = "one")]
    #[schema(default = 1)]
    pub quantum: i64,
    /// How floors take effect.
    #[serde(default)]
    pub floor_mode: FloorMode,
    /// The members, in any order.
    #[schema(max_items = 100_000)]
    pub members: Vec<BudgetSplitMember>,
}

/// How floors take effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FloorMode {
    /// The others' price falls so that the floors are paid for.
    #[default]
    WaterFilling,
    /// Floors on rounded quotas, the historical practice; not offered.
    AtRounding,
}

/// A member with its weight.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSplitMember {
    /// Immutable id; it decides ties.
    pub id: String,
    /// Size in any unit.
    pub weight: Exact,
    /// Least amount in minor units.
    #[serde(default)]
    pub floor: i64,
    /// Largest amount in minor units.
    pub cap: Option<i64>,
}

/// A budget and a mix of measures.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MixedSplitRequest {
    /// Minor units to split.
    pub budget: i64,
    /// Every share is a multiple of this many minor units.
    #[serde(default = "one")]
    #[schema(default = 1)]
    pub quantum: i64,
    /// The measures; their shares add up to one.
    #[schema(max_items = 16)]
    pub mix: Vec<Part>,
    /// The members, in any order.
    #[schema(max_items = 100_000)]
    pub members: Vec<MixedSplitMember>,
}

/// A member with its sizes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MixedSplitMember {
    /// Immutable id; it decides ties.
    pub id: String,
    /// Size by measure; a measure left out counts as zero.
    pub sizes: BTreeMap<String, Exact>,
    /// Least amount in minor units.
    #[serde(default)]
    pub floor: i64,
    /// Largest amount in minor units.
    pub cap: Option<i64>,
}

/// What everybody pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApportionmentAnswer {
    /// Minor units by member; they add up to the budget.
    pub shares: BTreeMap<String, i64>,
    /// Weight by member as a fraction, where it was computed from a mix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<BTreeMap<String, String>>,
    /// Minor units per unit of weight for everybody between the bounds, as a fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<String>,
}

const fn one() -> i64 {
    1
}

/// Splits a budget.
///
/// # Errors
/// `too_complex` beyond 100,000 members or 16 measures, `out_of_range`, `not_offered` for floors at rounding,
/// and every refusal of the split and of the mix.
pub fn apportionment(request: ApportionmentRequest) -> Result<ApportionmentAnswer, Failure> {
    match request {
        ApportionmentRequest::BudgetSplit(request) => budget_split(request),
        ApportionmentRequest::MixedSplit(request) => mixed_split(request),
    }
}

fn budget_split(request: BudgetSplitRequest) -> Result<ApportionmentAnswer, Failure> {
    bounds::at_most(request.members.len(), bounds::MAX_MEMBERS, "members")?;
    bounds::amounts(&[("budget", request.budget), ("quantum", request.quantum)])?;
    if request.floor_mode == FloorMode::AtRounding {
        let detail = "Floors at rounding are not offered; leave 'floor_mode' out.";
        return Err(Refused::new(&kinds::NOT_OFFERED, detail)
            .with("floor_mode", "at_rounding")
            .into());
    }
    let payers: Vec<Payer> = request.members.into_iter().map(Payer::from).collect();
    let found = split(request.budget, request.quantum, &payers)?;
    Ok(answer(found, payers, false))
}

impl From<BudgetSplitMember> for Payer {
    fn from(member: BudgetSplitMember) -> Self {
        Self {
            id: member.id,
            weight: member.weight,
            floor: member.floor,
            cap: member.cap,
        }
    }
}

fn mixed_split(request: MixedSplitRequest) -> Result<ApportionmentAnswer, Failure> {
    bounds::at_most(request.members.len(), bounds::MAX_MEMBERS, "members")?;
    bounds::at_most(request.mix.len(), bounds::MAX_MEASURES, "measures")?;
    bounds::amounts(&[("budget", request.budget), ("quantum", request.quantum)])?;
    let sizes: Vec<(&str, &Sizes)> = request
        .members
        .iter()
        .map(|m| (m.id.as_str(), &m.sizes))
        .collect();
    let weights = mixed_weights(&request.mix, &sizes)?;
    let payers: Vec<Payer> = request
        .members
        .into_iter()
        .zip(weights)
        .map(|(member, weight)| Payer {
            id: member.id,
            weight,
            floor: member.floor,
            cap: member.cap,
        })
        .collect();
    let found = split(request.budget, request.quantum, &payers)?;
    Ok(answer(found, payers, true))
}

fn answer(split: Split, payers: Vec<Payer>, with_weights: bool) -> ApportionmentAnswer {
    let shares = payers
        .iter()
        .zip(&split.shares)
        .map(|(payer, share)| (payer.id.clone(), share.amount))
        .collect();
    let fraction = |payer: Payer| (payer.id, payer.weight.to_string());
    let weights = with_weights.then(|| payers.into_iter().map(fraction).collect());
    ApportionmentAnswer {
        shares,
        weights,
        unit_price: split.price.map(|price| price.to_string()),
    }
}
