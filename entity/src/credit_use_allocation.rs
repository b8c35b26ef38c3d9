//! `credit_use_allocation`: notices that credits paid; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CreditUseId;
use crate::ids::LevyNoticeId;

/// One part.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_use_allocation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub credit_use_id: CreditUseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: LevyNoticeId,
    pub alliance_id: AllianceId,
    pub amount_minor: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
