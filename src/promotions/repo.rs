//! SQL of promotions and their phases.

pub mod blackouts;
pub mod calendar;
pub mod enrolments;
pub mod festivals;
pub mod price_log;

use entity::promotion;
use entity::promotion_phase;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::Query;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::PromotionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Promotion = promotion::Model;
pub type Phase = promotion_phase::Model;

/// Promotions that one look of a sweep takes.
const BATCH: u64 = 100;

pub async fn promotion(
    c: &impl ConnectionTrait,
    id: PromotionId,
) -> Result<Option<Promotion>, DbErr> {
    promotion::Entity::find_by_id(id).one(c).await
}

/// Several of whatever alliance, those that will take place.
pub async fn upcoming(
    c: &impl ConnectionTrait,
    ids: &[PromotionId],
) -> Result<Vec<Promotion>, DbErr> {
    promotion::Entity::find()
        .filter(promotion::Column::Id.is_in(ids.iter().copied()))
        .filter(promotion::Column::State.is_in(["proposed", "scheduled", "running"]))
        .order_by_asc(promotion::Column::Id)
        .all(c)
        .await
}

/// Those of an alliance that will take place and whose sale overlaps `[from, to)`, at most `limit`.
pub async fn planned_between(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    (from, to): (Instant, Instant),
    limit: u64,
) -> Result<Vec<Promotion>, DbErr> {
    let phases = Query::select()
        .column(promotion_phase::Column::PromotionId)
        .from(promotion_phase::Entity)
        .and_where(Expr::col(promotion_phase::Column::AllianceId).eq(alliance))
        .and_where(Expr::col(promotion_phase::Column::StartsAt).lt(to))
        .and_where(Expr::col(promotion_phase::Column::EndsAt).gt(from))
        .to_owned();
    promotion::Entity::find()
        .filter(promotion::Column::AllianceId.eq(alliance))
        .filter(promotion::Column::State.is_in(["proposed", "scheduled", "running"]))
        .filter(promotion::Column::Id.in_subquery(phases))
        .order_by_asc(promotion::Column::Id)
        .limit(limit)
        .all(c)
        .await
}

