//! `sharing`: amounts shared among members, in four kinds.

use serde::Deserialize;
use serde::Serialize;

use crate::by_kind;
use crate::kernel::money::UnitPrice;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::tenders::calculators::clearing::ClearingRequest;
use crate::tenders::calculators::clearing::one;
use crate::tenders::calculators::clearing::two;
use crate::tenders::domain::clearing::Clearing;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::exact;
use crate::tenders::domain::group_invoice;
use crate::tenders::domain::group_invoice::Buyer;
use crate::tenders::domain::group_invoice::FreightBasis;
use crate::tenders::domain::group_invoice::GroupCosts;
use crate::tenders::domain::group_invoice::InvoiceAmounts;
use crate::tenders::domain::group_invoice::Saving;
use crate::tenders::domain::member_default;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::retro_rebate;
use crate::tenders::domain::retro_rebate::PaidOrder;
use crate::tenders::domain::sharing;
use crate::tenders::domain::sharing::Part;
use crate::tenders::domain::sharing::SharingError;
use crate::words;

mod answers;

pub use answers::SharingAnswer;
pub use answers::SharingDefaultAnswer;
pub use answers::SharingGroupAfter;
pub use answers::SharingGroupBefore;
pub use answers::SharingInvoiceAnswer;
pub use answers::SharingInvoiceMember;
pub use answers::SharingRebateAnswer;
pub use answers::SharingRebateMember;
pub use answers::SharingShares;

by_kind! {
    /// One of four questions.
    #[derive(PartialEq, Eq, garde::Validate)]
    #[garde(allow_unvalidated)]
    #[schema(example = json!({"kind": "allocate", "total_minor": 1000, "weights": [1, 1, 1], "sequences": [1, 2, 3]}))]
    pub enum SharingRequest {
        /// Share one amount by weights.
        Allocate(SharingAllocate) = "allocate",
        /// Share what a cleared group owes.
        GroupInvoice(SharingInvoice) = "group_invoice",
        /// Settle a tier that was reached after the orders.
        RetroRebate(SharingRebate) = "retro_rebate",
        /// Settle the default of members.
        Default(SharingDefault) = "default",
    }
}

words! {
    /// The kind of [`SharingAllocate`].
    pub enum SharingAllocateKind { Allocate = "allocate" }
}

words! {
    /// The kind of [`SharingInvoice`].
    pub enum SharingInvoiceKind { GroupInvoice = "group_invoice" }
}

words! {
    /// The kind of [`SharingRebate`].
    pub enum SharingRebateKind { RetroRebate = "retro_rebate" }
}

words! {
    /// The kind of [`SharingDefault`].
    pub enum SharingDefaultKind { Default = "default" }
}

/// An amount and weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingAllocate {
    /// Says that this is one.
    pub kind: SharingAllocateKind,
    pub total_minor: i64,
    /// Not negative.
    pub weights: Vec<i64>,
    /// Ties go to the lower; as many as weights.
    pub sequences: Vec<i64>,
}

/// A cleared group and its costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingInvoice {
    /// Says that this is one.
    pub kind: SharingInvoiceKind,
    #[serde(default = "two")]
    pub minor_unit: i64,
    pub unit_price: UnitPrice,
    #[serde(default = "one")]
    pub base_quantity: i64,
    #[serde(default)]
    pub freight_minor: i64,
    #[serde(default)]
    pub tooling_minor: i64,
    #[serde(default)]
    pub fee_bps: i64,
    #[serde(default)]
    pub freight_basis: FreightBasis,
    pub members: Vec<SharingBuyer>,
}

/// One member of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingBuyer {
    #[schema(max_length = 100)]
    pub member: String,
    pub sequence: i64,
    pub quantity: i64,
    /// The member's own former price.
    #[serde(default)]
    pub reference_unit_price: Option<UnitPrice>,
    /// For freight by weight.
    #[serde(default)]
    pub weight: Option<i64>,
}

/// Orders of a period and the breaks they count towards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingRebate {
    /// Says that this is one.
    pub kind: SharingRebateKind,
    #[serde(default = "two")]
    pub minor_unit: i64,
    #[serde(default)]
    pub mode: DiscountMode,
    pub price_breaks: Vec<PriceBreak>,
    #[serde(default = "one")]
    pub base_quantity: i64,
    pub orders: Vec<SharingOrder>,
}

/// One order of one member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingOrder {
    #[schema(max_length = 100)]
    pub member: String,
    pub sequence: i64,
    pub quantity: i64,
    pub paid_minor: i64,
}

/// A cleared group, who fell away, and who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingDefault {
    /// Says that this is one.
    pub kind: SharingDefaultKind,
    pub problem: ClearingRequest,
    pub defaulters: Vec<String>,
    #[serde(default)]
    pub reserve: Vec<Commitment>,
}

/// Why a sharing was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SharingRefusal {
    /// By the rules of sharing.
    #[error(transparent)]
    Sharing(#[from] SharingError),
    /// By the rules of clearing.
    #[error(transparent)]
    Clearing(#[from] ClearingError),
}

impl Refusal for SharingRefusal {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Sharing(error) => error.kind(),
            Self::Clearing(error) => error.kind(),
        }
    }

    fn params(&self) -> serde_json::Map<String, serde_json::Value> {
        match self {
            Self::Sharing(error) => error.params(),
            Self::Clearing(error) => error.params(),
        }
    }
}

