//! `award_line`: items of awards.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AwardId;
use crate::ids::AwardLineId;
use crate::ids::ItemId;

/// One item awarded.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "award_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AwardLineId,
    pub alliance_id: AllianceId,
    pub award_id: AwardId,
    pub item_id: ItemId,
    #[sea_orm(column_name = "unit_price_e6")]
    pub unit_price_e6: i64,
    pub tier_index: i32,
    pub quantity: i64,
    pub goods_minor: i64,
    pub live: bool,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
