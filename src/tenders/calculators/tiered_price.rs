//! `tiered-price`: what a quote line costs for a quantity.

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::money::Currency;
use crate::kernel::money::format_scaled;
use crate::tenders::domain::exact;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::tiered_price;
use crate::tenders::domain::tiered_price::BuyUp;
use crate::tenders::domain::tiered_price::Freight;
use crate::tenders::domain::tiered_price::Need;
use crate::tenders::domain::tiered_price::NextBreak;
use crate::tenders::domain::tiered_price::PriceError;
use crate::tenders::domain::tiered_price::Priced;
use crate::tenders::domain::tiered_price::PricedLine;

/// The priced part of a quote line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TieredPriceLine {
    /// Prices by quantity.
    pub price_breaks: Vec<PriceBreak>,
    /// Whether the reached price applies to all units.
    #[serde(default)]
    pub discount_mode: DiscountMode,
    /// Units that one price pays for; 1 unless given.
    #[serde(default = "one")]
    pub base_quantity: i64,
    /// Smallest order; 1 unless given.
    #[serde(default = "one")]
    pub moq: i64,
    /// Orders are multiples of it; 1 unless given.
    #[serde(default = "one")]
    pub order_multiple: i64,
    /// Largest order, without limit unless given.
    #[serde(default)]
    pub capacity: Option<i64>,
    /// Paid once, in minor units.
    #[serde(default)]
    pub tooling_minor: i64,
    /// Discount on goods in basis points.
    #[serde(default)]
    pub allowance_bps: i64,
    /// Duty in basis points.
    #[serde(default)]
    pub duty_bps: i64,
    /// Freight; none unless given.
    #[serde(default)]
    pub freight: Freight,
}

fn one() -> i64 {
    1
}

/// A line and the quantity that is needed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"minor_unit": 2, "line": {"price_breaks": [{"min_quantity": 1, "unit_price": "10.00"}, {"min_quantity": 100, "unit_price": "9.00"}]}, "required_quantity": 95, "buy_up": "if_cheaper"}))]
pub struct TieredPriceRequest {
    /// Accepted and not needed: this calculator knows one kind.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub kind: Option<String>,
    /// Shown beside the amounts; `minor_unit` decides.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Digits of the currency's minor unit.
    pub minor_unit: i64,
    /// The quote line.
    pub line: TieredPriceLine,
    /// Units that are needed.
    pub required_quantity: i64,
    /// Whether to buy more when that is cheaper.
    #[serde(default)]
    pub buy_up: BuyUp,
    /// Most units beyond the need that buying up may leave.
    #[serde(default)]
    pub max_surplus: Option<i64>,
}

/// An order, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum TieredPriceAnswer {
    /// The line can deliver.
    Feasible(Box<TieredPriceOrder>),
    /// The line cannot deliver.
    Infeasible(TieredPriceShortage),
}

/// An order and its landed total, amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TieredPriceOrder {
    /// Always true.
    pub feasible: bool,
    pub order_quantity: i64,
    pub surplus_quantity: i64,
    /// Index of the break that the order reaches.
    pub tier_index: Option<usize>,
    pub goods_minor: i64,
    pub allowance_minor: i64,
    pub freight_minor: i64,
    pub tooling_minor: i64,
    pub duty_minor: i64,
    pub landed_total_minor: i64,
    /// Landed total per ordered unit in major units, for display.
    pub landed_unit_price: Option<String>,
    /// Landed total per needed unit in major units, for display.
    pub effective_unit_cost: Option<String>,
    /// Whether more was ordered because that is cheaper.
    pub bought_up: bool,
    pub next_break: Option<NextBreak>,
}

/// The smallest allowed order is beyond the capacity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TieredPriceShortage {
    /// Always false.
    pub feasible: bool,
    /// `capacity_exceeded`.
    pub reason: &'static str,
    pub minimum_order_quantity: i64,
    pub available_quantity: i64,
}

/// Prices a quantity on a line.
///
/// # Errors
/// [`PriceError`] when a rule of the line is broken or a result is beyond amounts.
pub fn tiered_price(request: TieredPriceRequest) -> Result<TieredPriceAnswer, PriceError> {
    let need = Need {
        required_quantity: request.required_quantity,
        buy_up: request.buy_up,
        max_surplus: request.max_surplus,
        minor_per_major: exact::minor_per_major(request.minor_unit)?,
    };
    let line = request.line;
    let line = PricedLine {
        schedule: PriceSchedule::new(line.discount_mode, line.price_breaks)?,
        base_quantity: line.base_quantity,
        moq: line.moq,
        order_multiple: line.order_multiple,
        capacity: line.capacity,
        tooling_minor: line.tooling_minor,
        allowance_bps: line.allowance_bps,
        duty_bps: line.duty_bps,
        freight: line.freight,
    };
    Ok(match tiered_price::price(&line, need)? {
        Priced::CapacityExceeded {
            minimum_order_quantity,
            available_quantity,
        } => TieredPriceAnswer::Infeasible(TieredPriceShortage {
            feasible: false,
            reason: "capacity_exceeded",
            minimum_order_quantity,
            available_quantity,
        }),
        Priced::Order(order) => TieredPriceAnswer::Feasible(Box::new(TieredPriceOrder {
            feasible: true,
            order_quantity: order.order_quantity,
            surplus_quantity: order.surplus_quantity,
            tier_index: order.tier_index,
            goods_minor: order.landed.goods_minor,
            allowance_minor: order.landed.allowance_minor,
            freight_minor: order.landed.freight_minor,
            tooling_minor: order.landed.tooling_minor,
            duty_minor: order.landed.duty_minor,
            landed_total_minor: order.landed.total_minor,
            landed_unit_price: order.landed_unit_price.map(format_scaled),
            effective_unit_cost: order.effective_unit_cost.map(format_scaled),
            bought_up: order.bought_up,
            next_break: order.next_break,
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_is_priced_as_stated() {
        vectors::check("4a_tiered_price", tiered_price);
    }
}
