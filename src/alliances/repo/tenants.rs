//! SQL of alliances themselves, their by-laws, and what a person is in several of them.

use entity::alliance;
use entity::by_laws;
use entity::membership;
use entity::merchant_staff;
use entity::role_grant;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::QueryTrait;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait;
use sea_orm::sea_query::LockType;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ByLawsId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

pub type Alliance = alliance::Model;
pub type ByLawsVersion = by_laws::Model;

pub async fn lock(tx: &Tx, id: AllianceId) -> Result<Option<Alliance>, DbErr> {
    alliance::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// Holds an alliance against [`lock`] and others that count in it, not against those that [`hold`] it: a transaction
/// that does both waits for nobody who does the same.
pub async fn lock_to_count(tx: &Tx, id: AllianceId) -> Result<Option<Alliance>, DbErr> {
    alliance::Entity::find_by_id(id)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await
}

/// Holds an alliance against [`lock`], not against others that hold it so.
pub async fn hold(tx: &Tx, id: AllianceId) -> Result<Option<Alliance>, DbErr> {
    alliance::Entity::find_by_id(id)
        .lock(LockType::KeyShare)
        .one(tx)
        .await
}

pub async fn insert(tx: &Tx, row: &Alliance) -> Result<(), DbErr> {
    let row = row.clone();
    alliance::Entity::insert(alliance::ActiveModel {
        id: Set(row.id),
        name: Set(row.name),
        kind: Set(row.kind),
        time_zone: Set(row.time_zone),
        currency: Set(row.currency),
        locale: Set(row.locale),
        listed: Set(row.listed),
        state: Set(row.state),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Writes what can change; the version counts up.
pub async fn update(tx: &Tx, row: &Alliance) -> Result<(), DbErr> {
    alliance::Entity::update_many()
        .col_expr(alliance::Column::Name, Expr::value(row.name.as_str()))
        .col_expr(
            alliance::Column::TimeZone,
            Expr::value(row.time_zone.as_str()),
        )
        .col_expr(alliance::Column::Locale, Expr::value(row.locale.as_str()))
        .col_expr(alliance::Column::Listed, Expr::value(row.listed))
        .col_expr(alliance::Column::Version, Expr::value(row.version))
        .filter(alliance::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends an alliance; it no longer lists itself.
pub async fn mark_dissolved(tx: &Tx, id: AllianceId) -> Result<(), DbErr> {
    let next = Expr::col(alliance::Column::Version).add(1_i64);
    alliance::Entity::update_many()
        .col_expr(alliance::Column::State, Expr::value("dissolved"))
        .col_expr(alliance::Column::Listed, Expr::value(false))
        .col_expr(alliance::Column::Version, next)
        .filter(alliance::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// The alliances in which a person holds a role, or acts for a member.
pub async fn of_person(
    c: &impl ConnectionTrait,
    user: UserId,
    page: Page,
) -> Result<Slice<Alliance>, DbErr> {
    let granted = role_grant::Entity::find()
        .select_only()
        .column(role_grant::Column::AllianceId)
        .filter(role_grant::Column::UserId.eq(user))
        .into_query();
    let merchants = merchant_staff::Entity::find()
        .select_only()
        .column(merchant_staff::Column::MerchantId)
        .filter(merchant_staff::Column::UserId.eq(user))
        .into_query();
    let joined = membership::Entity::find()
        .select_only()
        .column(membership::Column::AllianceId)
        .filter(membership::Column::MerchantId.in_subquery(merchants))
        .filter(membership::Column::State.is_in(["active", "suspended"]))
        .into_query();
    let mine = Condition::any()
        .add(alliance::Column::Id.in_subquery(granted))
        .add(alliance::Column::Id.in_subquery(joined));
    paged(c, mine, page).await
}

/// The alliances that show themselves to everybody.
pub async fn listed(c: &impl ConnectionTrait, page: Page) -> Result<Slice<Alliance>, DbErr> {
    let listed = Condition::all()
        .add(alliance::Column::Listed.eq(true))
        .add(alliance::Column::State.eq("active"));
    paged(c, listed, page).await
}

async fn paged(
    c: &impl ConnectionTrait,
    which: Condition,
    page: Page,
) -> Result<Slice<Alliance>, DbErr> {
    let mut query = alliance::Entity::find()
        .filter(which)
        .order_by_asc(alliance::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(alliance::Column::Id.gt(AllianceId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// Active members of an alliance.
pub async fn member_count(c: &impl ConnectionTrait, id: AllianceId) -> Result<u64, DbErr> {
    membership::Entity::find()
        .filter(membership::Column::AllianceId.eq(id))
        .filter(membership::Column::State.eq("active"))
        .count(c)
        .await
}

/// The number of the newest version of the by-laws; 0 without one.
pub async fn newest_by_laws(c: &impl ConnectionTrait, id: AllianceId) -> Result<i64, DbErr> {
    let row = by_laws::Entity::find()
        .filter(by_laws::Column::AllianceId.eq(id))
        .order_by_desc(by_laws::Column::Number)
        .one(c)
        .await?;
    Ok(row.map_or(0, |row| row.number))
}

pub async fn insert_by_laws(tx: &Tx, row: &ByLawsVersion) -> Result<(), DbErr> {
    let row = row.clone();
    by_laws::Entity::insert(by_laws::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        number: Set(row.number),
        content: Set(row.content),
        adopted_by: Set(row.adopted_by),
        created_at: Set(row.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// The versions of the by-laws, oldest first.
pub async fn by_laws_page(
    c: &impl ConnectionTrait,
    id: AllianceId,
    page: Page,
) -> Result<Slice<ByLawsVersion>, DbErr> {
    let mut query = by_laws::Entity::find()
        .filter(by_laws::Column::AllianceId.eq(id))
        .order_by_asc(by_laws::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(by_laws::Column::Id.gt(ByLawsId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}
