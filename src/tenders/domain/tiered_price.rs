//! What one quote line costs for a required quantity: order quantity, goods, freight, duty, landed total.
//!
//! Buying up compares only bracket starts: between two candidates price and freight rule are constant, so
//! every part of the total is non-decreasing and its minimum sits at the left end.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::money::UnitPrice;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::exact::OutOfRange;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::price_schedule::ScheduleError;

crate::words! {
    /// Whether more than needed may be ordered to pay less.
    #[derive(Default)]
    pub enum BuyUp {
        /// Order the smallest allowed quantity.
        #[default]
        Never = "never",
        /// Order more when the landed total is lower; ties to the smaller quantity.
        IfCheaper = "if_cheaper",
    }
}

/// A lump sum per started load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PerLoad {
    /// Units that fit one load.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub load_quantity: i64,
    /// Price of one load in minor units.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub amount_minor: i64,
}

/// Freight of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Freight {
    /// Paid once, in minor units.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub fixed_minor: i64,
    /// Paid per unit, in major units.
    pub per_unit: UnitPrice,
    /// Paid per started load.
    pub per_load: Option<PerLoad>,
    /// From this quantity on freight costs nothing.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub free_from_quantity: Option<i64>,
}

impl Default for Freight {
    fn default() -> Self {
        Self {
            fixed_minor: 0,
            per_unit: UnitPrice::from_scaled(0),
            per_load: None,
            free_from_quantity: None,
        }
    }
}

/// The priced part of a quote line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// Prices by quantity.
    pub schedule: PriceSchedule,
    /// Units that one price pays for.
    pub base_quantity: i64,
    /// Smallest order.
    pub moq: i64,
    /// Orders are multiples of it.
    pub order_multiple: i64,
    /// Largest order.
    pub capacity: Option<i64>,
    /// Paid once, in minor units.
    pub tooling_minor: i64,
    /// Discount on goods in basis points.
    pub allowance_bps: i64,
    /// Duty on goods less allowance plus freight, in basis points.
    pub duty_bps: i64,
    /// Freight.
    pub freight: Freight,
}

/// Parts of a landed total in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Landed {
    pub goods_minor: i64,
    pub allowance_minor: i64,
    pub freight_minor: i64,
    pub tooling_minor: i64,
    pub duty_minor: i64,
    pub total_minor: i64,
}

/// What is reached by ordering up to the next break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NextBreak {
    /// Index of the break that the quantity reaches.
    pub tier_index: usize,
    /// Smallest allowed order that reaches it.
    pub order_quantity: i64,
    /// Units beyond the present order.
    pub additional_quantity: i64,
    /// Landed total of that order in minor units.
    pub landed_total_minor: i64,
}

/// An order that meets the required quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedOrder {
    pub order_quantity: i64,
    pub surplus_quantity: i64,
    pub tier_index: Option<usize>,
    pub landed: Landed,
    /// Landed total per ordered unit, scaled by 10^6, for display.
    pub landed_unit_price: Option<i128>,
    /// Landed total per required unit, scaled by 10^6, for display.
    pub effective_unit_cost: Option<i128>,
    pub bought_up: bool,
    pub next_break: Option<NextBreak>,
}

/// The answer for one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Priced {
    /// The line can deliver.
    Order(PricedOrder),
    /// The smallest allowed order is beyond the capacity.
    CapacityExceeded {
        /// Smallest allowed order.
        minimum_order_quantity: i64,
        /// Largest allowed order.
        available_quantity: i64,
    },
}

/// Why a line cannot be priced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// The breaks are no schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A number is out of range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// A result is beyond amounts.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for PriceError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Schedule(error) => error.kind(),
            Self::OutOfRange(error) => error.kind(),
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        match self {
            Self::Schedule(error) => error.params(),
            Self::OutOfRange(error) => error.params(),
            Self::Overflow(error) => error.params(),
        }
    }
}

