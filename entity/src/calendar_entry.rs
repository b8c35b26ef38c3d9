//! `calendar_entry`: what calendars show of a phase, kept after the phase is gone.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::PhaseId;
use crate::ids::PromotionId;
use crate::instant::Instant;

/// One event. The local times are the truth; the instants are computed from them.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_entry")]
pub struct Model {
    /// The phase that it is of, whether or not that still exists.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhaseId,
    pub alliance_id: AllianceId,
    pub promotion_id: PromotionId,
    /// Name of the promotion.
    pub title: String,
    /// Name of the phase.
    pub phase: String,
    pub time_zone: String,
    pub local_from: String,
    pub local_to: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// `tentative`, `confirmed` or `cancelled`.
    pub status: String,
    /// Changes of time or status so far.
    pub sequence: i64,
    pub changed_at: Instant,
    /// How far the clock told of it: `ahead`, `open` or `over`.
    pub stage: String,
    /// When the clock has to tell of it next.
    pub next_turn_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
