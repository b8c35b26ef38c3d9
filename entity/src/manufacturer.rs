//! `manufacturer`: manufacturers that quote.

use sea_orm::entity::prelude::*;

use crate::ids::ManufacturerId;
use crate::instant::Instant;

/// One manufacturer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "manufacturer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ManufacturerId,
    pub name: String,
    pub country: String,
    pub locale: String,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
