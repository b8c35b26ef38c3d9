//! `promotion_phase`: the periods of a promotion.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::PhaseId;
use crate::ids::PromotionId;
use crate::instant::Instant;

/// One period. The local times are the truth; the instants are computed from them.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "promotion_phase")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhaseId,
    pub alliance_id: AllianceId,
    pub promotion_id: PromotionId,
    pub position: i64,
    pub name: String,
    pub local_from: String,
    pub local_to: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