/// Which order a required quantity leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Units that are needed.
    pub required_quantity: i64,
    /// Whether to buy more when that is cheaper.
    pub buy_up: BuyUp,
    /// Most units beyond the need that buying up may leave.
    pub max_surplus: Option<i64>,
    /// Minor units in one major unit.
    pub minor_per_major: i128,
}

/// Prices `need` on `line` (tiered price of one line, landed cost, buying up).
///
/// # Errors
/// [`PriceError`] for numbers out of range or results beyond amounts; too little capacity is an answer.
pub fn price(line: &PricedLine, need: Need) -> Result<Priced, PriceError> {
    check(line, need)?;
    if need.required_quantity == 0 {
        return Ok(Priced::Order(nothing()));
    }
    let multiple = line.order_multiple;
    let least = need
        .required_quantity
        .max(line.moq)
        .max(line.schedule.first_quantity());
    let smallest = exact::round_up(least, multiple)?;
    let largest = line.capacity.map(|most| most / multiple * multiple);
    if largest.is_some_and(|most| smallest > most) {
        return Ok(Priced::CapacityExceeded {
            minimum_order_quantity: smallest,
            available_quantity: largest.unwrap_or(0),
        });
    }
    let mut chosen = smallest;
    let mut best = line.landed(smallest, need.minor_per_major)?;
    if need.buy_up == BuyUp::IfCheaper {
        for quantity in line.larger_candidates(smallest, largest, need) {
            let landed = line.landed(quantity, need.minor_per_major)?;
            if (landed.total_minor, quantity) < (best.total_minor, chosen) {
                (chosen, best) = (quantity, landed);
            }
        }
    }
    let scale = need.minor_per_major;
    Ok(Priced::Order(PricedOrder {
        order_quantity: chosen,
        surplus_quantity: chosen - need.required_quantity,
        tier_index: line.schedule.tier_at(chosen),
        landed: best,
        landed_unit_price: Some(exact::scaled_per_unit(best.total_minor, scale, chosen)?),
        effective_unit_cost: Some(exact::scaled_per_unit(
            best.total_minor,
            scale,
            need.required_quantity,
        )?),
        bought_up: chosen > smallest,
        next_break: line.next_break(chosen, largest, scale)?,
    }))
}

fn nothing() -> PricedOrder {
    PricedOrder {
        order_quantity: 0,
        surplus_quantity: 0,
        tier_index: None,
        landed: Landed {
            goods_minor: 0,
            allowance_minor: 0,
            freight_minor: 0,
            tooling_minor: 0,
            duty_minor: 0,
            total_minor: 0,
        },
        landed_unit_price: None,
        effective_unit_cost: None,
        bought_up: false,
        next_break: None,
    }
}

fn check(line: &PricedLine, need: Need) -> Result<(), OutOfRange> {
    exact::within("required_quantity", need.required_quantity, 0, MAX_QUANTITY)?;
    exact::within(
        "max_surplus",
        need.max_surplus.unwrap_or(0),
        0,
        MAX_QUANTITY,
    )?;
    exact::within("base_quantity", line.base_quantity, 1, MAX_QUANTITY)?;
    exact::within("moq", line.moq, 1, MAX_QUANTITY)?;
    exact::within("order_multiple", line.order_multiple, 1, MAX_QUANTITY)?;
    exact::within("capacity", line.capacity.unwrap_or(0), 0, MAX_QUANTITY)?;
    exact::within("tooling_minor", line.tooling_minor, 0, MAX_AMOUNT)?;
    exact::within("allowance_bps", line.allowance_bps, 0, 10_000)?;
    exact::within("duty_bps", line.duty_bps, 0, 1_000_000)?;
    let freight = &line.freight;
    exact::within("fixed_minor", freight.fixed_minor, 0, MAX_AMOUNT)?;
    let free_from = freight.free_from_quantity.unwrap_or(1);
    exact::within("free_from_quantity", free_from, 0, MAX_QUANTITY)?;
    if let Some(load) = &freight.per_load {
        exact::within("load_quantity", load.load_quantity, 1, MAX_QUANTITY)?;
        exact::within("amount_minor", load.amount_minor, 0, MAX_AMOUNT)?;
    }
    Ok(())
}

