//! `levy_notice`: bills to members.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AssessmentId;
use crate::ids::AssessmentLineId;
use crate::ids::FundId;
use crate::ids::LevyNoticeId;
use crate::ids::MembershipId;
use crate::instant::Instant;

/// One bill.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "levy_notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LevyNoticeId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub assessment_id: AssessmentId,
    pub line_id: AssessmentLineId,
    pub membership_id: MembershipId,
    pub number: i64,
    pub amount_minor: i64,
    pub paid_minor: i64,
    pub state: String,
    pub due_on: Date,
    pub version: i64,
    pub issued_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
