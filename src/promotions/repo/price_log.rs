//! SQL of price logs. Lines are only ever added.

use entity::price_log;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::MerchantId;
use crate::kernel::ids::PriceLogId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;

pub type PriceLog = price_log::Model;

pub async fn insert(tx: &Tx, row: PriceLog) -> Result<(), DbErr> {
    let row: price_log::ActiveModel = row.into_active_model().reset_all();
    price_log::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The log of a merchant in the order in which it was written; of one product where it is named.
pub async fn page(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    sku: Option<&str>,
    page: Page,
) -> Result<Slice<PriceLog>, DbErr> {
    let mut query = price_log::Entity::find()
        .filter(price_log::Column::MerchantId.eq(merchant))
        .order_by_asc(price_log::Column::Id)
        .limit(page.limit + 1);
    if let Some(sku) = sku {
        query = query.filter(price_log::Column::Sku.eq(sku));
    }
    if let Some(after) = page.after {
        query = query.filter(price_log::Column::Id.gt(PriceLogId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// The lines of one product in one currency that took effect after `from`, and the one in force then.
pub async fn since(
    c: &impl ConnectionTrait,
    (merchant, sku, currency): (MerchantId, &str, &str),
    from: Instant,
) -> Result<Vec<PriceLog>, DbErr> {
    let of_product = || {
        price_log::Entity::find()
            .filter(price_log::Column::MerchantId.eq(merchant))
            .filter(price_log::Column::Sku.eq(sku))
            .filter(price_log::Column::Currency.eq(currency))
    };
    let before = of_product()
        .filter(price_log::Column::EffectiveAt.lte(from))
        .order_by_desc(price_log::Column::EffectiveAt)
        .order_by_desc(price_log::Column::Id)
        .one(c)
        .await?;
    let after = of_product()
        .filter(price_log::Column::EffectiveAt.gt(from))
        .order_by_asc(price_log::Column::EffectiveAt)
        .order_by_asc(price_log::Column::Id)
        .all(c)
        .await?;
    Ok(before.into_iter().chain(after).collect())
}
