//! SQL of calendars: their entries, and the secret addresses of feeds.

use entity::calendar_entry;
use entity::calendar_feed;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CalendarFeedId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::PhaseId;
use crate::kernel::ids::PromotionId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;

pub type Entry = calendar_entry::Model;
pub type Feed = calendar_feed::Model;

/// Entries that one look of the clock takes.
const BATCH: u64 = 200;

/// Everything that calendars ever showed of a promotion.
pub async fn entries_of(
    c: &impl ConnectionTrait,
    promotion: PromotionId,
) -> Result<Vec<Entry>, DbErr> {
    calendar_entry::Entity::find()
        .filter(calendar_entry::Column::PromotionId.eq(promotion))
        .order_by_asc(calendar_entry::Column::StartsAt)
        .order_by_asc(calendar_entry::Column::Id)
        .all(c)
        .await
}

/// What the calendars of some alliances show: everything that ended after `since`, and of what was
/// cancelled only that whose old end is after `now`.
pub async fn entries_for(
    c: &impl ConnectionTrait,
    alliances: &[AllianceId],
    since: Instant,
    now: Instant,
) -> Result<Vec<Entry>, DbErr> {
    let stands = Condition::any()
        .add(calendar_entry::Column::Status.ne("cancelled"))
        .add(calendar_entry::Column::EndsAt.gt(now));
    calendar_entry::Entity::find()
        .filter(calendar_entry::Column::AllianceId.is_in(alliances.iter().copied()))
        .filter(calendar_entry::Column::EndsAt.gt(since))
        .filter(stands)
        .order_by_asc(calendar_entry::Column::StartsAt)
        .order_by_asc(calendar_entry::Column::Id)
        .all(c)
        .await
}

pub async fn insert_entries(tx: &Tx, rows: Vec<Entry>) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows
        .into_iter()
        .map(|row| row.into_active_model().reset_all());
    calendar_entry::Entity::insert_many(rows)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn update_entry(tx: &Tx, row: Entry) -> Result<(), DbErr> {
    let id = row.id;
    let mut changes = row.into_active_model().reset_all();
    changes.id = sea_orm::ActiveValue::NotSet;
    calendar_entry::Entity::update_many()
        .set(changes)
        .filter(calendar_entry::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Of which the clock has to tell.
pub async fn due_entries(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<PhaseId>, DbErr> {
    calendar_entry::Entity::find()
        .select_only()
        .column(calendar_entry::Column::Id)
        .filter(calendar_entry::Column::NextTurnAt.lte(now))
        .order_by_asc(calendar_entry::Column::NextTurnAt)
        .limit(BATCH)
        .into_tuple()
        .all(c)
        .await
}

pub async fn lock_entry(tx: &Tx, id: PhaseId) -> Result<Option<Entry>, DbErr> {
    calendar_entry::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

pub async fn insert_feed(tx: &Tx, row: Feed) -> Result<(), DbErr> {
    calendar_feed::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A live feed by the digest of its secret.
pub async fn feed_by_digest(
    c: &impl ConnectionTrait,
    digest: Vec<u8>,
) -> Result<Option<Feed>, DbErr> {
    calendar_feed::Entity::find()
        .filter(calendar_feed::Column::Digest.eq(digest))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .one(c)
        .await
}

/// A live feed.
pub async fn feed(c: &impl ConnectionTrait, id: CalendarFeedId) -> Result<Option<Feed>, DbErr> {
    calendar_feed::Entity::find_by_id(id)
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .one(c)
        .await
}

/// `false`: somebody was faster.
pub async fn revoke_feed(tx: &Tx, id: CalendarFeedId) -> Result<bool, DbErr> {
    let revoked = calendar_feed::Entity::update_many()
        .col_expr(calendar_feed::Column::RevokedAt, Expr::value(tx.now()))
        .filter(calendar_feed::Column::Id.eq(id))
        .filter(calendar_feed::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(revoked.rows_affected == 1)
}

/// Whose feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Alliance(AllianceId),
    Merchant(MerchantId),
}

fn of_owner(owner: Owner) -> Condition {
    let live = Condition::all().add(calendar_feed::Column::RevokedAt.is_null());
    match owner {
        Owner::Alliance(id) => live.add(calendar_feed::Column::AllianceId.eq(id)),
        Owner::Merchant(id) => live.add(calendar_feed::Column::MerchantId.eq(id)),
    }
}

/// How many live feeds of an owner a person made.
pub async fn count_feeds(tx: &Tx, owner: Owner, by: UserId) -> Result<u64, DbErr> {
    calendar_feed::Entity::find()
        .filter(of_owner(owner))
        .filter(calendar_feed::Column::CreatedBy.eq(by))
        .count(tx)
        .await
}

/// Live feeds of an owner; those of one person, or all.
pub async fn feeds(
    c: &impl ConnectionTrait,
    owner: Owner,
    by: Option<UserId>,
    page: Page,
) -> Result<Slice<Feed>, DbErr> {
    let mut query = calendar_feed::Entity::find()
        .filter(of_owner(owner))
        .order_by_asc(calendar_feed::Column::Id)
        .limit(page.limit + 1);
    if let Some(by) = by {
        query = query.filter(calendar_feed::Column::CreatedBy.eq(by));
    }
    if let Some(after) = page.after {
        query = query.filter(calendar_feed::Column::Id.gt(CalendarFeedId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}
