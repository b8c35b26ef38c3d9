//! `ballot_challenge`: objections to declarations, and what became of them.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;
use crate::ids::ChallengeId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One objection.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_challenge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChallengeId,
    pub alliance_id: AllianceId,
    pub ballot_id: BallotId,
    pub membership_id: MembershipId,
    pub grounds: String,
    pub challenged_by: UserId,
    pub challenged_at: Instant,
    pub outcome: Option<String>,
    pub reasons: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
