//! `mandate`: permission for one act with one content, once.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::MandateId;
use crate::instant::Instant;

/// One permission.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MandateId,
    pub alliance_id: AllianceId,
    pub matter: String,
    pub subject_id: Uuid,
    pub content_hash: Vec<u8>,
    pub source: String,
    pub issued_at: Instant,
    pub consumed_at: Option<Instant>,
    pub expires_at: Option<Instant>,
    pub consumed_by: Option<String>,
    pub revoked_at: Option<Instant>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
