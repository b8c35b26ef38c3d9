//! `schedule_fire`: one row per fired instant of a schedule, so that one process wins it.

use sea_orm::entity::prelude::*;

use crate::ids::CampaignId;
use crate::ids::ScheduleId;
use crate::instant::Instant;

/// One fire.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule_fire")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub schedule_id: ScheduleId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub fire_at: Instant,
    pub claimed_by: Uuid,
    pub created_at: Instant,
    /// What the clocks on the wall showed; fires once for a schedule.
    pub local_minute: Option<String>,
    pub outcome: String,
    pub campaign_id: Option<CampaignId>,
    /// What came of it; nothing until it is handled.
    pub result: Option<String>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
