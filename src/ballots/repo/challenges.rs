//! SQL of challenges.

use entity::ballot_challenge;
use entity::ballot_challenge::Column;
use entity::ballot_challenge::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::sea_query::Expr;

use crate::ballots::repo::Challenge;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::UserId;
use crate::platform::db::Tx;

pub async fn insert(tx: &Tx, row: Challenge) -> Result<(), DbErr> {
    let row: ballot_challenge::ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The challenge of a ballot that waits for its decision.
pub async fn pending(
    c: &impl ConnectionTrait,
    ballot: BallotId,
) -> Result<Option<Challenge>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot))
        .filter(Column::Outcome.is_null())
        .one(c)
        .await
}

/// Every challenge of a ballot, oldest first.
pub async fn all(c: &impl ConnectionTrait, ballot: BallotId) -> Result<Vec<Challenge>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot))
        .order_by_asc(Column::Id)
        .all(c)
        .await
}

pub async fn decide(
    tx: &Tx,
    challenge: &Challenge,
    outcome: &str,
    reasons: &str,
    by: UserId,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome))
        .col_expr(Column::Reasons, Expr::value(reasons))
        .col_expr(Column::DecidedBy, Expr::value(by))
        .col_expr(Column::DecidedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(challenge.id))
        .exec(tx)
        .await?;
    Ok(())
}
