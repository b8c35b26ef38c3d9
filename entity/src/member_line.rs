//! `member_line`: members' parts of group orders.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::GroupOrderId;
use crate::ids::ItemId;
use crate::ids::MemberLineId;
use crate::ids::MembershipId;

/// One member's part of one item.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "member_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MemberLineId,
    pub alliance_id: AllianceId,
    pub group_order_id: GroupOrderId,
    pub item_id: ItemId,
    pub membership_id: MembershipId,
    #[sea_orm(column_name = "unit_price_e6")]
    pub unit_price_e6: i64,
    pub tier_index: i32,
    pub quantity: i64,
    pub total_minor: i64,
    #[sea_orm(column_name = "reference_e6")]
    pub reference_e6: Option<i64>,
    pub reference_minor: Option<i64>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
