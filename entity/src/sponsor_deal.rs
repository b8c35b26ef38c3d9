//! `sponsor_deal`: sponsors' promises to match what the members pay.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::MandateId;
use crate::ids::SponsorDealId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One deal.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sponsor_deal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SponsorDealId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub sponsor: String,
    pub ratio: String,
    pub cap_minor: Option<i64>,
    pub accrued_minor: Option<i64>,
    pub restriction: Option<String>,
    pub return_rule: String,
    pub content_hash: Vec<u8>,
    pub mandate_id: Option<MandateId>,
    pub earned_minor: i64,
    pub received_minor: i64,
    pub return_minor: i64,
    pub state: String,
    pub version: i64,
    pub agreed_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
