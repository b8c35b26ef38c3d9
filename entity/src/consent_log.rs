//! `consent_log`: every answer to the question whether somebody may be written to. Never changed.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::ConsentId;
use crate::instant::Instant;

/// One answer.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "consent_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConsentId,
    /// In lower case.
    pub email: String,
    pub alliance_id: AllianceId,
    pub category: String,
    pub allowed: bool,
    /// Version of the text that was answered.
    pub text_version: String,
    /// How it was answered.
    pub way: String,
    /// Who answered: a user, the holder of a link, the service itself.
    pub actor: String,
    /// From where: the network address, or the delivery whose link was followed.
    pub origin: Option<String>,
    pub answered_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
