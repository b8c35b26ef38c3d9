//! `alliance`: alliances: the tenants.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::instant::Instant;

/// One alliance.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alliance")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AllianceId,
    pub name: String,
    pub kind: String,
    pub time_zone: String,
    pub currency: String,
    pub locale: String,
    pub listed: bool,
    pub state: String,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
