//! `ballot_receipt`: what a secret ballot publishes of each vote after the close.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BallotId;

/// One receipt.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "ballot_receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub alliance_id: AllianceId,
    pub ballot_id: BallotId,
    pub round: i64,
    pub digest: String,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
