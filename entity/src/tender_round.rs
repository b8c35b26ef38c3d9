//! `tender_round`: submission windows of tenders.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::RoundId;
use crate::ids::TenderId;
use crate::instant::Instant;

/// One submission window.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tender_round")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoundId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub number: i32,
    pub kind: String,
    pub opens_at: Instant,
    pub closes_at: Instant,
    pub state: String,
    pub opened_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
