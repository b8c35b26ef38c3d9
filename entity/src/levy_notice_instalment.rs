//! `levy_notice_instalment`: parts of levy notices with days of their own; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::LevyNoticeId;

/// One part.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "levy_notice_instalment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: LevyNoticeId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub alliance_id: AllianceId,
    pub due_on: Date,
    pub amount_minor: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
