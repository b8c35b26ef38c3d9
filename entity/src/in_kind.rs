//! `in_kind`: goods and work given instead of money.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::InKindId;
use crate::ids::LedgerTransactionId;
use crate::ids::MandateId;
use crate::ids::MembershipId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One gift.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "in_kind")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InKindId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub donor: String,
    pub membership_id: Option<MembershipId>,
    pub line: String,
    pub description: String,
    pub value_minor: i64,
    pub counts_minor: i64,
    pub counts: bool,
    pub state: String,
    pub proposed_by: UserId,
    pub decided_by: Option<UserId>,
    pub mandate_id: Option<MandateId>,
    pub delivered_on: Option<Date>,
    pub transaction_id: Option<LedgerTransactionId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
