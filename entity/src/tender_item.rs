//! `tender_item`: products wanted in tenders.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ItemId;
use crate::ids::TenderId;

/// One product wanted.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tender_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ItemId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub line_ref: String,
    pub title: String,
    pub unit_code: String,
    pub expected_quantity: i64,
    pub order_multiple: i64,
    pub gtin: Option<String>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
