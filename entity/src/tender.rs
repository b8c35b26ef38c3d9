//! `tender`: calls for quotes.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::TenderId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One call for quotes.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tender")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenderId,
    pub alliance_id: AllianceId,
    pub title: String,
    pub currency: String,
    pub min_quotes: i32,
    pub commitment_opens_at: Instant,
    pub commitment_closes_at: Instant,
    pub award_by: Instant,
    pub state: String,
    pub reason_code: Option<String>,
    pub created_by: UserId,
    pub published_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
