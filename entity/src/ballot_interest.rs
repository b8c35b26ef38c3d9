//! `ballot_interest`: interests that members declared before the opening.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One interest.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_interest")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ballot_id: BallotId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub membership_id: MembershipId,
    pub alliance_id: AllianceId,
    pub note: String,
    pub declared_by: UserId,
    pub declared_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
