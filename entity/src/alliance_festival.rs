//! `alliance_festival`: festivals of an alliance's own.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceFestivalId;
use crate::ids::AllianceId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One festival.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "alliance_festival")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AllianceFestivalId,
    pub alliance_id: AllianceId,
    pub festival: String,
    pub name_zh: String,
    pub name_en: String,
    pub rule: Json,
    pub provisional: bool,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
