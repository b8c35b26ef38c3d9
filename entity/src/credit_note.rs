//! `credit_note`: documents that lower what was billed.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CreditNoteId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::LevyNoticeId;
use crate::ids::MandateId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One document.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CreditNoteId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub notice_id: LevyNoticeId,
    pub membership_id: MembershipId,
    pub number: Option<i64>,
    pub amount_minor: i64,
    /// What went to the member's credit, because it was paid already.
    pub returned_minor: i64,
    pub reason: String,
    pub state: String,
    pub content_hash: Vec<u8>,
    pub requested_by: Option<UserId>,
    pub decided_by: Option<UserId>,
    pub mandate_id: Option<MandateId>,
    /// The document that it follows from: a true-up.
    pub source_ref: Option<Uuid>,
    pub transaction_id: Option<LedgerTransactionId>,
    pub version: i64,
    pub created_at: Instant,
    pub issued_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
