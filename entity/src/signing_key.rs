//! `signing_key`: keys of access tokens, wrapped by the key file.

use sea_orm::entity::prelude::*;

use crate::instant::Instant;

/// One key pair.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kid: Uuid,
    pub public_key: Vec<u8>,
    pub wrapped_private_key: Vec<u8>,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
