//! `admission_objection`: a member objects to the admission of another merchant.

use sea_orm::entity::prelude::*;

use crate::ids::AdmissionId;
use crate::ids::AllianceId;
use crate::ids::MembershipId;
use crate::ids::ObjectionId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One objection.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "admission_objection")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ObjectionId,
    pub alliance_id: AllianceId,
    pub admission_id: AdmissionId,
    /// The member that objects.
    pub membership_id: MembershipId,
    pub reasons: String,
    pub objected_by: UserId,
    pub objected_at: Instant,
    pub withdrawn_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
