//! `mailing`: a campaign as the delivery engine knows it.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CampaignId;
use crate::instant::Instant;

/// What holds for all letters of a campaign.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mailing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: CampaignId,
    pub alliance_id: Option<AllianceId>,
    /// `open`, `paused`, `cancelled` or `done`.
    pub state: String,
    pub rate_per_min: Option<i64>,
    /// Minute of the recipient's day from which nothing is sent.
    pub quiet_from: Option<i32>,
    /// Minute of the recipient's day from which it is sent again.
    pub quiet_to: Option<i32>,
    /// No letter of it is too late before then.
    pub keep_until: Option<Instant>,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
