//! SQL of votes that may be seen.

use std::collections::BTreeSet;

use entity::vote::Column;
use entity::vote::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::ballots::repo::Ballot;
use crate::ballots::repo::Vote;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// `false`: this member has voted already in this round.
pub async fn insert(tx: &Tx, row: Vote) -> Result<bool, DbErr> {
    let row: entity::vote::ActiveModel = row.into_active_model().reset_all();
    let inserted = Entity::insert(row)
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}

/// Puts a new answer in the place of the standing one.
pub async fn replace(tx: &Tx, row: &Vote) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Choice, Expr::value(row.choice.clone()))
        .col_expr(Column::How, Expr::value(row.how.clone()))
        .col_expr(Column::CastBy, Expr::value(row.cast_by))
        .col_expr(Column::CastAt, Expr::value(row.cast_at))
        .filter(Column::BallotId.eq(row.ballot_id))
        .filter(Column::Round.eq(row.round))
        .filter(Column::MembershipId.eq(row.membership_id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The vote of the present round that was cast last.
pub async fn latest(c: &impl ConnectionTrait, ballot: &Ballot) -> Result<Option<Vote>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .order_by_desc(Column::CastAt)
        .one(c)
        .await
}

/// The vote of a member in the present round.
pub async fn of(
    c: &impl ConnectionTrait,
    ballot: &Ballot,
    membership: MembershipId,
) -> Result<Option<Vote>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .filter(Column::MembershipId.eq(membership))
        .one(c)
        .await
}

/// As [`of`], held until the end of the transaction.
pub async fn lock(
    tx: &Tx,
    ballot: &Ballot,
    membership: MembershipId,
) -> Result<Option<Vote>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .filter(Column::MembershipId.eq(membership))
        .lock_exclusive()
        .one(tx)
        .await
}

/// Every vote of the present round: member and answer.
pub async fn all(
    c: &impl ConnectionTrait,
    ballot: &Ballot,
) -> Result<Vec<(MembershipId, String)>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .select_only()
        .column(Column::MembershipId)
        .column(Column::Choice)
        .into_tuple()
        .all(c)
        .await
}

/// Which of some members have voted in the present round.
pub async fn voters_among(
    c: &impl ConnectionTrait,
    ballot: &Ballot,
    of: &[MembershipId],
) -> Result<BTreeSet<MembershipId>, DbErr> {
    let rows: Vec<MembershipId> = Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .filter(Column::MembershipId.is_in(of.iter().copied()))
        .select_only()
        .column(Column::MembershipId)
        .into_tuple()
        .all(c)
        .await?;
    Ok(rows.into_iter().collect())
}

/// How many votes the present round has.
pub async fn count(c: &impl ConnectionTrait, ballot: &Ballot) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .count(c)
        .await
}

/// Votes of the present round in the order of their first casting; `of` limits them to some members.
pub async fn page(
    c: &impl ConnectionTrait,
    ballot: &Ballot,
    of: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Vote>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round));
    if let Some(of) = of {
        query = query.filter(Column::MembershipId.is_in(of.iter().copied()));
    }
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
