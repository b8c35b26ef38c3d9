//! `bounce`: a message that came back about one of ours, kept as evidence.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BounceId;
use crate::ids::DeliveryId;
use crate::instant::Instant;

/// One message that came back. The same bytes are kept once.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bounce")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BounceId,
    pub sha256: Vec<u8>,
    pub received_at: Instant,
    /// `hook` or `imap`.
    pub source: String,
    /// About which delivery, where that is known for certain.
    pub delivery_id: Option<DeliveryId>,
    pub alliance_id: Option<AllianceId>,
    /// Address of the delivery, in lower case.
    pub email: Option<String>,
    pub kind: String,
    /// Enhanced status code (RFC 3463).
    pub status: Option<String>,
    pub diagnostic: Option<String>,
    /// The message, or its first part.
    pub raw: Vec<u8>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
