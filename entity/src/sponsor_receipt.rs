//! `sponsor_receipt`: money received from sponsors.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::SponsorDealId;
use crate::ids::SponsorReceiptId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One receipt.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sponsor_receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SponsorReceiptId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub deal_id: SponsorDealId,
    pub amount_minor: i64,
    pub received_on: Date,
    pub reference: String,
    pub transaction_id: LedgerTransactionId,
    pub recorded_by: UserId,
    pub recorded_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
