//! SQL of assessments and their lines.

use entity::assessment;
use entity::assessment::Column;
use entity::assessment::Entity;
use entity::assessment_line;
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

use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::repo::INSERT_ROWS;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::AssessmentLineId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub async fn find(c: &impl ConnectionTrait, id: AssessmentId) -> Result<Option<Assessment>, DbErr> {
    Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: AssessmentId) -> Result<Option<Assessment>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(tx).await
}

pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    fund: FundId,
    page: Page,
) -> Result<Slice<Assessment>, DbErr> {
    let mut query = Entity::find()
        .filter(Column::AllianceId.eq(alliance))
        .filter(Column::FundId.eq(fund));
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

/// The lines, in the order of their memberships.
pub async fn lines(
    c: &impl ConnectionTrait,
    assessment: &Assessment,
) -> Result<Vec<AssessmentLine>, DbErr> {
    assessment_line::Entity::find()
        .filter(assessment_line::Column::AllianceId.eq(assessment.alliance_id))
        .filter(assessment_line::Column::AssessmentId.eq(assessment.id))
        .order_by_asc(assessment_line::Column::MembershipId)
        .all(c)
        .await
}

/// One page of the lines in the order of their ids; only those of `members` where that is given.
pub async fn page_of_lines(
    c: &impl ConnectionTrait,
    assessment: &Assessment,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<AssessmentLine>, DbErr> {
    let mut query = assessment_line::Entity::find()
        .filter(assessment_line::Column::AllianceId.eq(assessment.alliance_id))
        .filter(assessment_line::Column::AssessmentId.eq(assessment.id));
    if let Some(members) = members {
        query = query.filter(assessment_line::Column::MembershipId.is_in(members.iter().copied()));
    }
    if let Some(after) = page.after {
        query = query.filter(assessment_line::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(assessment_line::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// How many members an assessment charges.
pub async fn count_lines(
    c: &impl ConnectionTrait,
    assessment: &Assessment,
) -> Result<usize, DbErr> {
    let count = assessment_line::Entity::find()
        .filter(assessment_line::Column::AllianceId.eq(assessment.alliance_id))
        .filter(assessment_line::Column::AssessmentId.eq(assessment.id))
        .count(c)
        .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// One line.
pub async fn line(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: AssessmentLineId,
) -> Result<Option<AssessmentLine>, DbErr> {
    assessment_line::Entity::find_by_id(id)
        .filter(assessment_line::Column::AllianceId.eq(alliance))
        .one(c)
        .await
}

/// The assessments of a fund that were not cancelled, oldest first.
pub async fn standing(c: &impl ConnectionTrait, fund: &Fund) -> Result<Vec<Assessment>, DbErr> {
    Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.ne("cancelled"))
        .order_by_asc(Column::Id)
        .all(c)
        .await
}

pub async fn insert(tx: &Tx, row: &Assessment) -> Result<(), DbErr> {
    let row: assessment::ActiveModel = row.clone().into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn insert_lines(tx: &Tx, lines: &[AssessmentLine]) -> Result<(), DbErr> {
    for some in lines.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|line| line.clone().into_active_model().reset_all());
        assessment_line::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Stores state, mandate, time of issue and version.
pub async fn update(tx: &Tx, row: &Assessment) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(row.state.as_str()))
        .col_expr(Column::MandateId, Expr::value(row.mandate_id))
        .col_expr(Column::IssuedAt, Expr::value(row.issued_at))
        .col_expr(Column::Version, Expr::value(row.version))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The lines of the budgets of a fund that were voted.
pub async fn voted_budgets(
    c: &impl ConnectionTrait,
    fund: &Fund,
) -> Result<Vec<serde_json::Value>, DbErr> {
    let rows = Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id))
        .filter(Column::State.is_in(["approved", "issued"]))
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.budget_lines).collect())
}
