//! `expense`: requests to spend from a fund.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ExpenseId;
use crate::ids::FundId;
use crate::ids::LedgerTransactionId;
use crate::ids::ReservationId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One request.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "expense")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExpenseId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub payee: String,
    pub line: String,
    pub amount_minor: i64,
    pub description: String,
    pub state: String,
    pub requested_by: UserId,
    pub decided_by: Option<UserId>,
    pub document_ref: Option<String>,
    pub reservation_id: Option<ReservationId>,
    pub approvals_needed: i64,
    pub approver_roles: Json,
    pub transaction_id: Option<LedgerTransactionId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
