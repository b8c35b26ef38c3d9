//! `expulsion`: the case against a member, with its hearing.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ExpulsionId;
use crate::ids::MandateId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One case.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "expulsion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExpulsionId,
    pub alliance_id: AllianceId,
    pub membership_id: MembershipId,
    pub reasons: String,
    pub hearing_at: Instant,
    pub state: String,
    pub statement: Option<String>,
    pub stated_at: Option<Instant>,
    pub minutes: Option<String>,
    pub heard_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub mandate_id: Option<MandateId>,
    pub opened_by: UserId,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