impl PricedLine {
    /// Landed total of ordering `quantity`, each named amount rounded once.
    ///
    /// # Errors
    /// [`Overflow`] beyond amounts.
    pub fn landed(&self, quantity: i64, minor_per_major: i128) -> Result<Landed, Overflow> {
        let goods_minor =
            self.schedule
                .goods_minor(quantity, self.base_quantity, minor_per_major)?;
        let allowance_minor = exact::share_bps(goods_minor, self.allowance_bps)?;
        let freight_minor = self.freight.minor(quantity, minor_per_major)?;
        let dutiable = goods_minor - allowance_minor + freight_minor;
        let duty_minor = exact::share_bps(dutiable, self.duty_bps)?;
        let total = i128::from(dutiable) + i128::from(self.tooling_minor) + i128::from(duty_minor);
        Ok(Landed {
            goods_minor,
            allowance_minor,
            freight_minor,
            tooling_minor: self.tooling_minor,
            duty_minor,
            total_minor: exact::amount(total)?,
        })
    }

    fn larger_candidates(&self, smallest: i64, largest: Option<i64>, need: Need) -> Vec<i64> {
        let breaks = self.schedule.breaks().iter().map(|tier| tier.min_quantity);
        breaks
            .chain(self.freight.free_from_quantity)
            .filter(|start| *start > smallest)
            .filter_map(|start| exact::round_up(start, self.order_multiple).ok())
            .filter(|quantity| largest.is_none_or(|most| *quantity <= most))
            .filter(|quantity| {
                need.max_surplus
                    .is_none_or(|most| quantity - need.required_quantity <= most)
            })
            .collect()
    }

    fn next_break(
        &self,
        ordered: i64,
        largest: Option<i64>,
        minor_per_major: i128,
    ) -> Result<Option<NextBreak>, Overflow> {
        let next = self
            .schedule
            .breaks()
            .iter()
            .map(|tier| tier.min_quantity)
            .find(|start| *start > ordered)
            .and_then(|start| exact::round_up(start, self.order_multiple).ok())
            .filter(|quantity| largest.is_none_or(|most| *quantity <= most));
        let Some(quantity) = next else {
            return Ok(None);
        };
        Ok(Some(NextBreak {
            tier_index: self.schedule.tier_at(quantity).unwrap_or(0),
            order_quantity: quantity,
            additional_quantity: quantity - ordered,
            landed_total_minor: self.landed(quantity, minor_per_major)?.total_minor,
        }))
    }
}

impl Freight {
    /// Freight of `quantity` units in minor units.
    ///
    /// # Errors
    /// [`Overflow`] beyond amounts.
    pub fn minor(&self, quantity: i64, minor_per_major: i128) -> Result<i64, Overflow> {
        if self.free_from_quantity.is_some_and(|from| quantity >= from) {
            return Ok(0);
        }
        let scaled = exact::product(&[self.per_unit.scaled().into(), quantity.into()])?;
        let per_unit = exact::minor_of_scaled(scaled, minor_per_major, 1)?;
        let loads = match &self.per_load {
            None => 0,
            Some(load) => {
                let started = (i128::from(quantity) + i128::from(load.load_quantity) - 1)
                    / i128::from(load.load_quantity);
                exact::product(&[started, load.amount_minor.into()])?
            }
        };
        exact::amount(
            (i128::from(self.fixed_minor) + i128::from(per_unit))
                .checked_add(loads)
                .ok_or(Overflow)?,
        )
    }
}

#[cfg(test)]
#[path = "tiered_price_tests.rs"]
mod tests;
