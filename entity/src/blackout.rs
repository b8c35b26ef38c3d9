//! `blackout`: times in which an alliance or a member sells nothing.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BlackoutId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One period.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "blackout")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BlackoutId,
    pub alliance_id: AllianceId,
    pub membership_id: Option<MembershipId>,
    pub name: String,
    pub local_from: String,
    pub local_to: String,
    pub time_zone: String,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
