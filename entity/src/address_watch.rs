//! `address_watch`: an address from which a message came back for a while, and how the last ones fared.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// One address that is watched.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "address_watch")]
pub struct Model {
    /// In lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email: String,
    /// The last deliveries, oldest first, each with whether it came back.
    pub recent: Json,
    pub changed_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
