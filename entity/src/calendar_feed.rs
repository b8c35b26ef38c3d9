//! `calendar_feed`: secret addresses under which calendar programs read a calendar.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CalendarFeedId;
use crate::ids::MerchantId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One address; its secret is kept as a digest.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_feed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CalendarFeedId,
    /// Whose calendar it is: an alliance's, or a merchant's.
    pub alliance_id: Option<AllianceId>,
    pub merchant_id: Option<MerchantId>,
    pub name: String,
    pub festivals: bool,
    pub digest: Vec<u8>,
    pub created_by: UserId,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
