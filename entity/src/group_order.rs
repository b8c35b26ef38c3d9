//! `group_order`: orders to manufacturers.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AwardId;
use crate::ids::GroupOrderId;
use crate::ids::ManufacturerId;
use crate::ids::TenderId;
use crate::instant::Instant;

/// One order to one manufacturer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "group_order")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GroupOrderId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub award_id: AwardId,
    pub manufacturer_id: ManufacturerId,
    pub state: String,
    pub placed_at: Option<Instant>,
    pub confirmed_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
