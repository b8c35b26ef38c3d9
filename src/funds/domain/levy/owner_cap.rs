//! One owner, several units: each is charged on its own, then the owner's total is brought down to a cap.

use std::collections::BTreeMap;
use std::collections::HashSet;

use serde_json::Map;
use serde_json::Value;

use super::LevyRefusal;
use super::Rule;
use super::Subject;
use super::charge;
use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::kernel::money::Overflow;
use crate::kernel::money::sum;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::kernel::rational::Exact;

/// One unit of an owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Immutable id; it decides ties.
    pub id: String,
    /// Who owns it; a unit without an owner stands alone.
    pub owner: Option<String>,
    /// What the rule asks of it.
    pub subject: Subject,
}

/// The units cannot be charged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnerCapRefusal {
    #[error("unit '{member}': {refusal}")]
    Unit {
        member: String,
        refusal: LevyRefusal,
    },
    #[error(transparent)]
    Rule(LevyRefusal),
    #[error("the cap of {cap_per_owner} per owner is negative")]
    NegativeCap { cap_per_owner: i64 },
    #[error(transparent)]
    Split(#[from] SplitRefusal),
}

impl From<Overflow> for OwnerCapRefusal {
    fn from(overflow: Overflow) -> Self {
        Self::Split(overflow.into())
    }
}

impl Refusal for OwnerCapRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Unit { refusal, .. } | Self::Rule(refusal) => refusal.kind(),
            Self::NegativeCap { .. } => &kinds::OUT_OF_RANGE,
            Self::Split(refusal) => refusal.kind(),
        }
    }

    fn params(&self) -> Map<String, Value> {
        match self {
            Self::Unit { member, refusal } => {
                let mut params = refusal.params();
                params.insert("member".into(), member.as_str().into());
                params
            }
            Self::Rule(refusal) => refusal.params(),
            Self::NegativeCap { cap_per_owner } => {
                Map::from_iter([("cap_per_owner".to_owned(), (*cap_per_owner).into())])
            }
            Self::Split(refusal) => refusal.params(),
        }
    }
}

/// Amounts in minor units, in the order of the units. An owner over the cap is brought down to it in proportion,
/// by largest remainder.
///
/// # Errors
/// A refusal of the rule for one unit, a unit listed twice, or a negative cap.
pub fn cap_owners(
    rule: &Rule,
    units: &[Unit],
    cap_per_owner: i64,
) -> Result<Vec<i64>, OwnerCapRefusal> {
    rule.check().map_err(OwnerCapRefusal::Rule)?;
    if cap_per_owner < 0 {
        return Err(OwnerCapRefusal::NegativeCap { cap_per_owner });
    }
    let mut seen = HashSet::with_capacity(units.len());
    if let Some(twice) = units.iter().find(|unit| !seen.insert(unit.id.as_str())) {
        let member = twice.id.clone();
        return Err(SplitRefusal::DuplicateMember { member }.into());
    }
    let mut amounts = units
        .iter()
        .map(|unit| match charge(rule, &unit.subject) {
            Ok(assessment) => Ok(assessment.amount),
            Err(refusal) => Err(OwnerCapRefusal::Unit {
                member: unit.id.clone(),
                refusal,
            }),
        })
        .collect::<Result<Vec<_>, _>>()?;
    for places in by_owner(units) {
        scale_back(&mut amounts, &places, units, cap_per_owner)?;
    }
    Ok(amounts)
}

/// The places of each owner's units.
fn by_owner(units: &[Unit]) -> Vec<Vec<usize>> {
    let mut owned: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut alone = Vec::new();
    for (place, unit) in units.iter().enumerate() {
        match &unit.owner {
            Some(owner) => owned.entry(owner).or_default().push(place),
            None => alone.push(vec![place]),
        }
    }
    owned.into_values().chain(alone).collect()
}

fn scale_back(
    amounts: &mut [i64],
    places: &[usize],
    units: &[Unit],
    cap: i64,
) -> Result<(), OwnerCapRefusal> {
    if sum(places.iter().map(|place| amounts[*place]))? <= cap {
        return Ok(());
    }
    let payer = |place: &usize| Payer::new(units[*place].id.clone(), Exact::whole(amounts[*place]));
    let payers: Vec<Payer> = places.iter().map(payer).collect();
    let shares = split(cap, 1, &payers)?.shares;
    for (place, share) in places.iter().zip(shares) {
        amounts[*place] = share.amount;
    }
    Ok(())
}