/// Answers one of the four questions.
///
/// # Errors
/// [`SharingRefusal`] when a rule is broken, the request is too large or a result is beyond amounts.
pub fn sharing(request: SharingRequest) -> Result<SharingAnswer, SharingRefusal> {
    Ok(match request {
        SharingRequest::Allocate(request) => SharingAnswer::Allocate(allocate(&request)?),
        SharingRequest::GroupInvoice(request) => SharingAnswer::GroupInvoice(invoice(&request)?),
        SharingRequest::RetroRebate(request) => SharingAnswer::RetroRebate(rebate(request)?),
        SharingRequest::Default(request) => SharingAnswer::Default(default(request)?),
    })
}

fn allocate(request: &SharingAllocate) -> Result<SharingShares, SharingError> {
    if request.weights.len() != request.sequences.len() {
        return Err(SharingError::LengthsDiffer {
            weights: request.weights.len(),
            sequences: request.sequences.len(),
        });
    }
    let limit = exact::MAX_QUANTITY;
    exact::within("total_minor", request.total_minor, -limit, limit)?;
    let mut parts = vec![];
    for (weight, sequence) in request.weights.iter().zip(&request.sequences) {
        parts.push(Part {
            weight: exact::within("weights", *weight, 0, limit)?.into(),
            sequence: *sequence,
        });
    }
    let shares = sharing::share(request.total_minor, &parts)?;
    Ok(SharingShares { shares })
}

fn invoice(request: &SharingInvoice) -> Result<SharingInvoiceAnswer, SharingError> {
    let costs = GroupCosts {
        unit_price: request.unit_price,
        base_quantity: request.base_quantity,
        freight_minor: request.freight_minor,
        freight_basis: request.freight_basis,
        tooling_minor: request.tooling_minor,
        fee_bps: request.fee_bps,
        minor_per_major: exact::minor_per_major(request.minor_unit)?,
    };
    let buyer = |member: &SharingBuyer| Buyer {
        sequence: member.sequence,
        quantity: member.quantity,
        reference_unit_price: member.reference_unit_price,
        weight: member.weight,
    };
    let buyers: Vec<Buyer> = request.members.iter().map(buyer).collect();
    let invoice = group_invoice::invoice(&costs, &buyers)?;
    let members = request.members.iter().zip(invoice.members);
    Ok(SharingInvoiceAnswer {
        supplier_goods_minor: invoice.group.goods_minor,
        freight_minor: invoice.group.freight_minor,
        tooling_minor: invoice.group.tooling_minor,
        fee_minor: invoice.group.fee_minor,
        total_minor: invoice.group.total_minor,
        members: members
            .map(|(buyer, (amounts, saving))| invoice_member(buyer, amounts, saving))
            .collect(),
    })
}

fn invoice_member(
    buyer: &SharingBuyer,
    amounts: InvoiceAmounts,
    saving: Option<Saving>,
) -> SharingInvoiceMember {
    SharingInvoiceMember {
        member: buyer.member.clone(),
        quantity: buyer.quantity,
        goods_minor: amounts.goods_minor,
        freight_minor: amounts.freight_minor,
        tooling_minor: amounts.tooling_minor,
        fee_minor: amounts.fee_minor,
        total_minor: amounts.total_minor,
        reference_minor: saving.map(|s| s.reference_minor),
        saving_minor: saving.map(|s| s.saving_minor),
        saving_bps: saving.and_then(|s| s.saving_bps),
    }
}

fn rebate(request: SharingRebate) -> Result<SharingRebateAnswer, SharingError> {
    let schedule = PriceSchedule::new(request.mode, request.price_breaks)?;
    let scale = exact::minor_per_major(request.minor_unit)?;
    let paid = |order: SharingOrder| PaidOrder {
        member: order.member,
        sequence: order.sequence,
        quantity: order.quantity,
        paid_minor: order.paid_minor,
    };
    let orders: Vec<PaidOrder> = request.orders.into_iter().map(paid).collect();
    let rebate = retro_rebate::settle(&schedule, request.base_quantity, scale, &orders)?;
    Ok(SharingRebateAnswer {
        total_quantity: rebate.total_quantity,
        tier_index: rebate.tier_index,
        paid_minor: rebate.paid_minor,
        final_minor: rebate.final_minor,
        rebate_pool_minor: rebate.rebate_pool_minor,
        rule: rebate.rule,
        members: rebate
            .members
            .into_iter()
            .map(|m| SharingRebateMember {
                member: m.member,
                quantity: m.quantity,
                paid_minor: m.paid_minor,
                adjustment_minor: m.adjustment_minor,
                final_minor: m.final_minor,
            })
            .collect(),
    })
}

fn default(request: SharingDefault) -> Result<SharingDefaultAnswer, ClearingError> {
    let (terms, commitments) = request.problem.into_parts()?;
    let settled =
        member_default::settle(&terms, &commitments, &request.defaulters, &request.reserve)?;
    let after = |clearing: Clearing| SharingGroupAfter {
        outcome: clearing.outcome(),
        unit_price: clearing.unit_price,
        total_allocated: clearing.total_allocated,
    };
    Ok(SharingDefaultAnswer {
        before: SharingGroupBefore {
            unit_price: settled.before.unit_price,
            total_allocated: settled.before.total_allocated,
        },
        after: settled.after.map(after),
        called_from_reserve: settled.called_from_reserve,
        released: settled.released,
        price_damage_minor: settled.price_damage_minor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_is_shared_as_stated() {
        vectors::check("4d_sharing", sharing);
    }
}
