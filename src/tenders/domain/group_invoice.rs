//! What each member of a cleared group owes: goods, freight, tooling, fee, and what it saved.
//!
//! The supplier's goods are rounded once for the group and shared, so no member's rounding is invented.

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::money::UnitPrice;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::sharing;
use crate::tenders::domain::sharing::Part;
use crate::tenders::domain::sharing::SharingError;

crate::words! {
    /// What freight is shared by.
    #[derive(Default)]
    pub enum FreightBasis {
        /// Units.
        #[default]
        Quantity = "quantity",
        /// Goods amounts.
        Value = "value",
        /// Weights stated per member.
        Weight = "weight",
    }
}

/// One member of the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Breaks ties of remainders.
    pub sequence: i64,
    /// Units.
    pub quantity: i64,
    /// The member's own former price, for its savings.
    pub reference_unit_price: Option<UnitPrice>,
    /// Weight for freight by weight.
    pub weight: Option<i64>,
}

/// What the group owes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCosts {
    /// The price that everybody pays.
    pub unit_price: UnitPrice,
    /// Units that one price pays for.
    pub base_quantity: i64,
    /// Freight in minor units.
    pub freight_minor: i64,
    /// What freight is shared by.
    pub freight_basis: FreightBasis,
    /// Tooling in minor units, shared by quantity.
    pub tooling_minor: i64,
    /// The alliance's fee on goods in basis points, shared by goods.
    pub fee_bps: i64,
    /// Minor units in one major unit.
    pub minor_per_major: i128,
}

/// Amounts of the group or of one member in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvoiceAmounts {
    pub goods_minor: i64,
    pub freight_minor: i64,
    pub tooling_minor: i64,
    pub fee_minor: i64,
    pub total_minor: i64,
}

/// Compared with a member's former price; negative savings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saving {
    /// What the units cost before.
    pub reference_minor: i64,
    /// Reference less total.
    pub saving_minor: i64,
    /// Saving of the reference in basis points; none of nothing.
    pub saving_bps: Option<i64>,
}

/// The whole invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupInvoice {
    /// Amounts of the group.
    pub group: InvoiceAmounts,
    /// Amounts and savings by member, in the order of the input.
    pub members: Vec<(InvoiceAmounts, Option<Saving>)>,
}

/// Shares a group's costs among its members.
///
/// # Errors
/// [`SharingError`] for numbers out of range, missing weights and results beyond amounts.
pub fn invoice(costs: &GroupCosts, buyers: &[Buyer]) -> Result<GroupInvoice, SharingError> {
    let quantity = check(costs, buyers)?;
    let scale = costs.minor_per_major;
    let at_price =
        |price: UnitPrice, quantity: i64| goods(price, quantity, scale, costs.base_quantity);
    let goods = at_price(costs.unit_price, quantity)?;
    let fee = exact::share_bps(goods, costs.fee_bps)?;
    let by = |total: i64, weight: &dyn Fn(usize) -> i64| {
        let part = |(index, buyer): (usize, &Buyer)| Part {
            weight: weight(index).into(),
            sequence: buyer.sequence,
        };
        let parts: Vec<Part> = buyers.iter().enumerate().map(part).collect();
        sharing::share(total, &parts)
    };
    let by_quantity = |index: usize| buyers[index].quantity;
    let goods_shares = by(goods, &by_quantity)?;
    let by_goods = |index: usize| goods_shares[index];
    let freight_shares = match costs.freight_basis {
        FreightBasis::Quantity => by(costs.freight_minor, &by_quantity)?,
        FreightBasis::Value => by(costs.freight_minor, &by_goods)?,
        FreightBasis::Weight => by(costs.freight_minor, &|index| {
            buyers[index].weight.unwrap_or(0)
        })?,
    };
    let tooling_shares = by(costs.tooling_minor, &by_quantity)?;
    let fee_shares = by(fee, &by_goods)?;
    let mut members = vec![];
    for (index, buyer) in buyers.iter().enumerate() {
        let amounts = InvoiceAmounts::of(
            goods_shares[index],
            freight_shares[index],
            tooling_shares[index],
            fee_shares[index],
        )?;
        let saving = match buyer.reference_unit_price {
            None => None,
            Some(price) => Some(saving(
                at_price(price, buyer.quantity)?,
                amounts.total_minor,
            )?),
        };
        members.push((amounts, saving));
    }
    let group = InvoiceAmounts::of(goods, costs.freight_minor, costs.tooling_minor, fee)?;
    Ok(GroupInvoice { group, members })
}

/// What a group pays for its goods, rounded once, in minor units.
///
/// # Errors
/// [`Overflow`] beyond amounts.
pub fn goods(
    price: UnitPrice,
    quantity: i64,
    minor_per_major: i128,
    base_quantity: i64,
) -> Result<i64, Overflow> {
    let scaled = exact::product(&[price.scaled().into(), quantity.into()])?;
    exact::minor_of_scaled(scaled, minor_per_major, base_quantity)
}

impl InvoiceAmounts {
    fn of(goods: i64, freight: i64, tooling: i64, fee: i64) -> Result<Self, Overflow> {
        let total = [goods, freight, tooling, fee].map(i128::from).iter().sum();
        Ok(Self {
            goods_minor: goods,
            freight_minor: freight,
            tooling_minor: tooling,
            fee_minor: fee,
            total_minor: exact::amount(total)?,
        })
    }
}

fn saving(reference_minor: i64, total_minor: i64) -> Result<Saving, Overflow> {
    let saving_minor = reference_minor - total_minor;
    let saving_bps = match reference_minor {
        0 => None,
        _ => Some(exact::amount(exact::round_div(
            i128::from(saving_minor) * 10_000,
            reference_minor.into(),
        )?)?),
    };
    Ok(Saving {
        reference_minor,
        saving_minor,
        saving_bps,
    })
}

fn check(costs: &GroupCosts, buyers: &[Buyer]) -> Result<i64, SharingError> {
    exact::few_enough("members", buyers.len())?;
    exact::within("base_quantity", costs.base_quantity, 1, MAX_QUANTITY)?;
    exact::within("freight_minor", costs.freight_minor, 0, MAX_AMOUNT)?;
    exact::within("tooling_minor", costs.tooling_minor, 0, MAX_AMOUNT)?;
    exact::within("fee_bps", costs.fee_bps, 0, 10_000)?;
    let mut total = 0_i128;
    for buyer in buyers {
        total += i128::from(exact::within("quantity", buyer.quantity, 0, MAX_QUANTITY)?);
        exact::within("weight", buyer.weight.unwrap_or(0), 0, MAX_QUANTITY)?;
    }
    Ok(exact::amount(total)?)
}
