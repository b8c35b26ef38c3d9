//! `campaign`: a mailing to many members, and how far it got.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CampaignId;
use crate::ids::MembershipId;
use crate::ids::PromotionId;
use crate::ids::TemplateId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One mailing.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignId,
    pub alliance_id: AllianceId,
    pub template_id: TemplateId,
    pub promotion_id: Option<PromotionId>,
    pub category: String,
    pub audience: String,
    pub state: String,
    pub send_at: Option<Instant>,
    /// The last membership whose people have their letters.
    pub cursor: Option<MembershipId>,
    /// Set once every recipient has a row.
    pub gathered_at: Option<Instant>,
    pub started_at: Option<Instant>,
    /// Set once nothing more will leave.
    pub ended_at: Option<Instant>,
    pub created_by: UserId,
    pub approved_by: Option<UserId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
