//! `attempt`: tries of messages that did not end with a 250.

use sea_orm::entity::prelude::*;

use crate::ids::CampaignId;
use crate::ids::DeliveryId;
use crate::instant::Instant;

/// One try that failed, or whose end is not known.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub delivery_id: DeliveryId,
    pub campaign_id: Option<CampaignId>,
    /// Which try it was, from 1.
    pub n: i32,
    pub at: Instant,
    pub relay: Option<String>,
    /// How far it came: `connect`, `mail`, `rcpt`, `data`, `content`, `render` or `worker`.
    pub stage: String,
    pub code: Option<i32>,
    /// The enhanced status code (RFC 3463).
    pub enhanced: Option<String>,
    pub text: String,
    /// How long it took, in milliseconds.
    pub ms: i64,
    /// What was made of it.
    pub verdict: String,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
