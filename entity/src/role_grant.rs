//! `role_grant`: roles that people hold in alliances.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::RoleGrantId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One role of one person.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleGrantId,
    pub alliance_id: AllianceId,
    pub user_id: UserId,
    pub role: String,
    pub granted_by: Uuid,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
