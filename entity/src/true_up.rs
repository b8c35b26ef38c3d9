//! `true_up`: what seasons cost in the end.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::TrueUpId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One true-up.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "true_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TrueUpId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub basis: String,
    pub total_minor: i64,
    pub due_on: Date,
    pub content_hash: Vec<u8>,
    pub state: String,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub applied_by: Option<UserId>,
    pub applied_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
