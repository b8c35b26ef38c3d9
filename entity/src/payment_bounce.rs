//! `payment_bounce`: payments that came to nothing; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::PaymentId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One bounce.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_bounce")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_id: PaymentId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub bounced_on: Date,
    pub reason: String,
    pub transaction_id: LedgerTransactionId,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
