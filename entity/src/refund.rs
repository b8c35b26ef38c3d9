//! `refund`: unspent money returned to members.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::MembershipId;
use crate::ids::RefundId;
use crate::instant::Instant;

/// One refund.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "refund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefundId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub membership_id: MembershipId,
    pub paid_minor: i64,
    pub amount_minor: i64,
    pub offset_minor: i64,
    pub credit_minor: i64,
    pub carried: bool,
    pub choice: Option<String>,
    pub rollover_fund_id: Option<FundId>,
    pub state: String,
    pub transaction_id: Option<LedgerTransactionId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
