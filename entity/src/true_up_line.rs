//! `true_up_line`: members' parts of true-ups; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::MembershipId;
use crate::ids::TrueUpId;
use crate::ids::TrueUpLineId;

/// One member.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "true_up_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TrueUpLineId,
    pub alliance_id: AllianceId,
    pub true_up_id: TrueUpId,
    pub membership_id: MembershipId,
    pub merchant_name: String,
    pub weight_days: String,
    pub active_days: i64,
    pub exact: String,
    pub billed_minor: i64,
    pub final_minor: i64,
    pub adjustment_minor: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
