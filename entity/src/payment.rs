//! `payment`: money received from members; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::MembershipId;
use crate::ids::PaymentId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One payment.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub membership_id: MembershipId,
    pub amount_minor: i64,
    pub received_on: Date,
    pub reference: String,
    pub transaction_id: LedgerTransactionId,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
    pub external_id: Option<String>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
