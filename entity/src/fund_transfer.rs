//! `fund_transfer`: money that moves from one fund to another.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::MandateId;
use crate::ids::TransferId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One transfer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "fund_transfer")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TransferId,
    pub alliance_id: AllianceId,
    pub from_fund_id: FundId,
    pub to_fund_id: FundId,
    pub amount_minor: i64,
    pub reason: String,
    pub content_hash: Vec<u8>,
    pub state: String,
    pub mandate_id: Option<MandateId>,
    pub proposed_by: UserId,
    pub decided_by: Option<UserId>,
    pub out_transaction_id: Option<LedgerTransactionId>,
    pub in_transaction_id: Option<LedgerTransactionId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
