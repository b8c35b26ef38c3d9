//! `levy_policy_adoption`: levy policies in use; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::LevyPolicyId;
use crate::ids::MandateId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One adoption.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "levy_policy_adoption")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub policy_id: LevyPolicyId,
    pub alliance_id: AllianceId,
    pub content_hash: Vec<u8>,
    pub mandate_id: Option<MandateId>,
    pub adopted_by: UserId,
    pub adopted_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
