//! `by_laws`: versions of an alliance's by-laws.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ByLawsId;
use crate::instant::Instant;

/// One version.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "by_laws")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ByLawsId,
    pub alliance_id: AllianceId,
    pub number: i64,
    pub content: Json,
    pub adopted_by: Uuid,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
