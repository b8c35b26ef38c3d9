//! `promotion`: shared sales of an alliance.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::PromotionId;
use crate::instant::Instant;

/// One promotion.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "promotion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PromotionId,
    pub alliance_id: AllianceId,
    pub name: String,
    pub description: String,
    pub criteria: String,
    pub festival: Option<String>,
    pub template: Option<String>,
    pub main_day: Date,
    pub time_zone: String,
    pub tzdb: String,
    pub budget_fund_id: Option<FundId>,
    pub capacity: Option<i64>,
    pub enrolled: i64,
    pub state: String,
    pub main_from: Instant,
    pub main_to: Instant,
    pub settles_at: Option<Instant>,
    pub next_change_at: Option<Instant>,
    pub published_at: Option<Instant>,
    pub created_by: Uuid,
    pub terms: Json,
    pub edition_of: Option<PromotionId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
