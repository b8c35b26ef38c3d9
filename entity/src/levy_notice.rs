//! `levy_notice`: bills to members.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AssessmentId;
use crate::ids::AssessmentLineId;
use crate::ids::FundId;
use crate::ids::LevyNoticeId;
use crate::ids::MandateId;
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
    /// None on debit notes and pledges.
    pub assessment_id: Option<AssessmentId>,
    pub line_id: Option<AssessmentLineId>,
    pub membership_id: MembershipId,
    pub number: i64,
    pub amount_minor: i64,
    pub paid_minor: i64,
    pub state: String,
    pub due_on: Date,
    pub version: i64,
    pub issued_at: Instant,
    pub kind: String,
    /// Why a debit note or a pledge is billed.
    pub reason: String,
    /// What credit notes took off.
    pub credited_minor: i64,
    /// The part of it that went to the member's credit.
    pub returned_minor: i64,
    pub written_off_minor: i64,
    /// Day of the first instalment that is not covered; a write-off covers nothing.
    pub next_due_on: Option<Date>,
    /// First day on which it was overdue; never erased.
    pub overdue_since: Option<Date>,
    /// Day on which the clock looked at it last.
    pub checked_on: Option<Date>,
    pub write_off_mandate_id: Option<MandateId>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
