//! `template`: one immutable version of a mail's wording in every language.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::TemplateId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One version.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "template")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    pub alliance_id: AllianceId,
    pub name: String,
    pub number: i64,
    pub category: String,
    pub locales: Json,
    pub created_by: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
