//! SQL of evaluations, awards and group orders.

use entity::award;
use entity::award_line;
use entity::evaluation;
use entity::group_order;
use entity::member_line;
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

use crate::kernel::ids::AwardId;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::TenderId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::tenders::repo::INSERT_ROWS;
use crate::tenders::repo::writers;

writers! {
    award: Award, insert_award, save_award;
    group_order: Order, insert_order, save_order;
}

pub type Evaluation = evaluation::Model;
pub type AwardLine = award_line::Model;
pub type MemberLine = member_line::Model;

pub async fn insert_evaluation(tx: &Tx, row: Evaluation) -> Result<(), DbErr> {
    evaluation::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn evaluation(
    c: &impl ConnectionTrait,
    id: EvaluationId,
) -> Result<Option<Evaluation>, DbErr> {
    evaluation::Entity::find_by_id(id).one(c).await
}

pub async fn page_of_evaluations(
    c: &impl ConnectionTrait,
    tender: TenderId,
    page: Page,
) -> Result<Slice<Evaluation>, DbErr> {
    let mut query = evaluation::Entity::find()
        .filter(evaluation::Column::TenderId.eq(tender))
        .order_by_asc(evaluation::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(evaluation::Column::Id.gt(EvaluationId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

pub async fn award(c: &impl ConnectionTrait, id: AwardId) -> Result<Option<Award>, DbErr> {
    award::Entity::find_by_id(id).one(c).await
}

pub async fn awards(c: &impl ConnectionTrait, tender: TenderId) -> Result<Vec<Award>, DbErr> {
    award::Entity::find()
        .filter(award::Column::TenderId.eq(tender))
        .order_by_asc(award::Column::Id)
        .all(c)
        .await
}

/// Notified awards whose time is over.
pub async fn awards_to_expire(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<Award>, DbErr> {
    award::Entity::find()
        .filter(award::Column::State.eq("notified"))
        .filter(award::Column::AcceptBy.lte(now))
        .limit(500)
        .all(c)
        .await
}

/// `false`: an item has a live award already; the partial index decides between rivals.
pub async fn insert_award_line(tx: &Tx, row: AwardLine) -> Result<bool, DbErr> {
    let inserted = award_line::Entity::insert(row.into_active_model())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

pub async fn lines_of(c: &impl ConnectionTrait, award: AwardId) -> Result<Vec<AwardLine>, DbErr> {
    award_line::Entity::find()
        .filter(award_line::Column::AwardId.eq(award))
        .order_by_asc(award_line::Column::Id)
        .all(c)
        .await
}

/// The award no longer holds its items.
pub async fn release_lines(tx: &Tx, award: AwardId) -> Result<(), DbErr> {
    award_line::Entity::update_many()
        .col_expr(award_line::Column::Live, Expr::value(false))
        .filter(award_line::Column::AwardId.eq(award))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn order(c: &impl ConnectionTrait, id: GroupOrderId) -> Result<Option<Order>, DbErr> {
    group_order::Entity::find_by_id(id).one(c).await
}

pub async fn orders(c: &impl ConnectionTrait, tender: TenderId) -> Result<Vec<Order>, DbErr> {
    group_order::Entity::find()
        .filter(group_order::Column::TenderId.eq(tender))
        .order_by_asc(group_order::Column::Id)
        .all(c)
        .await
}

pub async fn insert_member_lines(tx: &Tx, rows: Vec<MemberLine>) -> Result<(), DbErr> {
    let mut rest = rows;
    while !rest.is_empty() {
        let next = rest.split_off(rest.len().min(INSERT_ROWS));
        let some = rest.into_iter().map(IntoActiveModel::into_active_model);
        member_line::Entity::insert_many(some)
            .exec_without_returning(tx)
            .await?;
        rest = next;
    }
    Ok(())
}

pub async fn member_lines(
    c: &impl ConnectionTrait,
    order: GroupOrderId,
) -> Result<Vec<MemberLine>, DbErr> {
    member_line::Entity::find()
        .filter(member_line::Column::GroupOrderId.eq(order))
        .order_by_asc(member_line::Column::Id)
        .all(c)
        .await
}

/// References of some items.
pub async fn line_refs(
    c: &impl ConnectionTrait,
    items: &[ItemId],
) -> Result<std::collections::HashMap<ItemId, String>, DbErr> {
    let mut refs = std::collections::HashMap::new();
    for some in items.chunks(500) {
        let rows = entity::tender_item::Entity::find()
            .filter(entity::tender_item::Column::Id.is_in(some.iter().copied()))
            .all(c)
            .await?;
        refs.extend(rows.into_iter().map(|row| (row.id, row.line_ref)));
    }
    Ok(refs)
}
