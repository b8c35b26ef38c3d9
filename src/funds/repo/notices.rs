//! SQL of levy notices.

use chrono::NaiveDate;
use entity::levy_notice::Column;
use entity::levy_notice::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;

use crate::funds::repo::Fund;
use crate::funds::repo::INSERT_ROWS;
use crate::funds::repo::Notice;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: LevyNoticeId) -> Result<Option<Notice>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

/// One page; only those of `members` where that is given.
pub async fn list(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Notice>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
    if let Some(members) = members {
        query = query.filter(Column::MembershipId.is_in(members.iter().copied()));
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

/// Every notice of a fund, oldest first.
pub async fn all(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .order_by_asc(Column::Number)
        .all(c)
        .await
}

/// A member's notices of a fund, oldest first.
pub async fn of_member(
    c: &impl ConnectionTrait,
    fund: &Fund,
    membership: MembershipId,
) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::MembershipId.eq(membership))
        .order_by_asc(Column::Number)
        .all(c)
        .await
}

/// The number of the newest notice of a fund; 0 without one.
pub async fn newest(c: &impl ConnectionTrait, fund: &Fund) -> Result<i64, DbErr> {
    let row = Entity::find()
        .filter(Column::FundId.eq(fund.id))
        .order_by_desc(Column::Number)
        .one(c)
        .await?;
    Ok(row.map_or(0, |row| row.number))
}

/// Whether a notice of a fund still has something due.
pub async fn any_due(c: &impl ConnectionTrait, fund: &Fund) -> Result<bool, DbErr> {
    let row = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.is_in(["issued", "part_paid", "overdue", "disputed"]))
        .limit(1)
        .one(c)
        .await?;
    Ok(row.is_some())
}

/// What the notices of an assessment add up to.
pub async fn total_of(c: &impl ConnectionTrait, assessment: AssessmentId) -> Result<i64, DbErr> {
    let sql = "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS total \
               FROM levy_notice WHERE assessment_id = $1";
    let values = [assessment.into()];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let row = c.query_one_raw(statement).await?;
    row.map_or(Ok(0), |row| row.try_get("", "total"))
}

pub async fn insert(tx: &Tx, rows: &[Notice]) -> Result<(), DbErr> {
    for some in rows.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Stores what became of a notice; what was billed never changes.
pub async fn store(tx: &Tx, row: &Notice) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PaidMinor, Expr::value(row.paid_minor))
        .col_expr(Column::CreditedMinor, Expr::value(row.credited_minor))
        .col_expr(Column::ReturnedMinor, Expr::value(row.returned_minor))
        .col_expr(Column::WrittenOffMinor, Expr::value(row.written_off_minor))
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::NextDueOn, Expr::value(row.next_due_on))
        .col_expr(Column::OverdueSince, Expr::value(row.overdue_since))
        .col_expr(Column::CheckedOn, Expr::value(row.checked_on))
        .col_expr(
            Column::WriteOffMandateId,
            Expr::value(row.write_off_mandate_id),
        )
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notices of an alliance with something due, payable until `day`, oldest first.
pub async fn due_until(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    day: NaiveDate,
) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::State.is_in(WATCHED))
        .filter(Column::NextDueOn.lte(day))
        .order_by_asc(Column::NextDueOn)
        .order_by_asc(Column::Id)
        .all(c)
        .await
}

/// Some notices.
pub async fn by_ids(c: &impl ConnectionTrait, ids: &[LevyNoticeId]) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Number)
        .all(c)
        .await
}

/// States in which the clock has something to do.
const WATCHED: [&str; 3] = ["issued", "part_paid", "overdue"];

/// The alliances with notices that are not covered.
pub async fn alliances_with_open(c: &impl ConnectionTrait) -> Result<Vec<AllianceId>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::AllianceId)
        .distinct()
        .filter(Column::NextDueOn.is_not_null())
        .filter(Column::State.is_in(WATCHED))
        .into_tuple()
        .all(c)
        .await
}

/// Up to `limit` open notices of an alliance that the clock has not looked at on `today`.
pub async fn to_check(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    today: NaiveDate,
    limit: u64,
) -> Result<Vec<(FundId, LevyNoticeId)>, DbErr> {
    let unseen = Condition::any()
        .add(Column::CheckedOn.is_null())
        .add(Column::CheckedOn.lt(today));
    Entity::find()
        .select_only()
        .column(Column::FundId)
        .column(Column::Id)
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::NextDueOn.is_not_null())
        .filter(Column::State.is_in(WATCHED))
        .filter(unseen)
        .limit(limit)
        .into_tuple()
        .all(c)
        .await
}

/// Notices of an alliance of which something fell due before `day` and was never covered; a write-off covers nothing,
/// and what is disputed waits for its answer.
pub async fn unpaid_before(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    day: NaiveDate,
) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::NextDueOn.lt(day))
        .filter(Column::State.ne("disputed"))
        .all(c)
        .await
}

/// Notes that the clock looked at some notices.
pub async fn checked(tx: &Tx, ids: &[LevyNoticeId], today: NaiveDate) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CheckedOn, Expr::value(today))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Billed, credited, paid and returned minor units of one notice of a member.
pub type Sums = (MembershipId, i64, i64, i64, i64);

/// What every member was billed by the funds of an alliance, and what it paid.
pub async fn sums(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    funds: &[FundId],
) -> Result<Vec<Sums>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::FundId.is_in(funds.iter().copied()))
        .select_only()
        .column(Column::MembershipId)
        .column(Column::AmountMinor)
        .column(Column::CreditedMinor)
        .column(Column::PaidMinor)
        .column(Column::ReturnedMinor)
        .into_tuple()
        .all(c)
        .await
}

/// A member's notices of some assessments of some funds, oldest first.
pub async fn of_assessments(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    funds: &[FundId],
    membership: MembershipId,
    assessments: &[AssessmentId],
) -> Result<Vec<Notice>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::FundId.is_in(funds.iter().copied()))
        .filter(Column::MembershipId.eq(membership))
        .filter(Column::AssessmentId.is_in(assessments.iter().copied()))
        .order_by_asc(Column::Id)
        .all(c)
        .await
}
