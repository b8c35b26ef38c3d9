//! `link_session`: sessions that a mailed link was exchanged for; only the digest is kept.

use sea_orm::entity::prelude::*;

use crate::ids::ManufacturerId;
use crate::ids::TenderInvitationId;
use crate::instant::Instant;

/// One session.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "link_session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub digest: Vec<u8>,
    pub invitation_id: TenderInvitationId,
    pub manufacturer_id: ManufacturerId,
    pub created_at: Instant,
    pub expires_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
