//! `invitation`: invitations to join an alliance, by mail.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::InvitationId;
use crate::ids::MembershipId;
use crate::instant::Instant;

/// One invitation.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub alliance_id: AllianceId,
    pub email: String,
    pub role: String,
    pub merchant_name: Option<String>,
    pub locale: String,
    pub state: String,
    pub membership_id: Option<MembershipId>,
    pub invited_by: Uuid,
    pub version: i64,
    pub created_at: Instant,
    pub expires_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
