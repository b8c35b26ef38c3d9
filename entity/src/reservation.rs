//! `reservation`: money of a fund set aside for a purchase.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ExpenseId;
use crate::ids::FundId;
use crate::ids::ReservationId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One reservation.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reservation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReservationId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub payee: String,
    pub line: String,
    pub amount_minor: i64,
    pub description: String,
    pub state: String,
    pub expense_id: Option<ExpenseId>,
    pub reserved_by: UserId,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
