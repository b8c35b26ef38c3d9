//! `fund_period`: days up to which a fund's ledger is closed; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::FundPeriodId;
use crate::instant::Instant;

/// One close.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "fund_period")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FundPeriodId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub closed_through: Date,
    pub closed_by: Uuid,
    pub closed_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
