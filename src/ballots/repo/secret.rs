//! SQL of secret votes: slips under pseudonyms, and the receipts that are published after the close.

use std::collections::BTreeSet;
use std::collections::HashMap;

use entity::ballot_receipt;
use entity::secret_vote;
use entity::secret_vote::Column;
use entity::secret_vote::Entity;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::ballots::repo::Ballot;
use crate::ballots::repo::INSERT_ROWS;
use crate::kernel::ids::BallotId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Receipt = ballot_receipt::Model;

/// `false`: there is a slip under this pseudonym already.
pub async fn insert(
    tx: &Tx,
    ballot: &Ballot,
    pseudonym: &[u8],
    slip: Vec<u8>,
) -> Result<bool, DbErr> {
    let inserted = Entity::insert(secret_vote::ActiveModel {
        ballot_id: Set(ballot.id),
        round: Set(ballot.round),
        pseudonym: Set(pseudonym.to_vec()),
        alliance_id: Set(ballot.alliance_id),
        slip: Set(slip),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// The slip under a pseudonym, held until the end of the transaction.
pub async fn lock(tx: &Tx, ballot: &Ballot, pseudonym: &[u8]) -> Result<Option<Vec<u8>>, DbErr> {
    let row = Entity::find_by_id((ballot.id, ballot.round, pseudonym.to_vec()))
        .lock_exclusive()
        .one(tx)
        .await?;
    Ok(row.map(|row| row.slip))
}

pub async fn replace(
    tx: &Tx,
    ballot: &Ballot,
    pseudonym: &[u8],
    slip: Vec<u8>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Slip, Expr::value(slip))
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .filter(Column::Pseudonym.eq(pseudonym.to_vec()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Which of some pseudonyms have a slip.
pub async fn known_among(
    c: &impl ConnectionTrait,
    ballot: &Ballot,
    of: &[Vec<u8>],
) -> Result<BTreeSet<Vec<u8>>, DbErr> {
    let rows: Vec<Vec<u8>> = Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .filter(Column::Pseudonym.is_in(of.iter().cloned()))
        .select_only()
        .column(Column::Pseudonym)
        .into_tuple()
        .all(c)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Every slip of the present round, by its pseudonym.
pub async fn all(
    c: &impl ConnectionTrait,
    ballot: &Ballot,
) -> Result<HashMap<Vec<u8>, Vec<u8>>, DbErr> {
    let rows = Entity::find()
        .filter(Column::BallotId.eq(ballot.id))
        .filter(Column::Round.eq(ballot.round))
        .all(c)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.pseudonym, row.slip))
        .collect())
}

/// Publishes the receipts of the present round, given with their ids in the order of these.
pub async fn insert_receipts(
    tx: &Tx,
    ballot: &Ballot,
    receipts: &[(Uuid, String)],
) -> Result<(), DbErr> {
    for some in receipts.chunks(INSERT_ROWS) {
        let rows = some.iter().map(|(id, digest)| ballot_receipt::ActiveModel {
            id: Set(*id),
            alliance_id: Set(ballot.alliance_id),
            ballot_id: Set(ballot.id),
            round: Set(ballot.round),
            digest: Set(digest.clone()),
        });
        ballot_receipt::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// One page of receipts, in the order of their digests.
pub async fn receipts(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    page: Page,
) -> Result<Slice<Receipt>, DbErr> {
    let mut query = ballot_receipt::Entity::find()
        .filter(ballot_receipt::Column::BallotId.eq(ballot))
        .order_by_asc(ballot_receipt::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(ballot_receipt::Column::Id.gt(after));
    }
    let rows = query.all(c).await?;
    Ok(Slice::cut(rows, page, |row| row.id))
}
