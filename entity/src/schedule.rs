//! `schedule`: cron lines.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ScheduleId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One cron line and the job that its fires add.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ScheduleId,
    pub alliance_id: Option<AllianceId>,
    pub name: String,
    pub expr: String,
    pub time_zone: String,
    pub job: String,
    pub payload: Json,
    pub enabled: bool,
    /// When it fires next; nothing while it rests.
    pub next_at: Option<Instant>,
    pub last_at: Option<Instant>,
    pub misfire: String,
    pub max_late_s: i64,
    /// Edition of the time zones by which `next_at` was computed.
    pub tzdb: String,
    pub version: i64,
    pub created_by: Option<UserId>,
    pub created_at: Option<Instant>,
    pub deleted_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
