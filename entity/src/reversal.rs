//! `reversal`: transactions that are taken back because they were wrongly recorded.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::ReversalId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One reversal, asked for or done.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reversal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReversalId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub original_id: LedgerTransactionId,
    pub kind: String,
    pub reason: String,
    pub state: String,
    pub transaction_id: Option<LedgerTransactionId>,
    pub requested_by: UserId,
    pub requested_at: Instant,
    pub done_by: Option<UserId>,
    pub done_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
