//! `membership`: merchants in alliances.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::MembershipId;
use crate::ids::MerchantId;
use crate::instant::Instant;

/// One membership.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub alliance_id: AllianceId,
    pub merchant_id: MerchantId,
    pub state: String,
    pub joined_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
