//! SQL of invitations.

use entity::invitation;
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
use sea_orm::sea_query::ExprTrait;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::InvitationId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Invitation = invitation::Model;

pub async fn one(c: &impl ConnectionTrait, id: InvitationId) -> Result<Option<Invitation>, DbErr> {
    invitation::Entity::find_by_id(id).one(c).await
}

pub async fn lock(tx: &Tx, id: InvitationId) -> Result<Option<Invitation>, DbErr> {
    invitation::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// `false`: the address has an open invitation to this role.
pub async fn insert(tx: &Tx, row: &Invitation) -> Result<bool, DbErr> {
    let row = row.clone();
    let inserted = invitation::Entity::insert(invitation::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        email: Set(row.email),
        role: Set(row.role),
        merchant_name: Set(row.merchant_name),
        locale: Set(row.locale),
        state: Set(row.state),
        membership_id: Set(row.membership_id),
        invited_by: Set(row.invited_by),
        version: Set(row.version),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// Writes the state and what came of it; the version counts up.
pub async fn update(tx: &Tx, row: &Invitation) -> Result<(), DbErr> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value(row.state.as_str()))
        .col_expr(
            invitation::Column::MembershipId,
            Expr::value(row.membership_id),
        )
        .col_expr(invitation::Column::Version, Expr::value(row.version))
        .filter(invitation::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Invitations of an alliance since an instant.
pub async fn count_since(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    since: Instant,
) -> Result<u64, DbErr> {
    invitation::Entity::find()
        .filter(invitation::Column::AllianceId.eq(alliance))
        .filter(invitation::Column::CreatedAt.gt(since))
        .count(c)
        .await
}

pub async fn page(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Invitation>, DbErr> {
    let mut query = invitation::Entity::find()
        .filter(invitation::Column::AllianceId.eq(alliance))
        .order_by_asc(invitation::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(invitation::Column::Id.gt(InvitationId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// Open invitations whose time is over.
pub async fn stale(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<InvitationId>, DbErr> {
    let rows = invitation::Entity::find()
        .filter(invitation::Column::State.eq("open"))
        .filter(invitation::Column::ExpiresAt.lte(now))
        .order_by_asc(invitation::Column::Id)
        .limit(200)
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Takes every open invitation of an alliance back.
pub async fn revoke_all(tx: &Tx, alliance: AllianceId) -> Result<(), DbErr> {
    let next = Expr::col(invitation::Column::Version).add(1_i64);
    invitation::Entity::update_many()
        .col_expr(invitation::Column::State, Expr::value("revoked"))
        .col_expr(invitation::Column::Version, next)
        .filter(invitation::Column::AllianceId.eq(alliance))
        .filter(invitation::Column::State.eq("open"))
        .exec(tx)
        .await?;
    Ok(())
}
