//! `ledger_transaction`: balanced sets of postings; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::MandateId;
use crate::instant::Instant;

/// One transaction.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_transaction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LedgerTransactionId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub kind: String,
    pub document_ref: Uuid,
    pub mandate_id: Option<MandateId>,
    pub reverses: Option<LedgerTransactionId>,
    pub narration: String,
    pub effective_date: Date,
    pub recorded_at: Instant,
    /// Place in the fund's chain, from 1; 0 before the chain began.
    pub sequence: i64,
    /// Number of its postings.
    pub postings: i64,
    /// Hash of the transaction before it; zeros for the first.
    pub previous_hash: Vec<u8>,
    /// Hash of the content, the postings and the previous hash.
    pub hash: Vec<u8>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
