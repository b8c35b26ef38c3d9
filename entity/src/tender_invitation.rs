//! `tender_invitation`: manufacturers asked to quote.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ManufacturerId;
use crate::ids::TenderId;
use crate::ids::TenderInvitationId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One manufacturer asked.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tender_invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenderInvitationId,
    pub alliance_id: AllianceId,
    pub tender_id: TenderId,
    pub manufacturer_id: ManufacturerId,
    pub email: Option<String>,
    pub locale: String,
    pub invited_by: UserId,
    pub mailed_at: Option<Instant>,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
