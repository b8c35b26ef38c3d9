//! `price_log`: what merchants asked for their products, and from when on.

use sea_orm::entity::prelude::*;

use crate::ids::MerchantId;
use crate::ids::PriceLogId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One price.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "price_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriceLogId,
    pub merchant_id: MerchantId,
    pub sku: String,
    pub currency: String,
    pub price_minor: i64,
    pub effective_at: Instant,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
