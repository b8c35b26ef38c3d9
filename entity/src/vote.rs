//! `vote`: a member's answer to a ballot; at most one stands in each round.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::ids::VoteId;
use crate::instant::Instant;

/// One answer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "vote")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VoteId,
    pub alliance_id: AllianceId,
    pub ballot_id: BallotId,
    pub round: i64,
    pub membership_id: MembershipId,
    pub choice: String,
    pub how: String,
    pub cast_by: UserId,
    pub cast_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
