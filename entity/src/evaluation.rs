//! `evaluation`: stored clearings of tenders.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::EvaluationId;
use crate::ids::RoundId;
use crate::ids::TenderId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One clearing: what everybody may know, and the allocations, encrypted.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "evaluation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EvaluationId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub round_id: RoundId,
    pub algorithm: String,
    pub input_mac: Vec<u8>,
    pub result: Json,
    pub sealed_allocations: Vec<u8>,
    pub evaluated_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
