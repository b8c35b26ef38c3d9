//! SQL of ballots.

use std::collections::BTreeMap;

use entity::ballot;
use entity::ballot_elector;
use entity::vote;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::ballots::domain::life::BallotState;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Ballot = ballot::Model;
pub type Vote = vote::Model;

/// Rows of one insert: five columns each stay below every limit of parameters.
const INSERT_ROWS: usize = 1_000;
/// Ballots that one pass of the clock looks at.
const DUE: u64 = 100;

pub async fn ballot(c: &impl ConnectionTrait, id: BallotId) -> Result<Option<Ballot>, DbErr> {
    ballot::Entity::find_by_id(id).one(c).await
}

/// Holds the ballot against everybody: who decides waits for the votes that were taken before.
pub async fn lock(tx: &Tx, id: BallotId) -> Result<Option<Ballot>, DbErr> {
    ballot::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// Holds the ballot against a decision, not against other votes.
pub async fn hold_open(tx: &Tx, id: BallotId) -> Result<Option<Ballot>, DbErr> {
    ballot::Entity::find_by_id(id).lock_shared().one(tx).await
}

pub async fn insert(tx: &Tx, row: Ballot) -> Result<(), DbErr> {
    ballot::Entity::insert(ballot::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        title: Set(row.title),
        explanation: Set(row.explanation),
        matter: Set(row.matter),
        subject_id: Set(row.subject_id),
        content_hash: Set(row.content_hash),
        rule: Set(row.rule),
        state: Set(row.state),
        withdrawal: Set(row.withdrawal),
        result: Set(row.result),
        record: Set(row.record),
        opens_at: Set(row.opens_at),
        closes_at: Set(row.closes_at),
        proposed_by: Set(row.proposed_by),
        published_at: Set(row.published_at),
        opened_at: Set(row.opened_at),
        closed_at: Set(row.closed_at),
        electorate_size: Set(row.electorate_size),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Writes what a transition changes, as the next version; the question and its rule never change.
pub async fn save(tx: &Tx, row: &mut Ballot) -> Result<(), DbErr> {
    row.version += 1;
    ballot::Entity::update_many()
        .set(ballot::ActiveModel {
            content_hash: Set(row.content_hash.clone()),
            state: Set(row.state.clone()),
            withdrawal: Set(row.withdrawal.clone()),
            result: Set(row.result.clone()),
            record: Set(row.record.clone()),
            opens_at: Set(row.opens_at),
            published_at: Set(row.published_at),
            opened_at: Set(row.opened_at),
            closed_at: Set(row.closed_at),
            electorate_size: Set(row.electorate_size),
            version: Set(row.version),
            ..Default::default()
        })
        .filter(ballot::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The ballots of an alliance in the order of their making.
pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    drafts: bool,
    state: Option<BallotState>,
    page: Page,
) -> Result<Slice<Ballot>, DbErr> {
    let mut query = ballot::Entity::find().filter(ballot::Column::AllianceId.eq(alliance));
    if !drafts {
        query = query.filter(ballot::Column::State.ne(BallotState::Draft.as_str()));
    }
    if let Some(state) = state {
        query = query.filter(ballot::Column::State.eq(state.as_str()));
    }
    if let Some(after) = page.after {
        query = query.filter(ballot::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(ballot::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// Announced ballots whose hour has come, and open ones whose time is over.
pub async fn due(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<BallotId>, DbErr> {
    let to_open = ballot::Entity::find()
        .filter(ballot::Column::State.eq(BallotState::Notice.as_str()))
        .filter(ballot::Column::OpensAt.lte(now));
    let to_close = ballot::Entity::find()
        .filter(ballot::Column::State.eq(BallotState::Open.as_str()))
        .filter(ballot::Column::ClosesAt.lte(now));
    let mut due = Vec::new();
    for query in [to_open, to_close] {
        let ids: Vec<BallotId> = query
            .select_only()
            .column(ballot::Column::Id)
            .limit(DUE)
            .into_tuple()
            .all(c)
            .await?;
        due.extend(ids);
    }
    Ok(due)
}

pub async fn insert_electorate(
    tx: &Tx,
    ballot: &Ballot,
    electorate: &BTreeMap<MembershipId, i64>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = electorate
        .iter()
        .map(|(membership, weight)| ballot_elector::ActiveModel {
            ballot_id: Set(ballot.id),
            membership_id: Set(*membership),
            alliance_id: Set(ballot.alliance_id),
            weight: Set(*weight),
        })
        .collect();
    for some in rows.chunks(INSERT_ROWS) {
        ballot_elector::Entity::insert_many(some.to_vec())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

pub async fn electorate(
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

/// `false`: this member has voted already.
pub async fn insert_vote(tx: &Tx, row: Vote) -> Result<bool, DbErr> {
    let inserted = vote::Entity::insert(vote::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        ballot_id: Set(row.ballot_id),
        membership_id: Set(row.membership_id),
        choice: Set(row.choice),
        cast_by: Set(row.cast_by),
        cast_at: Set(row.cast_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// Puts a new answer in the place of the standing one.
pub async fn replace_vote(tx: &Tx, row: &Vote) -> Result<(), DbErr> {
    vote::Entity::update_many()
        .col_expr(vote::Column::Choice, Expr::value(row.choice.clone()))
        .col_expr(vote::Column::CastBy, Expr::value(row.cast_by))
        .col_expr(vote::Column::CastAt, Expr::value(row.cast_at))
        .filter(vote::Column::BallotId.eq(row.ballot_id))
        .filter(vote::Column::MembershipId.eq(row.membership_id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn vote_of(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    membership: MembershipId,
) -> Result<Option<Vote>, DbErr> {
    vote::Entity::find()
        .filter(vote::Column::BallotId.eq(ballot))
        .filter(vote::Column::MembershipId.eq(membership))
        .one(c)
        .await
}

pub async fn all_votes(c: &impl ConnectionTrait, ballot: BallotId) -> Result<Vec<Vote>, DbErr> {
    vote::Entity::find()
        .filter(vote::Column::BallotId.eq(ballot))
        .all(c)
        .await
}

/// Votes in the order of their first casting; `of` limits them to some members.
pub async fn votes(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    of: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Vote>, DbErr> {
    let mut query = vote::Entity::find().filter(vote::Column::BallotId.eq(ballot));
    if let Some(of) = of {
        query = query.filter(vote::Column::MembershipId.is_in(of.iter().copied()));
    }
    if let Some(after) = page.after {
        query = query.filter(vote::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(vote::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// Ballots on which members vote, or will.
pub async fn count_unfinished(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    ballot::Entity::find()
        .filter(ballot::Column::AllianceId.eq(alliance))
        .filter(ballot::Column::State.is_in(["notice", "open"]))
        .count(tx)
        .await
}

/// Title and end of the open ballots of an alliance that close until `until`.
pub async fn closing_until(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    until: Instant,
) -> Result<Vec<(String, Instant)>, DbErr> {
    ballot::Entity::find()
        .select_only()
        .column(ballot::Column::Title)
        .column(ballot::Column::ClosesAt)
        .filter(ballot::Column::AllianceId.eq(alliance))
        .filter(ballot::Column::State.eq("open"))
        .filter(ballot::Column::ClosesAt.lte(until))
        .order_by_asc(ballot::Column::ClosesAt)
        .into_tuple()
        .all(c)
        .await
}
