//! `address_fault`: addresses that a mail server refused for good, for a reason that is not known.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// One address, in lower case.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "address_fault")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub email: String,
    /// When it was refused last.
    pub refused_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
