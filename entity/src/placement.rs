//! `placement`: classes and owners of members from a day on; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::MembershipId;
use crate::ids::PlacementId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One placement.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "placement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlacementId,
    pub alliance_id: AllianceId,
    pub membership_id: MembershipId,
    pub class: Option<String>,
    pub owner: Option<String>,
    pub valid_from: Date,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
