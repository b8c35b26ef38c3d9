//! `award`: decisions for quotes.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::AwardId;
use crate::ids::EvaluationId;
use crate::ids::MandateId;
use crate::ids::ManufacturerId;
use crate::ids::QuoteId;
use crate::ids::TenderId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One decision for a manufacturer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AwardId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub evaluation_id: EvaluationId,
    pub quote_id: QuoteId,
    pub manufacturer_id: ManufacturerId,
    pub state: String,
    pub proposed_by: UserId,
    pub approved_by: Option<UserId>,
    pub notified_at: Option<Instant>,
    pub accept_by: Option<Instant>,
    pub decided_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub mandate_id: Option<MandateId>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
