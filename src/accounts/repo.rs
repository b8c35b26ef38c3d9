//! SQL of accounts.

use entity::refresh_token;
use entity::session;
use entity::signing_key;
use entity::user_account;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::SessionId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type User = user_account::Model;
pub type Session = session::Model;
pub type RefreshToken = refresh_token::Model;
pub type SigningKey = signing_key::Model;

pub async fn user(connection: &impl ConnectionTrait, id: UserId) -> Result<Option<User>, DbErr> {
    user_account::Entity::find_by_id(id).one(connection).await
}

pub async fn users(connection: &impl ConnectionTrait, ids: &[UserId]) -> Result<Vec<User>, DbErr> {
    user_account::Entity::find()
        .filter(user_account::Column::Id.is_in(ids.iter().copied()))
        .all(connection)
        .await
}

/// By normalised address.
pub async fn user_by_email(
    connection: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<User>, DbErr> {
    user_account::Entity::find()
        .filter(user_account::Column::Email.eq(email))
        .one(connection)
        .await
}

pub async fn lock_user(tx: &Tx, id: UserId) -> Result<Option<User>, DbErr> {
    user_account::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

pub async fn has_admin(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let admin = user_account::Entity::find()
        .filter(user_account::Column::PlatformAdmin.eq(true))
        .limit(1)
        .one(connection)
        .await?;
    Ok(admin.is_some())
}

/// `false`: the address has an account already.
pub async fn insert_user(tx: &Tx, user: User) -> Result<bool, DbErr> {
    let inserted = user_account::Entity::insert(user_account::ActiveModel {
        id: Set(user.id),
        email: Set(user.email),
        display_name: Set(user.display_name),
        password_hash: Set(user.password_hash),
        locale: Set(user.locale),
        verified_at: Set(user.verified_at),
        platform_admin: Set(user.platform_admin),
        version: Set(user.version),
        created_at: Set(user.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

pub async fn set_verified(tx: &Tx, id: UserId) -> Result<(), DbErr> {
    user_account::Entity::update_many()
        .col_expr(user_account::Column::VerifiedAt, Expr::value(tx.real_now()))
        .filter(user_account::Column::Id.eq(id))
        .filter(user_account::Column::VerifiedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn set_password(tx: &Tx, id: UserId, hash: &str) -> Result<(), DbErr> {
    user_account::Entity::update_many()
        .col_expr(user_account::Column::PasswordHash, Expr::value(hash))
        .filter(user_account::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn set_profile(tx: &Tx, user: &User, name: &str, locale: &str) -> Result<(), DbErr> {
    user_account::Entity::update_many()
        .col_expr(user_account::Column::DisplayName, Expr::value(name))
        .col_expr(user_account::Column::Locale, Expr::value(locale))
        .col_expr(user_account::Column::Version, Expr::value(user.version + 1))
        .filter(user_account::Column::Id.eq(user.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn insert_session(tx: &Tx, row: Session) -> Result<(), DbErr> {
    session::Entity::insert(session::ActiveModel {
        id: Set(row.id),
        user_id: Set(row.user_id),
        created_at: Set(row.created_at),
        last_used_at: Set(row.last_used_at),
        expires_at: Set(row.expires_at),
        revoked_at: Set(row.revoked_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

pub async fn lock_session(tx: &Tx, id: SessionId) -> Result<Option<Session>, DbErr> {
    session::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

pub async fn touch_session(tx: &Tx, id: SessionId) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(tx.real_now()))
        .filter(session::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// `false`: it is not this user's, or has ended.
pub async fn revoke_session(tx: &Tx, user: UserId, id: SessionId) -> Result<bool, DbErr> {
    let done = session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(tx.real_now()))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

pub async fn revoke_all_sessions(tx: &Tx, user: UserId) -> Result<(), DbErr> {
    session::Entity::update_many()
        .col_expr(session::Column::RevokedAt, Expr::value(tx.real_now()))
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn live_sessions(
    connection: &impl ConnectionTrait,
    user: UserId,
    now: Instant,
    page: Page,
) -> Result<Slice<Session>, DbErr> {
    let mut query = session::Entity::find()
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .order_by_asc(session::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(session::Column::Id.gt(SessionId(after)));
    }
    let rows = query.all(connection).await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// The oldest live sessions beyond the newest `keep` end.
pub async fn revoke_oldest_sessions(tx: &Tx, user: UserId, keep: u64) -> Result<(), DbErr> {
    let old = session::Entity::find()
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::RevokedAt.is_null())
        .order_by_desc(session::Column::Id)
        .offset(keep)
        .limit(100)
        .all(tx)
        .await?;
    for row in old {
        revoke_session(tx, user, row.id).await?;
    }
    Ok(())
}

pub async fn insert_refresh_token(tx: &Tx, row: RefreshToken) -> Result<(), DbErr> {
    refresh_token::Entity::insert(refresh_token::ActiveModel {
        digest: Set(row.digest),
        session_id: Set(row.session_id),
        created_at: Set(row.created_at),
        expires_at: Set(row.expires_at),
        used_at: Set(row.used_at),
        successor: Set(row.successor),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

pub async fn refresh_token(
    connection: &impl ConnectionTrait,
    digest: &[u8],
) -> Result<Option<RefreshToken>, DbErr> {
    refresh_token::Entity::find_by_id(digest.to_vec())
        .one(connection)
        .await
}

/// `false`: it was used already; the row count decides between rivals.
pub async fn use_refresh_token(tx: &Tx, digest: &[u8], successor: &[u8]) -> Result<bool, DbErr> {
    let done = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(tx.real_now()))
        .col_expr(
            refresh_token::Column::Successor,
            Expr::value(successor.to_vec()),
        )
        .filter(refresh_token::Column::Digest.eq(digest.to_vec()))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// A session with its person, in one read: what every authenticated request asks.
pub async fn session_with_user(
    connection: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<(Session, bool, bool)>, DbErr> {
    let sql = "SELECT s.*, u.verified_at IS NOT NULL AS verified, u.platform_admin AS platform_admin \
               FROM session s JOIN user_account u ON u.id = s.user_id WHERE s.id = $1";
    let statement =
        Statement::from_sql_and_values(connection.get_database_backend(), sql, [id.into()]);
    let Some(row) = connection.query_one_raw(statement).await? else {
        return Ok(None);
    };
    let session = Session {
        id: row.try_get("", "id")?,
        user_id: row.try_get("", "user_id")?,
        created_at: row.try_get("", "created_at")?,
        last_used_at: row.try_get("", "last_used_at")?,
        expires_at: row.try_get("", "expires_at")?,
        revoked_at: row.try_get("", "revoked_at")?,
    };
    Ok(Some((
        session,
        row.try_get("", "verified")?,
        row.try_get("", "platform_admin")?,
    )))
}

pub async fn signing_keys(connection: &impl ConnectionTrait) -> Result<Vec<SigningKey>, DbErr> {
    signing_key::Entity::find()
        .order_by_asc(signing_key::Column::Kid)
        .all(connection)
        .await
}

pub async fn insert_signing_key(tx: &Tx, row: SigningKey) -> Result<(), DbErr> {
    signing_key::Entity::insert(signing_key::ActiveModel {
        kid: Set(row.kid),
        public_key: Set(row.public_key),
        wrapped_private_key: Set(row.wrapped_private_key),
        created_at: Set(row.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
