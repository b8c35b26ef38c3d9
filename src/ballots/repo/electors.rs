//! SQL of electorates: who has a vote, who has none and why, and declared interests.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use entity::ballot_elector;
use entity::ballot_exclusion;
use entity::ballot_interest;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::ballots::domain::electorate::Electorate;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::INSERT_ROWS;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Elector = ballot_elector::Model;
pub type Excluded = ballot_exclusion::Model;

/// Fixes the electorate of a ballot.
pub async fn insert(
    tx: &Tx,
    ballot: &Ballot,
    electorate: &Electorate<MembershipId>,
) -> Result<(), DbErr> {
    let electors: Vec<_> = electorate
        .electors
        .iter()
        .map(|(membership, weight)| ballot_elector::ActiveModel {
            ballot_id: Set(ballot.id),
            membership_id: Set(*membership),
            alliance_id: Set(ballot.alliance_id),
            weight: Set(*weight),
        })
        .collect();
    for some in electors.chunks(INSERT_ROWS) {
        ballot_elector::Entity::insert_many(some.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    let excluded: Vec<_> = electorate
        .excluded
        .iter()
        .map(|(membership, reason)| ballot_exclusion::ActiveModel {
            ballot_id: Set(ballot.id),
            membership_id: Set(*membership),
            alliance_id: Set(ballot.alliance_id),
            reason: Set(reason.as_str().to_owned()),
        })
        .collect();
    for some in excluded.chunks(INSERT_ROWS) {
        ballot_exclusion::Entity::insert_many(some.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

pub async fn all(
    c: &impl ConnectionTrait,
    ballot: BallotId,
) -> Result<BTreeMap<MembershipId, i64>, DbErr> {
    let rows = ballot_elector::Entity::find()
        .filter(ballot_elector::Column::BallotId.eq(ballot))
        .all(c)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.membership_id, row.weight))
        .collect())
}

/// One page of the electorate, in the order of the memberships.
pub async fn page(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    page: Page,
) -> Result<Slice<Elector>, DbErr> {
    let mut query = ballot_elector::Entity::find()
        .filter(ballot_elector::Column::BallotId.eq(ballot))
        .order_by_asc(ballot_elector::Column::MembershipId)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(ballot_elector::Column::MembershipId.gt(after));
    }
    let rows = query.all(c).await?;
    Ok(Slice::cut(rows, page, |row| row.membership_id.0))
}

/// The weights of some members; who has no vote is absent.
pub async fn weights(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    of: &[MembershipId],
) -> Result<BTreeMap<MembershipId, i64>, DbErr> {
    let rows = ballot_elector::Entity::find()
        .filter(ballot_elector::Column::BallotId.eq(ballot))
        .filter(ballot_elector::Column::MembershipId.is_in(of.iter().copied()))
        .all(c)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.membership_id, row.weight))
        .collect())
}

/// The weight of one member; `None` where it has no vote.
pub async fn weight(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    membership: MembershipId,
) -> Result<Option<i64>, DbErr> {
    let row = ballot_elector::Entity::find_by_id((ballot, membership))
        .one(c)
        .await?;
    Ok(row.map(|row| row.weight))
}

/// Who has no vote, and why.
pub async fn excluded(c: &impl ConnectionTrait, ballot: BallotId) -> Result<Vec<Excluded>, DbErr> {
    ballot_exclusion::Entity::find()
        .filter(ballot_exclusion::Column::BallotId.eq(ballot))
        .order_by_asc(ballot_exclusion::Column::MembershipId)
        .all(c)
        .await
}

/// Notes an interest; a second declaration of the same member changes nothing.
pub async fn insert_interest(
    tx: &Tx,
    ballot: &Ballot,
    membership: MembershipId,
    by: UserId,
    note: &str,
) -> Result<(), DbErr> {
    ballot_interest::Entity::insert(ballot_interest::ActiveModel {
        ballot_id: Set(ballot.id),
        membership_id: Set(membership),
        alliance_id: Set(ballot.alliance_id),
        note: Set(note.to_owned()),
        declared_by: Set(by),
        declared_at: Set(tx.now()),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// The members that declared an interest.
pub async fn interested(
    c: &impl ConnectionTrait,
    ballot: BallotId,
) -> Result<BTreeSet<MembershipId>, DbErr> {
    let rows = ballot_interest::Entity::find()
        .filter(ballot_interest::Column::BallotId.eq(ballot))
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.membership_id).collect())
}
