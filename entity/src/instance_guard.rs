//! `instance_guard`: which installation this database belongs to.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// One row; the same word stands in a file outside the database.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "instance_guard")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub instance: String,
    pub since: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
