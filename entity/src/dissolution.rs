//! `dissolution`: the end of an alliance, as it is decided on.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::DissolutionId;
use crate::ids::MandateId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One proposal.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dissolution")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DissolutionId,
    pub alliance_id: AllianceId,
    pub reasons: String,
    pub plan: String,
    pub state: String,
    pub ended_at: Option<Instant>,
    pub mandate_id: Option<MandateId>,
    pub proposed_by: UserId,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
