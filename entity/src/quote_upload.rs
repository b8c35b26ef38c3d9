//! `quote_upload`: files with the lines of a quote, and what became of them.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::QuoteId;
use crate::ids::QuoteUploadId;
use crate::instant::Instant;

/// One file; its lines are in the revision that it made, its errors are encrypted.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_upload")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuoteUploadId,
    pub alliance_id: AllianceId,
    pub quote_id: QuoteId,
    pub mode: String,
    pub status: String,
    pub line_count: i32,
    pub fault_count: i32,
    pub sealed_faults: Option<Vec<u8>>,
    /// The revision that holds its lines.
    pub revision: Option<i32>,
    pub received_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
