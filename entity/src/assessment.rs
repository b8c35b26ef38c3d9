//! `assessment`: budgets split into proposed shares.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AssessmentId;
use crate::ids::FundId;
use crate::ids::LevyPolicyId;
use crate::ids::MandateId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One assessment.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssessmentId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub policy_id: LevyPolicyId,
    pub budget_minor: i64,
    pub budget_lines: Json,
    pub snapshot_date: Date,
    pub due_on: Date,
    pub unit_price: Option<String>,
    pub content_hash: Vec<u8>,
    pub state: String,
    pub mandate_id: Option<MandateId>,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
    pub issued_at: Option<Instant>,
    pub kind: String,
    pub supplements: Option<AssessmentId>,
    pub instalments: Option<Json>,
    pub tax: Option<Json>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
