//! `bucket`: tokens of the limits of rates.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// What was left of a limit at a moment.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bucket")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// In thousandths of a message.
    pub tokens: i64,
    pub at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
