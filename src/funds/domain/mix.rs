//! Weights as a mix of measures: half by area, a quarter by frontage, a quarter by dockside.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::One;
use num_traits::Signed;
use num_traits::Zero;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::funds::domain::sizes::Sizes;
use crate::funds::problems;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::kernel::rational::Exact;

/// Denominators stay below two to this power, so that work stays bounded.
const DENOMINATOR_BITS: u64 = 2048;

/// One measure's part in a mix.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MixPart)]
pub struct Part {
    /// Key of the measure.
    pub measure: String,
    /// Its part of the whole, such as `"1/2"` or `"0.5"`.
    pub share: Exact,
}

/// The mix gives no weights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MixRefusal {
    #[error("the shares of the mix add up to {total} instead of 1")]
    SharesNotOne { total: String },
    #[error("the share of measure '{measure}' is negative")]
    NegativeShare { measure: String },
    #[error("nobody has any of measure '{measure}'")]
    MeasureTotalZero { measure: String },
    #[error("member '{member}' has a negative size in measure '{measure}'")]
    NegativeSize { member: String, measure: String },
    #[error("the list of members is empty")]
    NoMembers,
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for MixRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::SharesNotOne { .. } => &problems::MIX_SHARES_NOT_ONE,
            Self::NegativeShare { .. } => &kinds::OUT_OF_RANGE,
            Self::MeasureTotalZero { .. } => &problems::MEASURE_TOTAL_ZERO,
            Self::NegativeSize { .. } => &problems::NEGATIVE_SIZE,
            Self::NoMembers => &problems::NO_MEMBERS,
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let pairs: Vec<(&str, &str)> = match self {
            Self::SharesNotOne { total } => vec![("total", total)],
            Self::NegativeShare { measure } | Self::MeasureTotalZero { measure } => {
                vec![("measure", measure)]
            }
            Self::NegativeSize { member, measure } => {
                vec![("member", member), ("measure", measure)]
            }
            Self::NoMembers | Self::Overflow(_) => vec![],
        };
        let owned = |(k, v): (&str, &str)| (k.into(), v.into());
        pairs.into_iter().map(owned).collect()
    }
}

/// One weight per member, in the order given: the sum over the measures of share times size by total size.
///
/// The weights add up to one. A size left out counts as zero.
///
/// # Errors
/// A [`MixRefusal`] when the shares do not add up to one, when a measure has no size at all, or when a share or
/// a size is negative.
pub fn mixed_weights(mix: &[Part], members: &[(&str, &Sizes)]) -> Result<Vec<Exact>, MixRefusal> {
    if members.is_empty() {
        return Err(MixRefusal::NoMembers);
    }
    check_shares(mix)?;
    let columns = mix
        .iter()
        .map(|part| Column::of(part, members))
        .collect::<Result<Vec<_>, _>>()?;
    let denominator = columns.iter().try_fold(BigInt::one(), |common, c| {
        bounded(common.lcm(&c.denominator))
    })?;
    let factors: Vec<BigInt> = columns
        .iter()
        .map(|c| &c.share * (&denominator / &c.denominator))
        .collect();
    let weight = |row: usize| {
        let parts = columns.iter().zip(&factors);
        let numerator: BigInt = parts.map(|(c, factor)| &c.sizes[row] * factor).sum();
        Exact(BigRational::new(numerator, denominator.clone()))
    };
    Ok((0..members.len()).map(weight).collect())
}

fn check_shares(mix: &[Part]) -> Result<(), MixRefusal> {
    if let Some(part) = mix.iter().find(|part| part.share.0.is_negative()) {
        let measure = part.measure.clone();
        return Err(MixRefusal::NegativeShare { measure });
    }
    let total: BigRational = mix.iter().map(|part| &part.share.0).sum();
    if total.is_one() {
        return Ok(());
    }
    let total = total.to_string();
    Err(MixRefusal::SharesNotOne { total })
}

/// One measure, scaled to whole numbers: a member's part is `share * size / denominator`.
struct Column {
    share: BigInt,
    sizes: Vec<BigInt>,
    denominator: BigInt,
}

impl Column {
    fn of(part: &Part, members: &[(&str, &Sizes)]) -> Result<Self, MixRefusal> {
        let mut scale = BigInt::one();
        for (member, sizes) in members {
            let Some(size) = sizes.get(&part.measure) else {
                continue;
            };
            if size.0.is_negative() {
                return Err(MixRefusal::NegativeSize {
                    member: (*member).into(),
                    measure: part.measure.clone(),
                });
            }
            scale = bounded(scale.lcm(size.0.denom()))?;
        }
        let scaled = |size: &Exact| size.0.numer() * (&scale / size.0.denom());
        let sizes: Vec<BigInt> = members
            .iter()
            .map(|(_, sizes)| sizes.get(&part.measure).map_or_else(BigInt::zero, scaled))
            .collect();
        let total: BigInt = sizes.iter().sum();
        if total.is_zero() {
            let measure = part.measure.clone();
            return Err(MixRefusal::MeasureTotalZero { measure });
        }
        Ok(Self {
            share: part.share.0.numer().clone(),
            sizes,
            denominator: total * part.share.0.denom(),
        })
    }
}

fn bounded(denominator: BigInt) -> Result<BigInt, Overflow> {
    (denominator.bits() <= DENOMINATOR_BITS)
        .then_some(denominator)
        .ok_or(Overflow)
}
