//! `levy_dispute`: objections of members to levy notices.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::LevyDisputeId;
use crate::ids::LevyNoticeId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One objection.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "levy_dispute")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LevyDisputeId,
    pub alliance_id: AllianceId,
    pub notice_id: LevyNoticeId,
    pub reason: String,
    pub raised_by: UserId,
    pub raised_at: Instant,
    pub outcome: Option<String>,
    pub answer: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
