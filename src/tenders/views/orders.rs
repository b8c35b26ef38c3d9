//! Bodies and views of group orders, and of what a member is told.

use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

use crate::kernel::ids::AwardId;
use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TenderId;
use crate::kernel::money::UnitPrice;
use crate::kernel::time::Instant;
use crate::tenders::domain::clearing::MemberStatus;
use crate::tenders::repo::awards::AwardLine;
use crate::tenders::repo::awards::MemberLine;
use crate::tenders::repo::awards::Order;
use crate::tenders::service::clearing_field::MemberShare;

/// One member's part of one item.
#[derive(Serialize, ToSchema)]
pub struct MemberLineView {
    #[schema(max_length = 200)]
    pub id: String,
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub membership_id: MembershipId,
    pub unit_price: UnitPrice,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: i32,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_minor: i64,
    /// For the member alone.
    pub reference_unit_price: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub reference_minor: Option<i64>,
    /// Reference less total; negative savings are shown.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub saving_minor: Option<i64>,
}

impl MemberLineView {
    /// With the reference, where the member itself asks.
    pub fn of(line: &MemberLine, refs: &HashMap<ItemId, String>, own: bool) -> Self {
        let reference = line.reference_minor.filter(|_| own);
        Self {
            id: line.id.to_string(),
            item_id: line.item_id,
            line_ref: refs.get(&line.item_id).cloned().unwrap_or_default(),
            membership_id: line.membership_id,
            unit_price: UnitPrice::from_scaled(line.unit_price_e6),
            tier_index: line.tier_index,
            quantity: line.quantity,
            total_minor: line.total_minor,
            reference_unit_price: line
                .reference_e6
                .filter(|_| own)
                .map(UnitPrice::from_scaled),
            reference_minor: reference,
            saving_minor: reference.map(|before| before - line.total_minor),
        }
    }
}

/// What is ordered of one item.
#[derive(Serialize, ToSchema)]
pub struct OrderTotalView {
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub unit_price: UnitPrice,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub goods_minor: i64,
}

/// An order to one manufacturer, as far as the caller may see it.
#[derive(Serialize, ToSchema)]
pub struct GroupOrderView {
    pub id: GroupOrderId,
    pub tender_id: TenderId,
    pub award_id: AwardId,
    pub manufacturer_id: ManufacturerId,
    #[schema(max_length = 200)]
    pub currency: String,
    #[schema(max_length = 200)]
    pub state: String,
    pub placed_at: Option<Instant>,
    pub confirmed_at: Option<Instant>,
    /// For evaluators and the manufacturer.
    #[schema(max_items = 50_000)]
    pub totals: Vec<OrderTotalView>,
    /// All for evaluators, the own ones for a member.
    #[schema(max_items = 50_000)]
    pub member_lines: Vec<MemberLineView>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    pub created_at: Instant,
}

impl GroupOrderView {
    /// From the stored rows, already cut to what the caller may see.
    pub fn of(
        order: &Order,
        currency: &str,
        member_lines: Vec<MemberLineView>,
        totals: &[AwardLine],
        refs: &HashMap<ItemId, String>,
    ) -> Self {
        let total = |line: &AwardLine| OrderTotalView {
            item_id: line.item_id,
            line_ref: refs.get(&line.item_id).cloned().unwrap_or_default(),
            unit_price: UnitPrice::from_scaled(line.unit_price_e6),
            quantity: line.quantity,
            goods_minor: line.goods_minor,
        };
        Self {
            id: order.id,
            tender_id: order.tender_id,
            award_id: order.award_id,
            manufacturer_id: order.manufacturer_id,
            currency: currency.to_owned(),
            state: order.state.clone(),
            placed_at: order.placed_at,
            confirmed_at: order.confirmed_at,
            totals: totals.iter().map(total).collect(),
            member_lines,
            version: order.version,
            created_at: order.created_at,
        }
    }
}

/// Group orders of a tender.
#[derive(Serialize, ToSchema)]
pub struct GroupOrdersView {
    #[schema(max_items = 50_000)]
    pub items: Vec<GroupOrderView>,
}

/// The caller's own part of an order.
#[derive(Serialize, ToSchema)]
pub struct StatementView {
    pub group_order_id: GroupOrderId,
    #[schema(max_length = 200)]
    pub currency: String,
    #[schema(max_length = 200)]
    pub state: String,
    #[schema(max_items = 50_000)]
    pub lines: Vec<MemberLineView>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_minor: i64,
    /// Over the lines that have a reference.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub saving_minor: i64,
}

impl StatementView {
    /// Sums the own lines.
    pub fn of(order: &Order, currency: &str, lines: Vec<MemberLineView>) -> Self {
        Self {
            group_order_id: order.id,
            currency: currency.to_owned(),
            state: order.state.clone(),
            total_minor: lines.iter().map(|line| line.total_minor).sum(),
            saving_minor: lines.iter().filter_map(|line| line.saving_minor).sum(),
            lines,
        }
    }
}

/// What became of one commitment of the caller.
#[derive(Serialize, ToSchema)]
pub struct ClearedItem {
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub membership_id: MembershipId,
    pub commitment_id: CommitmentId,
    pub status: MemberStatus,
    /// The winner.
    pub manufacturer_id: Option<ManufacturerId>,
    /// The price reached.
    pub unit_price: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: Option<i32>,
    /// The highest limit of the own commitment.
    pub your_limit: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_minor: i64,
    pub reference_unit_price: Option<UnitPrice>,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub saving_minor: Option<i64>,
    pub group_order_id: Option<GroupOrderId>,
}

impl ClearedItem {
    /// From the own share.
    pub fn of(
        share: &MemberShare,
        line_ref: String,
        winner: Option<ManufacturerId>,
        limit: Option<UnitPrice>,
        group_order_id: Option<GroupOrderId>,
    ) -> Self {
        Self {
            item_id: share.item,
            line_ref,
            membership_id: share.membership,
            commitment_id: share.commitment,
            status: share.status,
            manufacturer_id: winner,
            unit_price: share.unit_price,
            tier_index: share.tier_index,
            your_limit: limit,
            quantity: share.quantity,
            total_minor: share.total_minor,
            reference_unit_price: share.reference_unit_price,
            saving_minor: share.reference_minor.map(|r| r - share.total_minor),
            group_order_id,
        }
    }
}

/// What a member is told, once the award is told.
#[derive(Serialize, ToSchema)]
pub struct ClearingForMe {
    pub tender_id: TenderId,
    #[schema(max_length = 200)]
    pub currency: String,
    pub decided: bool,
    #[schema(max_items = 50_000)]
    pub items: Vec<ClearedItem>,
}

impl ClearingForMe {
    /// Before the award is told.
    pub fn pending(tender_id: TenderId, currency: &str) -> Self {
        Self {
            tender_id,
            currency: currency.to_owned(),
            decided: false,
            items: vec![],
        }
    }
}
