//! `domain_gate`: receivers that asked for less.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// One receiver: a group of domains or a domain.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "domain_gate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub domain: String,
    /// Nothing is sent there until then.
    pub closed_until: Option<Instant>,
    /// How often in a row it was closed: each time twice as long.
    pub closures: i32,
    /// Most connections at once, where it said that there were too many.
    pub connections: Option<i32>,
    pub reason: String,
    pub updated_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
