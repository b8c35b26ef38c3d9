//! `quote`: offers of manufacturers; their content is in the revisions.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ManufacturerId;
use crate::ids::QuoteId;
use crate::ids::RoundId;
use crate::ids::TenderId;
use crate::instant::Instant;

/// One manufacturer's offer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "quote")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuoteId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub round_id: RoundId,
    pub manufacturer_id: ManufacturerId,
    pub state: String,
    pub revision: i32,
    pub received_at: Instant,
    pub submitted_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
