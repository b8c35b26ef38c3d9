//! `unsealing`: consents to open a round.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::RoundId;
use crate::ids::UnsealingId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One person's consent.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "unsealing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnsealingId,
    pub alliance_id: AllianceId,
    pub round_id: RoundId,
    pub user_id: UserId,
    pub approved_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
