//! `ballot_proxy`: who votes for whom; at most one appointment of a principal stands.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;
use crate::ids::MembershipId;
use crate::ids::ProxyId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One appointment.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_proxy")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProxyId,
    pub alliance_id: AllianceId,
    pub ballot_id: BallotId,
    pub principal_id: MembershipId,
    pub holder_id: MembershipId,
    pub appointed_by: UserId,
    pub appointed_at: Instant,
    pub replaced_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
