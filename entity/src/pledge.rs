//! `pledge`: amounts that members offer.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::FundId;
use crate::ids::LevyNoticeId;
use crate::ids::MembershipId;
use crate::ids::PledgeId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One offer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "pledge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PledgeId,
    pub alliance_id: AllianceId,
    pub fund_id: FundId,
    pub membership_id: MembershipId,
    pub amount_minor: i64,
    pub purpose: String,
    pub valid_until: Date,
    pub state: String,
    pub notice_id: Option<LevyNoticeId>,
    pub offered_by: UserId,
    pub decided_by: Option<UserId>,
    pub version: i64,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