pub async fn lock_promotion(tx: &Tx, id: PromotionId) -> Result<Option<Promotion>, DbErr> {
    promotion::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

pub async fn promotions(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Promotion>, DbErr> {
    let mut query = promotion::Entity::find()
        .filter(promotion::Column::AllianceId.eq(alliance))
        .order_by_asc(promotion::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(promotion::Column::Id.gt(PromotionId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// Whose next change is due.
pub async fn due(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<PromotionId>, DbErr> {
    promotion::Entity::find()
        .select_only()
        .column(promotion::Column::Id)
        .filter(promotion::Column::NextChangeAt.lte(now))
        .order_by_asc(promotion::Column::NextChangeAt)
        .limit(BATCH)
        .into_tuple()
        .all(c)
        .await
}

/// Whose instants were computed by another edition of the time zones, and may still come.
pub async fn computed_by_others(
    c: &impl ConnectionTrait,
    tzdb: &str,
) -> Result<Vec<PromotionId>, DbErr> {
    promotion::Entity::find()
        .select_only()
        .column(promotion::Column::Id)
        // Two ranges and a literal list: only so do both databases use the index of the few that lie ahead.
        .filter(
            Condition::any()
                .add(promotion::Column::Tzdb.lt(tzdb))
                .add(promotion::Column::Tzdb.gt(tzdb)),
        )
        .filter(Expr::cust(
            "state IN ('draft', 'proposed', 'scheduled', 'running')",
        ))
        .order_by_asc(promotion::Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(c)
        .await
}

/// Promotions after `after` that may have instants to come, in order.
pub async fn with_instants_ahead(
    c: &impl ConnectionTrait,
    after: Option<PromotionId>,
) -> Result<Vec<PromotionId>, DbErr> {
    let mut query = promotion::Entity::find()
        .select_only()
        .column(promotion::Column::Id)
        .filter(promotion::Column::State.is_not_in(["settled", "cancelled"]))
        .order_by_asc(promotion::Column::Id)
        .limit(BATCH);
    if let Some(after) = after {
        query = query.filter(promotion::Column::Id.gt(after));
    }
    query.into_tuple().all(c).await
}

/// `false`: there is a next edition of the same promotion already.
pub async fn insert_promotion(tx: &Tx, row: Promotion) -> Result<bool, DbErr> {
    let inserted = promotion::Entity::insert(promotion::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        name: Set(row.name),
        description: Set(row.description),
        criteria: Set(row.criteria),
        festival: Set(row.festival),
        template: Set(row.template),
        main_day: Set(row.main_day),
        time_zone: Set(row.time_zone),
        tzdb: Set(row.tzdb),
        budget_fund_id: Set(row.budget_fund_id),
        capacity: Set(row.capacity),
        enrolled: Set(row.enrolled),
        state: Set(row.state),
        main_from: Set(row.main_from),
        main_to: Set(row.main_to),
        settles_at: Set(row.settles_at),
        next_change_at: Set(row.next_change_at),
        published_at: Set(row.published_at),
        created_by: Set(row.created_by),
        terms: Set(row.terms),
        edition_of: Set(row.edition_of),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// Whether the next edition was ever put forward.
pub async fn has_edition(c: &impl ConnectionTrait, of: PromotionId) -> Result<bool, DbErr> {
    let found = promotion::Entity::find()
        .filter(promotion::Column::EditionOf.eq(of))
        .one(c)
        .await?;
    Ok(found.is_some())
}

/// Writes what may change, under the version that was read. `false`: it was changed meanwhile.
/// The number of enrolled members is not touched.
pub async fn save_promotion(tx: &Tx, row: &Promotion, seen: i64) -> Result<bool, DbErr> {
    let saved = promotion::Entity::update_many()
        .set(promotion::ActiveModel {
            name: Set(row.name.clone()),
            description: Set(row.description.clone()),
            criteria: Set(row.criteria.clone()),
            festival: Set(row.festival.clone()),
            template: Set(row.template.clone()),
            main_day: Set(row.main_day),
            tzdb: Set(row.tzdb.clone()),
            budget_fund_id: Set(row.budget_fund_id),
            capacity: Set(row.capacity),
            state: Set(row.state.clone()),
            main_from: Set(row.main_from),
            main_to: Set(row.main_to),
            settles_at: Set(row.settles_at),
            next_change_at: Set(row.next_change_at),
            published_at: Set(row.published_at),
            terms: Set(row.terms.clone()),
            version: Set(row.version),
            ..Default::default()
        })
        .filter(promotion::Column::Id.eq(row.id))
        .filter(promotion::Column::Version.eq(seen))
        .exec(tx)
        .await?;
    Ok(saved.rows_affected == 1)
}

/// Takes a place. `false`: every place is taken.
pub async fn take_place(tx: &Tx, id: PromotionId) -> Result<bool, DbErr> {
    let free = Expr::col(promotion::Column::Capacity)
        .is_null()
        .or(Expr::col(promotion::Column::Enrolled).lt(Expr::col(promotion::Column::Capacity)));
    let taken = promotion::Entity::update_many()
        .col_expr(
            promotion::Column::Enrolled,
            Expr::col(promotion::Column::Enrolled).add(1),
        )
        .filter(promotion::Column::Id.eq(id))
        .filter(free)
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Gives a place back.
pub async fn free_place(tx: &Tx, id: PromotionId) -> Result<(), DbErr> {
    promotion::Entity::update_many()
        .col_expr(
            promotion::Column::Enrolled,
            Expr::col(promotion::Column::Enrolled).sub(1),
        )
        .filter(promotion::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// In the order in which they were planned.
pub async fn phases(c: &impl ConnectionTrait, id: PromotionId) -> Result<Vec<Phase>, DbErr> {
    phases_of(c, &[id]).await
}

/// Of several promotions, each in the order in which they were planned.
pub async fn phases_of(c: &impl ConnectionTrait, ids: &[PromotionId]) -> Result<Vec<Phase>, DbErr> {
    promotion_phase::Entity::find()
        .filter(promotion_phase::Column::PromotionId.is_in(ids.iter().copied()))
        .order_by_asc(promotion_phase::Column::PromotionId)
        .order_by_asc(promotion_phase::Column::Position)
        .all(c)
        .await
}

/// Puts these phases in the place of those that are there.
pub async fn replace_phases(tx: &Tx, id: PromotionId, rows: &[Phase]) -> Result<(), DbErr> {
    promotion_phase::Entity::delete_many()
        .filter(promotion_phase::Column::PromotionId.eq(id))
        .exec(tx)
        .await?;
    let rows = rows.iter().map(|row| promotion_phase::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        promotion_id: Set(id),
        position: Set(row.position),
        name: Set(row.name.clone()),
        local_from: Set(row.local_from.clone()),
        local_to: Set(row.local_to.clone()),
        starts_at: Set(row.starts_at),
        ends_at: Set(row.ends_at),
    });
    promotion_phase::Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Promotions that are published and not settled.
pub async fn count_unfinished(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    promotion::Entity::find()
        .filter(promotion::Column::AllianceId.eq(alliance))
        .filter(promotion::Column::State.is_in(["scheduled", "running", "ended"]))
        .count(tx)
        .await
}
