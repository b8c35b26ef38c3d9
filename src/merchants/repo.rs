//! SQL of merchants and manufacturers.

pub mod firms;
pub mod sizes;

use entity::manufacturer;
use entity::manufacturer_staff;
use entity::merchant;
use entity::merchant_staff;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;

pub async fn merchant(
    c: &impl ConnectionTrait,
    id: MerchantId,
) -> Result<Option<merchant::Model>, DbErr> {
    merchant::Entity::find_by_id(id).one(c).await
}

pub async fn staff_of(c: &impl ConnectionTrait, id: MerchantId) -> Result<Vec<UserId>, DbErr> {
    let rows = merchant_staff::Entity::find()
        .filter(merchant_staff::Column::MerchantId.eq(id))
        .order_by_asc(merchant_staff::Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}

pub async fn merchants_of(
    c: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<MerchantId>, DbErr> {
    let rows = merchant_staff::Entity::find()
        .filter(merchant_staff::Column::UserId.eq(user))
        .order_by_asc(merchant_staff::Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.merchant_id).collect())
}

pub async fn manufacturer(
    c: &impl ConnectionTrait,
    id: ManufacturerId,
) -> Result<Option<manufacturer::Model>, DbErr> {
    manufacturer::Entity::find_by_id(id).one(c).await
}

pub async fn manufacturer_staff(
    c: &impl ConnectionTrait,
    id: ManufacturerId,
) -> Result<Vec<UserId>, DbErr> {
    let rows = manufacturer_staff::Entity::find()
        .filter(manufacturer_staff::Column::ManufacturerId.eq(id))
        .order_by_asc(manufacturer_staff::Column::Id)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}
