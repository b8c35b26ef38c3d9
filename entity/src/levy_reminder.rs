//! `levy_reminder`: mails that reminded of levy notices; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::LevyNoticeId;
use crate::instant::Instant;

/// One reminder.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "levy_reminder")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: LevyNoticeId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub due_on: Date,
    /// Days after the due day; negative before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: i64,
    pub alliance_id: AllianceId,
    pub sent_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
