//! `outbox_event`: facts published in the transaction that made them true.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::EventId;
use crate::instant::Instant;

/// One fact.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub alliance_id: Option<AllianceId>,
    pub topic: String,
    pub payload: Json,
    pub created_at: Instant,
    pub dispatched_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
