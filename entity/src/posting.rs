//! `posting`: legs of ledger transactions; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AccountId;
use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::PostingId;

/// One leg.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "posting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostingId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub transaction_id: LedgerTransactionId,
    pub account_id: AccountId,
    pub sequence: i64,
    pub amount_minor: i64,
    pub balance_minor: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
