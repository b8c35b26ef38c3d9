//! `commitment`: conditional demand of members; limits and quantities are encrypted.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CommitmentId;
use crate::ids::ItemId;
use crate::ids::MembershipId;
use crate::ids::TenderId;
use crate::instant::Instant;

/// One member's demand for one item.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "commitment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CommitmentId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub item_id: ItemId,
    pub membership_id: MembershipId,
    pub sequence: i64,
    pub state: String,
    pub sealed_content: Vec<u8>,
    pub version: i64,
    pub created_at: Instant,
    pub received_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
