//! `mail_worker`: processes that send mail.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// One process.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_worker")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its share of the counters.
    pub shard: i32,
    pub host: String,
    pub started_at: Instant,
    pub seen_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
