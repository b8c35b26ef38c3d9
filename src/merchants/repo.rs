//! SQL of merchants and manufacturers.

pub mod firms;
pub mod keys;
pub mod sizes;

use entity::manufacturer;
use entity::manufacturer_staff;
use entity::merchant;
use entity::merchant_staff;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::platform::db::Tx;

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

pub async fn manufacturers_of(
    c: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<ManufacturerId>, DbErr> {
    let rows = manufacturer_staff::Entity::find()
        .filter(manufacturer_staff::Column::UserId.eq(user))
        .order_by_asc(manufacturer_staff::Column::ManufacturerId)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.manufacturer_id).collect())
}

/// Its country is not known yet: `ZZ` names none.
pub async fn note_manufacturer(
    tx: &Tx,
    id: ManufacturerId,
    name: &str,
    locale: Locale,
) -> Result<(), DbErr> {
    manufacturer::Entity::insert(manufacturer::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        country: Set("ZZ".to_owned()),
        locale: Set(locale.as_str().to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
