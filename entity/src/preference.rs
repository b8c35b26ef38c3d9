//! `preference`: what somebody last answered about mail of one category of one alliance.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ConsentId;
use crate::instant::Instant;

/// The last answer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "preference")]
pub struct Model {
    /// In lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub alliance_id: AllianceId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    pub allowed: bool,
    /// The answer in the log.
    pub consent_id: ConsentId,
    pub changed_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
