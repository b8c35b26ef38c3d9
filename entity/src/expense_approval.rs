//! `expense_approval`: who agreed to an expense, each person once.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ExpenseId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One approval.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "expense_approval")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub expense_id: ExpenseId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    pub alliance_id: AllianceId,
    pub approved_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
