//! `measure`: ways to measure the size of a member; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::MeasureId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One measure of an alliance.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "measure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MeasureId,
    pub alliance_id: AllianceId,
    pub key: String,
    pub unit: String,
    pub is_money: bool,
    pub scale: i64,
    pub description: String,
    pub evidence_required: bool,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
