//! `audit_event`: who did what, append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AuditEventId;
use crate::instant::Instant;

/// One act.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    pub alliance_id: Option<AllianceId>,
    pub at: Instant,
    pub actor: String,
    pub action: String,
    pub object_id: Uuid,
    pub data: Json,
    pub request_id: String,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
