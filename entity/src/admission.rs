//! `admission`: both sides agreed, and the members may object.

use sea_orm::entity::prelude::*;

use crate::ids::AdmissionId;
use crate::ids::AllianceId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One admission.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "admission")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AdmissionId,
    pub alliance_id: AllianceId,
    pub membership_id: MembershipId,
    pub state: String,
    /// Who agreed last for the alliance; absent where nobody who is known did.
    pub agreed_by: Option<UserId>,
    pub announced_at: Instant,
    /// The first instant that is too late for an objection.
    pub objections_until: Instant,
    pub reasons: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<Instant>,
    pub version: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
