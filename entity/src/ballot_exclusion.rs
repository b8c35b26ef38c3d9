//! `ballot_exclusion`: who has no vote, and why, as it stood at the opening.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;
use crate::ids::MembershipId;

/// One member without a vote.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_exclusion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ballot_id: BallotId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub membership_id: MembershipId,
    pub alliance_id: AllianceId,
    pub reason: String,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
