//! `festival_confirmation`: dates that alliances vouch for.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FestivalConfirmationId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One date.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "festival_confirmation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FestivalConfirmationId,
    pub alliance_id: AllianceId,
    pub festival: String,
    pub date: Date,
    pub source: String,
    pub confirmed_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
