//! `job`: background work with a due time and a lease.

use sea_orm::entity::prelude::*;

use crate::ids::JobId;
use crate::instant::Instant;

/// One unit of work.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub kind: String,
    pub payload: Json,
    pub state: String,
    pub due_at: Instant,
    pub attempts: i32,
    pub lease_until: Option<Instant>,
    pub lease_token: Option<Uuid>,
    pub last_error: Option<String>,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
