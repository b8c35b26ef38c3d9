//! `quote_revision`: immutable contents of quotes, encrypted.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::QuoteId;
use crate::ids::QuoteRevisionId;
use crate::instant::Instant;

/// One content; nobody reads it without the key file.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_revision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuoteRevisionId,
    pub alliance_id: AllianceId,
    pub quote_id: QuoteId,
    pub number: i32,
    pub wrapped_key: Vec<u8>,
    pub sealed_content: Vec<u8>,
    pub content_mac: Vec<u8>,
    pub received_at: Instant,
    pub closes_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
