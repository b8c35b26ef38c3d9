//! `account`: accounts of the ledger, with their balance.

use sea_orm::entity::prelude::*;

use crate::ids::AccountId;
use crate::ids::AllianceId;
use crate::ids::FundId;

/// One account.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub kind: String,
    pub party: String,
    pub balance_minor: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
