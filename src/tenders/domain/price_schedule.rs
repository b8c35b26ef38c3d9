//! Price breaks of a quote line: which unit price a quantity reaches and what it costs.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::money::Overflow;
use crate::kernel::money::UnitPrice;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::problems;

crate::words! {
    /// How breaks price an order.
    #[derive(Default)]
    pub enum DiscountMode {
        /// The price of the reached break applies to every unit.
        #[default]
        AllUnits = "all_units",
        /// Each bracket keeps its own price.
        Incremental = "incremental",
    }
}

/// From `min_quantity` on a unit costs `unit_price`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceBreak {
    /// Smallest quantity of this break.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub min_quantity: i64,
    /// Net price per base quantity, in major units.
    pub unit_price: UnitPrice,
}

/// Breaks with rising quantities and falling prices, checked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceSchedule {
    mode: DiscountMode,
    breaks: Vec<PriceBreak>,
}

/// Why breaks are no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// There is no break at all.
    #[error("a quote line needs at least one price break")]
    NoPriceBreaks,
    /// A quantity is below 1 or too large.
    #[error("the quantity of price break {tier_index} is out of range")]
    QuantityOutOfRange {
        /// Index of the break at fault.
        tier_index: usize,
    },
    /// A price is zero.
    #[error("the price of break {tier_index} is zero")]
    ZeroPrice {
        /// Index of the break at fault.
        tier_index: usize,
    },
    /// A quantity does not rise.
    #[error("the quantity of break {tier_index} is not above the one before")]
    BreaksNotAscending {
        /// Index of the break at fault.
        tier_index: usize,
    },
    /// A price does not fall.
    #[error("the price of break {tier_index} is not below the one before")]
    PriceNotDecreasing {
        /// Index of the break at fault.
        tier_index: usize,
    },
    /// Incremental brackets leave the first units without a price.
    #[error("incremental brackets must start at quantity 1")]
    IncrementalMustStartAtOne,
}

impl Refusal for ScheduleError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::NoPriceBreaks => &problems::NO_PRICE_BREAKS,
            Self::QuantityOutOfRange { .. } => &kinds::OUT_OF_RANGE,
            Self::ZeroPrice { .. } => &problems::ZERO_PRICE,
            Self::BreaksNotAscending { .. } => &problems::BREAKS_NOT_ASCENDING,
            Self::PriceNotDecreasing { .. } => &problems::PRICE_NOT_DECREASING,
            Self::IncrementalMustStartAtOne => &problems::INCREMENTAL_MUST_START_AT_ONE,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let mut params = Map::new();
        match self {
            Self::QuantityOutOfRange { tier_index }
            | Self::ZeroPrice { tier_index }
            | Self::BreaksNotAscending { tier_index }
            | Self::PriceNotDecreasing { tier_index } => {
                params.insert("tier_index".into(), json!(tier_index));
            }
            Self::NoPriceBreaks | Self::IncrementalMustStartAtOne => {}
        }
        params
    }
}

impl PriceSchedule {
    /// Checks breaks: at least one, quantities strictly rising, prices strictly falling and above zero.
    ///
    /// # Errors
    /// [`ScheduleError`] for the first rule broken.
    pub fn new(mode: DiscountMode, breaks: Vec<PriceBreak>) -> Result<Self, ScheduleError> {
        let first = breaks.first().ok_or(ScheduleError::NoPriceBreaks)?;
        if mode == DiscountMode::Incremental && first.min_quantity != 1 {
            return Err(ScheduleError::IncrementalMustStartAtOne);
        }
        for (tier_index, tier) in breaks.iter().enumerate() {
            if !(1..=MAX_QUANTITY).contains(&tier.min_quantity) {
                return Err(ScheduleError::QuantityOutOfRange { tier_index });
            }
            if tier.unit_price.scaled() == 0 {
                return Err(ScheduleError::ZeroPrice { tier_index });
            }
        }
        for (before, pair) in breaks.windows(2).enumerate() {
            let tier_index = before + 1;
            if pair[1].min_quantity <= pair[0].min_quantity {
                return Err(ScheduleError::BreaksNotAscending { tier_index });
            }
            if pair[1].unit_price >= pair[0].unit_price {
                return Err(ScheduleError::PriceNotDecreasing { tier_index });
            }
        }
        Ok(Self { mode, breaks })
    }

    /// The breaks in rising order of quantity; never empty.
    pub fn breaks(&self) -> &[PriceBreak] {
        &self.breaks
    }

    /// How the breaks price an order.
    pub fn mode(&self) -> DiscountMode {
        self.mode
    }

    /// Smallest quantity that has a price.
    pub fn first_quantity(&self) -> i64 {
        self.breaks[0].min_quantity
    }

    /// Index of the last break at or below `quantity`; none below the first.
    pub fn tier_at(&self, quantity: i64) -> Option<usize> {
        self.breaks
            .partition_point(|tier| tier.min_quantity <= quantity)
            .checked_sub(1)
    }

    /// Exact price of `quantity` units scaled by 10^6, before the base quantity and rounding.
    ///
    /// # Errors
    /// [`Overflow`] beyond `i128`; a quantity below the first break counts as that break's price.
    pub fn scaled_total(&self, quantity: i64) -> Result<i128, Overflow> {
        let tier = self.tier_at(quantity).unwrap_or(0);
        match self.mode {
            DiscountMode::AllUnits => exact::product(&[
                self.breaks[tier].unit_price.scaled().into(),
                quantity.into(),
            ]),
            DiscountMode::Incremental => {
                let mut total = 0_i128;
                for (index, bracket) in self.breaks[..=tier].iter().enumerate() {
                    let end = match self.breaks.get(index + 1) {
                        Some(next) if index < tier => next.min_quantity - 1,
                        _ => quantity,
                    };
                    let units = end - bracket.min_quantity + 1;
                    let cost = exact::product(&[units.into(), bracket.unit_price.scaled().into()])?;
                    total = total.checked_add(cost).ok_or(Overflow)?;
                }
                Ok(total)
            }
        }
    }

    /// Goods of `quantity` units in minor units: one rounding of the whole sum.
    ///
    /// # Errors
    /// [`Overflow`] beyond amounts.
    pub fn goods_minor(
        &self,
        quantity: i64,
        base_quantity: i64,
        minor_per_major: i128,
    ) -> Result<i64, Overflow> {
        exact::minor_of_scaled(self.scaled_total(quantity)?, minor_per_major, base_quantity)
    }
}
