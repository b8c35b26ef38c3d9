//! `size_fact`: how large a merchant is, bitemporal and append-only.

use sea_orm::entity::prelude::*;

use crate::ids::MerchantId;
use crate::ids::SizeFactId;
use crate::instant::Instant;

/// One statement.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "size_fact")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SizeFactId,
    pub merchant_id: MerchantId,
    pub measure: String,
    pub value: i64,
    pub unit: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub status: String,
    pub evidence_ref: Option<String>,
    pub supersedes: Option<SizeFactId>,
    pub recorded_by: Uuid,
    pub recorded_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
