//! The processes that send: one at a time on a SQLite file, any number on PostgreSQL.

use chrono::TimeDelta;
use entity::mail_worker;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::sea_query::OnConflict;
use uuid::Uuid;

use crate::platform::db::Tx;

/// A process that was not seen for so long is gone.
const GONE: TimeDelta = TimeDelta::seconds(30);

/// What a process knows of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may send.
    Sends {
        /// Its share of the counters.
        shard: i32,
        /// How many share the rates.
        sharers: u32,
    },
    /// Another process sends the mail of this SQLite file.
    Waits,
}

/// Says that this process is alive, and learns of the others.
///
/// # Errors
/// When the database refuses.
pub async fn beat(tx: &Tx, id: Uuid, host: &str) -> Result<Standing, DbErr> {
    let alive = tx.real_now().plus(-GONE);
    mail_worker::Entity::delete_many()
        .filter(mail_worker::Column::SeenAt.lt(alive))
        .exec(tx)
        .await?;
    let known = mail_worker::Entity::find().all(tx).await?;
    let (mine, others): (Vec<_>, Vec<_>) = known.into_iter().partition(|row| row.id == id);
    if !tx.is_postgres() && !others.is_empty() {
        return Ok(Standing::Waits);
    }
    let shard = mine.first().map_or_else(
        || {
            (0..i32::MAX)
                .find(|shard| others.iter().all(|other| other.shard != *shard))
                .unwrap_or(0)
        },
        |row| row.shard,
    );
    let row = mail_worker::Model {
        id,
        shard,
        host: host.to_owned(),
        started_at: mine.first().map_or(tx.real_now(), |row| row.started_at),
        seen_at: tx.real_now(),
    };
    mail_worker::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(mail_worker::Column::Id)
                .update_column(mail_worker::Column::SeenAt)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(Standing::Sends {
        shard,
        sharers: u32::try_from(others.len() + 1).unwrap_or(u32::MAX),
    })
}

/// This process sends no more.
///
/// # Errors
/// When the database refuses.
pub async fn leave(tx: &Tx, id: Uuid) -> Result<(), DbErr> {
    mail_worker::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
