//! `payment_allocation`: which notices a payment pays; append-only.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::LevyNoticeId;
use crate::ids::PaymentId;

/// One part of a payment.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_allocation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_id: PaymentId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_id: LevyNoticeId,
    pub alliance_id: AllianceId,
    pub amount_minor: i64,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
