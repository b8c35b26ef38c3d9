//! `assessment_line`: one member's share of an assessment; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AssessmentId;
use crate::ids::AssessmentLineId;
use crate::ids::MembershipId;
use crate::ids::SizeFactId;

/// One share.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssessmentLineId,
    pub alliance_id: AllianceId,
    pub assessment_id: AssessmentId,
    pub membership_id: MembershipId,
    pub merchant_name: String,
    pub size: Option<i64>,
    pub size_fact_id: Option<SizeFactId>,
    pub size_status: Option<String>,
    pub floor_minor: i64,
    pub cap_minor: Option<i64>,
    pub exact: String,
    pub amount_minor: i64,
    pub class: Option<String>,
    pub owner: Option<String>,
    pub weight: Option<String>,
    pub facts: Option<Json>,
    pub steps: Option<Json>,
    pub liable_from: Option<Date>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
