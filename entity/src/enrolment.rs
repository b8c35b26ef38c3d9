//! `enrolment`: members in promotions.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::EnrolmentId;
use crate::ids::MembershipId;
use crate::ids::PromotionId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One member's participation.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "enrolment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EnrolmentId,
    pub alliance_id: AllianceId,
    pub promotion_id: PromotionId,
    pub membership_id: MembershipId,
    pub state: String,
    pub items: Json,
    pub enrolled_by: Option<UserId>,
    pub late_reason: Option<String>,
    pub end_reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
