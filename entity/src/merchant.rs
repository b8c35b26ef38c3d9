//! `merchant`: small merchants.

use sea_orm::entity::prelude::*;

use crate::ids::MerchantId;
use crate::instant::Instant;

/// One merchant.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merchant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MerchantId,
    pub name: String,
    pub region: String,
    pub category: String,
    pub locale: String,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
