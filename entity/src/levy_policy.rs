//! `levy_policy`: how a budget is split, one row per version; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::LevyPolicyId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One version.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "levy_policy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LevyPolicyId,
    pub alliance_id: AllianceId,
    pub name: String,
    pub number: i64,
    pub measure: String,
    pub accept_declared: bool,
    pub quantum_minor: i64,
    pub floor_minor: Option<i64>,
    pub cap_minor: Option<i64>,
    pub overrides: Json,
    pub created_by: UserId,
    pub created_at: Instant,
    pub plan: Option<Json>,
    pub content_hash: Option<Vec<u8>>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
