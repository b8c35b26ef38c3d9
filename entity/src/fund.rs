//! `fund`: ring-fenced pots of an alliance.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One fund.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "fund")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FundId,
    pub alliance_id: AllianceId,
    pub name: String,
    pub code: String,
    pub season_from: Date,
    pub season_to: Date,
    pub currency: String,
    pub custodian_holder: String,
    pub custodian_institution: String,
    pub custodian_account_ref: String,
    pub general: bool,
    pub state: String,
    pub version: i64,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
