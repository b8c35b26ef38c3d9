//! SQL of memberships.

use entity::membership;
use entity::merchant;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait;

use crate::alliances::MemberCode;
use crate::alliances::repo;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Membership = membership::Model;
pub type Merchant = merchant::Model;

/// Memberships whose numbers are read by one statement.
const CODES_AT_ONCE: usize = 500;

/// States in which a merchant has its one membership of an alliance.
const LIVE: [&str; 4] = ["applied", "invited", "active", "suspended"];

pub async fn one(c: &impl ConnectionTrait, id: MembershipId) -> Result<Option<Membership>, DbErr> {
    membership::Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: MembershipId) -> Result<Option<Membership>, DbErr> {
    membership::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// The membership of a merchant that has not ended, locked.
pub async fn lock_live(
    tx: &Tx,
    alliance: AllianceId,
    merchant: MerchantId,
) -> Result<Option<Membership>, DbErr> {
    membership::Entity::find()
        .filter(membership::Column::AllianceId.eq(alliance))
        .filter(membership::Column::MerchantId.eq(merchant))
        .filter(membership::Column::State.is_in(LIVE))
        .lock_exclusive()
        .one(tx)
        .await
}

/// `false`: the merchant has a membership here that has not ended.
pub async fn insert(tx: &Tx, row: &Membership) -> Result<bool, DbErr> {
    let row = row.clone();
    let inserted = membership::Entity::insert(membership::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        merchant_id: Set(row.merchant_id),
        state: Set(row.state),
        joined_at: Set(row.joined_at),
        ended_at: Set(row.ended_at),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// Writes the state and its times; the version counts up.
pub async fn update(tx: &Tx, row: &Membership) -> Result<(), DbErr> {
    membership::Entity::update_many()
        .col_expr(membership::Column::State, Expr::value(row.state.as_str()))
        .col_expr(membership::Column::JoinedAt, Expr::value(row.joined_at))
        .col_expr(membership::Column::EndedAt, Expr::value(row.ended_at))
        .col_expr(membership::Column::Version, Expr::value(row.version))
        .filter(membership::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Ends every membership of an alliance that has not ended, and what was asked for or offered. Answers how
/// many there were.
pub async fn end_all(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    let mut ended = 0;
    for (state, from) in [
        ("left", ["active", "suspended"]),
        ("declined", ["applied", "invited"]),
    ] {
        let next = Expr::col(membership::Column::Version).add(1_i64);
        let done = membership::Entity::update_many()
            .col_expr(membership::Column::State, Expr::value(state))
            .col_expr(membership::Column::EndedAt, Expr::value(tx.now()))
            .col_expr(membership::Column::Version, next)
            .filter(membership::Column::AllianceId.eq(alliance))
            .filter(membership::Column::State.is_in(from))
            .exec(tx)
            .await?;
        ended += done.rows_affected;
    }
    Ok(ended)
}

pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    state: Option<&str>,
    page: Page,
) -> Result<Slice<(Membership, Merchant)>, DbErr> {
    let mut which = Condition::all().add(membership::Column::AllianceId.eq(alliance));
    if let Some(state) = state {
        which = which.add(membership::Column::State.eq(state));
    }
    paged(c, which, page).await
}

/// The memberships of one merchant in all alliances.
pub async fn page_of_merchant(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    page: Page,
) -> Result<Slice<(Membership, Merchant)>, DbErr> {
    let which = Condition::all().add(membership::Column::MerchantId.eq(merchant));
    paged(c, which, page).await
}

/// The alliances in which a merchant is an active member.
pub async fn active_in(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
) -> Result<Vec<AllianceId>, DbErr> {
    membership::Entity::find()
        .select_only()
        .column(membership::Column::AllianceId)
        .filter(membership::Column::MerchantId.eq(merchant))
        .filter(membership::Column::State.eq("active"))
        .order_by_asc(membership::Column::AllianceId)
        .into_tuple()
        .all(c)
        .await
}

/// The memberships of one merchant that are active or suspended.
pub async fn living_of_merchant(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
) -> Result<Vec<(MembershipId, AllianceId)>, DbErr> {
    let rows = membership::Entity::find()
        .filter(membership::Column::MerchantId.eq(merchant))
        .filter(membership::Column::State.is_in(["active", "suspended"]))
        .order_by_asc(membership::Column::Id)
        .all(c)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.alliance_id))
        .collect())
}

async fn paged(
    c: &impl ConnectionTrait,
    which: Condition,
    page: Page,
) -> Result<Slice<(Membership, Merchant)>, DbErr> {
    let mut query = membership::Entity::find()
        .filter(which)
        .order_by_asc(membership::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(membership::Column::Id.gt(MembershipId(after)));
    }
    let slice = Slice::cut(query.all(c).await?, page, |row| row.id.0);
    Ok(Slice {
        items: repo::with_merchants(c, slice.items).await?,
        next: slice.next,
    })
}

/// Invitations of merchants that nobody answered since `before`.
pub async fn stale_invited(
    c: &impl ConnectionTrait,
    before: Instant,
) -> Result<Vec<MembershipId>, DbErr> {
    let rows = membership::Entity::find()
        .filter(membership::Column::State.eq("invited"))
        .filter(membership::Column::CreatedAt.lte(before))
        .order_by_asc(membership::Column::Id)
        .limit(200)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The alliances of which a merchant is an active member, where `user` is organizer or treasurer.
pub async fn watched_by(
    c: &impl ConnectionTrait,
    merchant: MerchantId,
    user: UserId,
) -> Result<Vec<AllianceId>, DbErr> {
    let sql = "SELECT DISTINCT m.alliance_id AS alliance_id FROM membership m \
               JOIN role_grant g ON g.alliance_id = m.alliance_id \
               WHERE m.merchant_id = $1 AND m.state = 'active' AND g.user_id = $2 \
               AND g.role IN ('organizer', 'treasurer')";
    let values = [merchant.into(), user.into()];
    let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
    let rows = c.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| row.try_get("", "alliance_id"))
        .collect()
}

/// The memberships of an alliance that rest.
pub async fn suspended(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<MembershipId>, DbErr> {
    membership::Entity::find()
        .filter(membership::Column::AllianceId.eq(alliance))
        .filter(membership::Column::State.eq("suspended"))
        .select_only()
        .column(membership::Column::Id)
        .into_tuple()
        .all(c)
        .await
}

/// Numbers and names of some memberships.
pub async fn codes(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    ids: &[MembershipId],
) -> Result<Vec<MemberCode>, DbErr> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(CODES_AT_ONCE) {
        let places: Vec<String> = (2..).take(some.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT m.id AS id, m.number AS number, merchant.name AS name FROM membership m \
             JOIN merchant ON merchant.id = m.merchant_id \
             WHERE m.alliance_id = $1 AND m.id IN ({})",
            places.join(", ")
        );
        let values = std::iter::once(alliance.into()).chain(some.iter().map(|id| (*id).into()));
        let statement = Statement::from_sql_and_values(c.get_database_backend(), sql, values);
        for row in c.query_all_raw(statement).await? {
            found.push(MemberCode {
                membership: row.try_get("", "id")?,
                number: row.try_get("", "number")?,
                name: row.try_get("", "name")?,
            });
        }
    }
    Ok(found)
}
