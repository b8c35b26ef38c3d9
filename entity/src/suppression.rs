//! `suppression`: an address that refuses mail.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::BounceId;
use crate::ids::SuppressionId;
use crate::instant::Instant;

/// One refusal. Without an alliance it holds everywhere, without a category for every optional one.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "suppression")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SuppressionId,
    pub alliance_id: Option<AllianceId>,
    pub category: Option<String>,
    /// In lower case.
    pub email: String,
    pub reason: String,
    pub created_at: Instant,
    /// Who or what brought it about: `link`, `organizer`, `bounce`, `complaint`, `server`.
    pub source: String,
    /// The message that it rests on.
    pub evidence_id: Option<BounceId>,
    /// End of a pause; without it the refusal holds until it is lifted.
    pub expires_at: Option<Instant>,
    /// Through whose mail it was found, where it holds everywhere.
    pub found_in: Option<AllianceId>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
