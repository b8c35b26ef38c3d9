//! `manufacturer_staff`: who acts for a manufacturer.

use sea_orm::entity::prelude::*;

use crate::ids::ManufacturerId;
use crate::ids::ManufacturerStaffId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One person's post.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "manufacturer_staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ManufacturerStaffId,
    pub manufacturer_id: ManufacturerId,
    pub user_id: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
