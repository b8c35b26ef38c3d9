//! `merchant_staff`: who acts for a merchant.

use sea_orm::entity::prelude::*;

use crate::ids::MerchantId;
use crate::ids::MerchantStaffId;
use crate::ids::UserId;
use crate::instant::Instant;

/// One person's post.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merchant_staff")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MerchantStaffId,
    pub merchant_id: MerchantId,
    pub user_id: UserId,
    pub created_at: Instant,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
