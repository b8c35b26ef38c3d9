//! `ballot`: a question put to the members of an alliance.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One question.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BallotId,
    pub alliance_id: AllianceId,
    pub title: String,
    pub explanation: Option<String>,
    pub matter: String,
    pub subject_id: Option<Uuid>,
    pub content_hash: Option<Vec<u8>>,
    pub rule: Json,
    pub state: String,
    pub withdrawal: Option<String>,
    pub result: Option<String>,
    pub record: Option<Json>,
    pub opens_at: Option<Instant>,
    pub closes_at: Instant,
    pub proposed_by: UserId,
    pub published_at: Option<Instant>,
    pub opened_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub electorate_size: Option<i64>,
    pub version: i64,
    pub created_at: Instant,
    pub options: Option<Json>,
    pub round: i64,
    pub edition: i64,
    pub follows_id: Option<BallotId>,
    pub origin: Option<String>,
    pub extended_at: Option<Instant>,
    pub withdrawal_asked_by: Option<UserId>,
    pub remind_at: Option<Instant>,
    pub reminded_at: Option<Instant>,
    pub checked_votes: Option<i64>,
    pub winner: Option<String>,
    pub casting_until: Option<Instant>,
    pub casting_vote_by: Option<UserId>,
    pub challenge_until: Option<Instant>,
    pub effective_at: Option<Instant>,
    pub permitted_at: Option<Instant>,
    pub rounds: Option<Json>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
