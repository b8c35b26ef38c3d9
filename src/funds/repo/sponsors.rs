//! SQL of sponsor deals and their receipts.

use entity::sponsor_deal::Column;
use entity::sponsor_deal::Entity;
use entity::sponsor_receipt;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::funds::repo::Deal;
use crate::funds::repo::Fund;
use crate::funds::repo::SponsorReceipt;
use crate::kernel::ids::SponsorDealId;
use crate::kernel::ids::SponsorReceiptId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: SponsorDealId) -> Result<Option<Deal>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: SponsorDealId) -> Result<Option<Deal>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(c: &impl ConnectionTrait, fund: &Fund, page: Page) -> Result<Slice<Deal>, DbErr> {
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

/// The deals of a fund of which something was received, in the order of their ids.
pub async fn received(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Deal>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::ReceivedMinor.gt(0))
        .order_by_asc(Column::Id)
        .all(c)
        .await
}

pub async fn insert(tx: &Tx, row: Deal) -> Result<(), DbErr> {
    Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn insert_receipt(tx: &Tx, row: SponsorReceipt) -> Result<(), DbErr> {
    sponsor_receipt::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Money that came from a sponsor.
pub async fn receipt(
    c: &impl ConnectionTrait,
    id: SponsorReceiptId,
) -> Result<Option<SponsorReceipt>, DbErr> {
    sponsor_receipt::Entity::find_by_id(id).one(c).await
}

/// Stores mandate, amounts, state and version.
pub async fn update(tx: &Tx, row: &Deal) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::MandateId, Expr::value(row.mandate_id))
        .col_expr(Column::EarnedMinor, Expr::value(row.earned_minor))
        .col_expr(Column::ReceivedMinor, Expr::value(row.received_minor))
        .col_expr(Column::ReturnMinor, Expr::value(row.return_minor))
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}
