//! Links in mails that act: a secret of 256 bits, kept as its digest, good once and until its end.

use chrono::TimeDelta;
use entity::action_link;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::sea_query::Expr;

use crate::kernel::problem::Failure;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::random;

/// The link was used, or its time is over.
pub static LINK_SPENT: Kind = Kind::conflict("link_spent", "This link was used or has expired");

/// A link that somebody opened.
#[derive(Debug, Clone)]
pub struct Link {
    digest: Vec<u8>,
    pub kind: String,
    pub payload: serde_json::Value,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

impl Link {
    /// Whether the link may still act at `now`.
    pub fn is_live(&self, now: Instant) -> bool {
        self.used_at.is_none() && now < self.expires_at
    }
}

/// Makes a link that lives for `lifetime`; answers its secret, which is stored nowhere.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn create(
    ctx: &Ctx,
    tx: &Tx,
    kind: &str,
    payload: serde_json::Value,
    lifetime: TimeDelta,
) -> Result<String, Failure> {
    let secret = ctx.random.token()?;
    action_link::Entity::insert(action_link::ActiveModel {
        digest: Set(random::digest(secret.as_bytes())),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        created_at: Set(tx.now()),
        expires_at: Set(tx.now().plus(lifetime)),
        used_at: Set(None),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(secret)
}

/// The address of a link's page.
pub fn address(ctx: &Ctx, secret: &str) -> String {
    format!("{}/r/{secret}", ctx.public_url())
}

/// Finds a link by its secret.
///
/// # Errors
/// When the database fails.
pub async fn find(connection: &impl ConnectionTrait, secret: &str) -> Result<Option<Link>, DbErr> {
    let row = action_link::Entity::find_by_id(random::digest(secret.as_bytes()))
        .one(connection)
        .await?;
    Ok(row.map(|row| Link {
        digest: row.digest,
        kind: row.kind,
        payload: row.payload,
        expires_at: row.expires_at,
        used_at: row.used_at,
    }))
}

/// Spends a link: of any number of rivals one succeeds.
///
/// # Errors
/// `link_spent` where it was used or has expired.
pub async fn consume(tx: &Tx, link: &Link) -> Result<(), Failure> {
    let spent = action_link::Entity::update_many()
        .col_expr(action_link::Column::UsedAt, Expr::value(tx.now()))
        .filter(action_link::Column::Digest.eq(link.digest.clone()))
        .filter(action_link::Column::UsedAt.is_null())
        .filter(action_link::Column::ExpiresAt.gt(tx.now()))
        .exec(tx)
        .await?;
    if spent.rows_affected == 1 {
        Ok(())
    } else {
        Err(Refused::new(
            &LINK_SPENT,
            "This link was used already, or its time is over.",
        )
        .into())
    }
}
