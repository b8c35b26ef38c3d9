//! `credit_use`: what members' credits were used for; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CreditUseId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One use.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_use")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CreditUseId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub membership_id: MembershipId,
    pub kind: String,
    pub amount_minor: i64,
    pub used_on: Date,
    pub reference: String,
    pub transaction_id: LedgerTransactionId,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
