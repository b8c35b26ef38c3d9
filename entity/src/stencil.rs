//! `stencil`: what the letters of a campaign have in common, per language. Never changed.

use sea_orm::entity::prelude::*;

use crate::ids::CampaignId;
use crate::instant::Instant;

/// One text with gaps.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stencil")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: CampaignId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub locale: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    /// Values that all recipients share.
    pub shared: Json,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
