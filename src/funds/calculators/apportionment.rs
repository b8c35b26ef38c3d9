//! Calculator `apportionment`: split a budget by one weight per member, or by a mix of measures.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::bounds;
use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::Split;
use crate::funds::domain::apportion::split;
use crate::funds::domain::mix::MixRefusal;
use crate::funds::domain::mix::Part;
use crate::funds::domain::mix::mixed_weights;
use crate::funds::domain::sizes::Sizes;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::rational::Exact;

/// A budget to split: `kind` says where the weights come from.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"kind": "budget_split", "budget": 5_000_000, "members": [{"id": "bakery", "weight": 150_000_000}, {"id": "tea-house", "weight": 320_000_000}]}))]
pub enum ApportionmentRequest {
    /// Each member comes with its weight.
    BudgetSplit {
        /// Minor units to split.
        budget: i64,
        /// Every share is a multiple of this many minor units.
        #[serde(default = "one")]
        #[schema(default = 1)]
        quantum: i64,
        /// How floors take effect.
        #[serde(default)]
        floor_mode: FloorMode,
        /// The members, in any order.
        #[schema(max_items = 100_000)]
        members: Vec<BudgetSplitMember>,
    },
    /// Weights are a mix of each member's part in several measures.
    MixedSplit {
        /// Minor units to split.
        budget: i64,
        /// Every share is a multiple of this many minor units.
        #[serde(default = "one")]
        #[schema(default = 1)]
        quantum: i64,
        /// The measures; their shares add up to one.
        #[schema(max_items = 16)]
        mix: Vec<Part>,
        /// The members, in any order.
        #[schema(max_items = 100_000)]
        members: Vec<MixedSplitMember>,
    },
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
        ApportionmentRequest::BudgetSplit {
            budget,
            quantum,
            floor_mode,
            members,
        } => {
            check(budget, quantum, members.len())?;
            check_offered(floor_mode)?;
            let payers: Vec<Payer> = members.into_iter().map(Payer::from).collect();
            let found = split(budget, quantum, &payers)?;
            Ok(answer(found, payers, false))
        }
        ApportionmentRequest::MixedSplit {
            budget,
            quantum,
            mix,
            members,
        } => {
            check(budget, quantum, members.len())?;
            bounds::at_most(mix.len(), bounds::MAX_MEASURES, "measures")?;
            let payers = weighed(&mix, members)?;
            let found = split(budget, quantum, &payers)?;
            Ok(answer(found, payers, true))
        }
    }
}

fn check(budget: i64, quantum: i64, members: usize) -> Result<(), Failure> {
    bounds::at_most(members, bounds::MAX_MEMBERS, "members")?;
    bounds::amounts(&[("budget", budget), ("quantum", quantum)])
}

fn check_offered(floor_mode: FloorMode) -> Result<(), Failure> {
    match floor_mode {
        FloorMode::WaterFilling => Ok(()),
        FloorMode::AtRounding => {
            let detail = "Floors at rounding are not offered; leave 'floor_mode' out.";
            let refused = Refused::new(&kinds::NOT_OFFERED, detail);
            Err(refused.with("floor_mode", "at_rounding").into())
        }
    }
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

/// The members with the weights that the mix gives them.
fn weighed(mix: &[Part], members: Vec<MixedSplitMember>) -> Result<Vec<Payer>, MixRefusal> {
    let own: Vec<Sizes> = members.iter().map(|m| m.sizes.clone().into()).collect();
    let ids = members.iter().map(|m| m.id.as_str());
    let sizes: Vec<_> = ids.zip(&own).collect();
    let weights = mixed_weights(mix, &sizes)?;
    let payer = |(member, weight): (MixedSplitMember, Exact)| Payer {
        id: member.id,
        weight,
        floor: member.floor,
        cap: member.cap,
    };
    Ok(members.into_iter().zip(weights).map(payer).collect())
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
