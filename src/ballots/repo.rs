//! SQL of ballots, one file per table.

pub mod challenges;
pub mod electors;
pub mod proxies;
pub mod secret;
pub mod votes;

use entity::ballot;
use entity::ballot::Column;
use entity::ballot::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::tally::Outcome;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;

pub type Ballot = ballot::Model;
pub type Vote = entity::vote::Model;
pub type Proxy = entity::ballot_proxy::Model;
pub type Challenge = entity::ballot_challenge::Model;

/// Rows of one insert: five columns each stay below every limit of parameters.
const INSERT_ROWS: usize = 1_000;
/// Ballots that one pass of the clock looks at.
const DUE: u64 = 100;

pub async fn ballot(c: &impl ConnectionTrait, id: BallotId) -> Result<Option<Ballot>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

/// Holds the ballot against everybody: who decides waits for the votes that were taken before.
pub async fn lock(tx: &Tx, id: BallotId) -> Result<Option<Ballot>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

/// Holds the ballot against a decision, not against other votes.
pub async fn hold_open(tx: &Tx, id: BallotId) -> Result<Option<Ballot>, DbErr> {
    Entity::find_by_id(id).lock_shared().one(tx).await
}

pub async fn insert(tx: &Tx, row: Ballot) -> Result<(), DbErr> {
    let row: ballot::ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what a transition changes, as the next version.
pub async fn save(tx: &Tx, row: &mut Ballot) -> Result<(), DbErr> {
    row.version += 1;
    let changed: ballot::ActiveModel = row.clone().into_active_model().reset_all();
    Entity::update_many()
        .set(changed)
        .filter(Column::Id.eq(row.id))
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
    let mut query = Entity::find().filter(Column::AllianceId.eq(alliance));
    if !drafts {
        query = query.filter(Column::State.ne(BallotState::Draft.as_str()));
    }
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state.as_str()));
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

/// What follows a ballot, such as its repetition; at most one of each origin.
pub async fn follower(
    c: &impl ConnectionTrait,
    of: BallotId,
    origin: &str,
) -> Result<Option<Ballot>, DbErr> {
    Entity::find()
        .filter(Column::FollowsId.eq(of))
        .filter(Column::Origin.eq(origin))
        .one(c)
        .await
}

/// Another ballot on the same subject that is announced or open.
pub async fn at_vote(tx: &Tx, ballot: &Ballot) -> Result<Option<BallotId>, DbErr> {
    let Some(subject) = ballot.subject_id else {
        return Ok(None);
    };
    Entity::find()
        .filter(Column::AllianceId.eq(ballot.alliance_id))
        .filter(Column::SubjectId.eq(subject))
        .filter(Column::State.is_in([BallotState::Notice.as_str(), BallotState::Open.as_str()]))
        .filter(Column::Id.ne(ballot.id))
        .select_only()
        .column(Column::Id)
        .into_tuple()
        .one(tx)
        .await
}

/// Ballots of which the clock asks something: to open, to close, to remind, to permit, to settle a tie.
pub async fn due(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<BallotId>, DbErr> {
    let state = |state: BallotState| Column::State.eq(state.as_str());
    let result = |result: Outcome| Column::Result.eq(result.as_str());
    let conditions = [
        state(BallotState::Notice).and(Column::OpensAt.lte(now)),
        state(BallotState::Open).and(Column::ClosesAt.lte(now)),
        state(BallotState::Open)
            .and(Column::RemindedAt.is_null())
            .and(Column::RemindAt.lte(now)),
        state(BallotState::Declared)
            .and(result(Outcome::CastingVote))
            .and(Column::CastingUntil.lte(now)),
        state(BallotState::Declared)
            .and(result(Outcome::Carried))
            .and(Column::PermittedAt.is_null())
            .and(Column::EffectiveAt.lte(now)),
    ];
    let mut due = Vec::new();
    for condition in conditions {
        let ids: Vec<BallotId> = Entity::find()
            .filter(condition)
            .select_only()
            .column(Column::Id)
            .limit(DUE)
            .into_tuple()
            .all(c)
            .await?;
        due.extend(ids);
    }
    Ok(due)
}

/// Open ballots that may close early, with the number of votes at the last look.
pub async fn to_check(c: &impl ConnectionTrait) -> Result<Vec<(BallotId, i64)>, DbErr> {
    Entity::find()
        .filter(Column::State.eq(BallotState::Open.as_str()))
        .filter(Column::CheckedVotes.is_not_null())
        .select_only()
        .column(Column::Id)
        .column(Column::CheckedVotes)
        .limit(DUE)
        .into_tuple()
        .all(c)
        .await
}

/// Notes how many votes there were at a look; no new version, because nobody sees it.
pub async fn mark_checked(tx: &Tx, id: BallotId, votes: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CheckedVotes, Expr::value(votes))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes that the reminder was written; no new version, because nobody's decision changed.
pub async fn mark_reminded(tx: &Tx, id: BallotId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RemindedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ballots on which members vote, or will, and declarations in dispute.
pub async fn count_unfinished(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::State.is_in(["notice", "open", "challenged"]))
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
