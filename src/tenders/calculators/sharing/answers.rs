//! What `sharing` answers.

use serde::Serialize;

use crate::kernel::money::UnitPrice;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::retro_rebate::RebateRule;

/// The answer to one of four questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum SharingAnswer {
    Allocate(SharingShares),
    GroupInvoice(SharingInvoiceAnswer),
    RetroRebate(SharingRebateAnswer),
    Default(SharingDefaultAnswer),
}

/// Shares in the order of the weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingShares {
    pub shares: Vec<i64>,
}

/// The invoice of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingInvoiceAnswer {
    pub supplier_goods_minor: i64,
    pub freight_minor: i64,
    pub tooling_minor: i64,
    pub fee_minor: i64,
    pub total_minor: i64,
    /// In the order of the request.
    pub members: Vec<SharingInvoiceMember>,
}

/// One member's part of the invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingInvoiceMember {
    pub member: String,
    pub quantity: i64,
    pub goods_minor: i64,
    pub freight_minor: i64,
    pub tooling_minor: i64,
    pub fee_minor: i64,
    pub total_minor: i64,
    pub reference_minor: Option<i64>,
    pub saving_minor: Option<i64>,
    pub saving_bps: Option<i64>,
}

/// The settlement of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingRebateAnswer {
    pub total_quantity: i64,
    pub tier_index: Option<usize>,
    pub paid_minor: i64,
    pub final_minor: i64,
    pub rebate_pool_minor: i64,
    pub rule: RebateRule,
    pub members: Vec<SharingRebateMember>,
}

/// One member's settlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingRebateMember {
    pub member: String,
    pub quantity: i64,
    pub paid_minor: i64,
    /// Paid back; negative when the member owes.
    pub adjustment_minor: i64,
    pub final_minor: i64,
}

/// What a default leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingDefaultAnswer {
    pub before: SharingGroupBefore,
    pub after: Option<SharingGroupAfter>,
    pub called_from_reserve: Vec<String>,
    pub released: Vec<String>,
    pub price_damage_minor: Option<i64>,
}

/// The group as awarded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingGroupBefore {
    pub unit_price: Option<UnitPrice>,
    pub total_allocated: i64,
}

/// The group after the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SharingGroupAfter {
    pub outcome: Outcome,
    pub unit_price: Option<UnitPrice>,
    pub total_allocated: i64,
}
