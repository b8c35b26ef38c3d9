//! `fund_closing`: on which terms a fund is closed.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::UserId;
use crate::instant::Instant;

/// The terms of one fund.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "fund_closing")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub fund_id: FundId,
    pub alliance_id: AllianceId,
    pub unspent_minor: i64,
    pub to_members_minor: i64,
    pub to_sponsors_minor: i64,
    pub rolled_minor: i64,
    pub de_minimis_minor: i64,
    pub de_minimis_mode: String,
    pub rollover_fund_id: Option<FundId>,
    pub choose_by: Instant,
    pub started_by: UserId,
    pub started_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
