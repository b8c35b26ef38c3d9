//! SQL of commitments.

use entity::commitment;
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

use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::TenderId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::tenders::domain::lifecycle::CommitmentState;
use crate::tenders::repo::writers;

writers! {
    commitment: Demand, insert_demand, save_demand;
}

pub async fn demand(c: &impl ConnectionTrait, id: CommitmentId) -> Result<Option<Demand>, DbErr> {
    commitment::Entity::find_by_id(id).one(c).await
}

/// The place of the next commitment in the order of receipt; call it with the tender locked.
pub async fn next_sequence(tx: &Tx, tender: TenderId) -> Result<i64, DbErr> {
    let last = commitment::Entity::find()
        .filter(commitment::Column::TenderId.eq(tender))
        .order_by_desc(commitment::Column::Sequence)
        .limit(1)
        .one(tx)
        .await?;
    Ok(last.map_or(1, |row| row.sequence + 1))
}

/// Every commitment that counts, in order of receipt.
pub async fn standing(c: &impl ConnectionTrait, tender: TenderId) -> Result<Vec<Demand>, DbErr> {
    commitment::Entity::find()
        .filter(commitment::Column::TenderId.eq(tender))
        .filter(commitment::Column::State.ne("withdrawn"))
        .order_by_asc(commitment::Column::Sequence)
        .all(c)
        .await
}

/// Commitments of some memberships.
pub async fn of_members(
    c: &impl ConnectionTrait,
    tender: TenderId,
    members: &[MembershipId],
    page: Page,
) -> Result<Slice<Demand>, DbErr> {
    let mut query = commitment::Entity::find()
        .filter(commitment::Column::TenderId.eq(tender))
        .filter(commitment::Column::MembershipId.is_in(members.iter().copied()))
        .order_by_asc(commitment::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(commitment::Column::Id.gt(CommitmentId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// Moves all commitments of a tender from one state to another.
pub async fn move_all(
    tx: &Tx,
    tender: TenderId,
    from: CommitmentState,
    to: CommitmentState,
) -> Result<(), DbErr> {
    commitment::Entity::update_many()
        .col_expr(commitment::Column::State, Expr::value(to.as_str()))
        .filter(commitment::Column::TenderId.eq(tender))
        .filter(commitment::Column::State.eq(from.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn move_some(tx: &Tx, ids: &[CommitmentId], to: CommitmentState) -> Result<(), DbErr> {
    for some in ids.chunks(500) {
        commitment::Entity::update_many()
            .col_expr(commitment::Column::State, Expr::value(to.as_str()))
            .filter(commitment::Column::Id.is_in(some.iter().copied()))
            .exec(tx)
            .await?;
    }
    Ok(())
}
