//! SQL of reversals.

use entity::reversal::Column;
use entity::reversal::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::funds::repo::Fund;
use crate::funds::repo::Reversal;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

/// The reversal of a transaction that somebody asked for.
pub async fn of(
    c: &impl ConnectionTrait,
    original: LedgerTransactionId,
) -> Result<Option<Reversal>, DbErr> {
    Entity::find()
        .filter(Column::OriginalId.eq(original))
        .one(c)
        .await
}

pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    page: Page,
) -> Result<Slice<Reversal>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
    if let Some(after) = page.after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

pub async fn insert(tx: &Tx, row: &Reversal) -> Result<(), DbErr> {
    Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn update(tx: &Tx, row: &Reversal) -> Result<(), DbErr> {
    row.clone()
        .into_active_model()
        .reset_all()
        .update(tx)
        .await?;
    Ok(())
}
