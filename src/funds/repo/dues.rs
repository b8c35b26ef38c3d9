//! SQL of instalments, disputes and reminders of levy notices.

use entity::levy_dispute;
use entity::levy_notice_instalment;
use entity::levy_reminder;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;

use crate::funds::repo::Dispute;
use crate::funds::repo::INSERT_ROWS;
use crate::funds::repo::InstalmentRow;
use crate::funds::repo::Reminder;
use crate::kernel::ids::LevyNoticeId;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// The instalments of some notices, in the order of notices and numbers.
pub async fn instalments(
    c: &impl ConnectionTrait,
    notices: &[LevyNoticeId],
) -> Result<Vec<InstalmentRow>, DbErr> {
    use levy_notice_instalment::Column;
    let mut found = Vec::new();
    for some in notices.chunks(INSERT_ROWS) {
        let rows = levy_notice_instalment::Entity::find()
            .filter(Column::NoticeId.is_in(some.iter().copied()))
            .order_by_asc(Column::NoticeId)
            .order_by_asc(Column::Number)
            .all(c)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Stores instalments together with their notices.
pub async fn insert_instalments(tx: &Tx, rows: &[InstalmentRow]) -> Result<(), DbErr> {
    for some in rows.chunks(INSERT_ROWS) {
        let rows = some
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        levy_notice_instalment::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Every dispute of a notice, oldest first.
pub async fn disputes(
    c: &impl ConnectionTrait,
    notice: LevyNoticeId,
) -> Result<Vec<Dispute>, DbErr> {
    levy_dispute::Entity::find()
        .filter(levy_dispute::Column::NoticeId.eq(notice))
        .order_by_asc(levy_dispute::Column::Id)
        .all(c)
        .await
}

/// The dispute of a notice that waits for an answer.
pub async fn open_dispute(
    c: &impl ConnectionTrait,
    notice: LevyNoticeId,
) -> Result<Option<Dispute>, DbErr> {
    levy_dispute::Entity::find()
        .filter(levy_dispute::Column::NoticeId.eq(notice))
        .filter(levy_dispute::Column::Outcome.is_null())
        .one(c)
        .await
}

pub async fn insert_dispute(tx: &Tx, row: Dispute) -> Result<(), DbErr> {
    levy_dispute::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn update_dispute(tx: &Tx, row: Dispute) -> Result<(), DbErr> {
    row.into_active_model().reset_all().update(tx).await?;
    Ok(())
}

/// The steps by which a notice was reminded of a due day.
pub async fn reminded(
    c: &impl ConnectionTrait,
    notices: &[LevyNoticeId],
) -> Result<Vec<Reminder>, DbErr> {
    use levy_reminder::Column;
    let mut found = Vec::new();
    for some in notices.chunks(INSERT_ROWS) {
        let rows = levy_reminder::Entity::find()
            .filter(Column::NoticeId.is_in(some.iter().copied()))
            .all(c)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// `false`: this reminder was sent before.
pub async fn insert_reminder(tx: &Tx, row: Reminder) -> Result<bool, DbErr> {
    let inserted = levy_reminder::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}
