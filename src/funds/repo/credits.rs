//! SQL of credit notes, of members' credits and of payments that bounced.

use entity::credit_note;
use entity::credit_use;
use entity::credit_use_allocation;
use entity::payment_bounce;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::funds::repo::Bounce;
use crate::funds::repo::CreditNote;
use crate::funds::repo::CreditPart;
use crate::funds::repo::CreditUse;
use crate::funds::repo::Fund;
use crate::funds::repo::insert_all;
use crate::kernel::ids::CreditNoteId;
use crate::kernel::ids::CreditUseId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub async fn find_note(
    c: &impl ConnectionTrait,
    id: CreditNoteId,
) -> Result<Option<CreditNote>, DbErr> {
    credit_note::Entity::find_by_id(id).one(c).await
}

/// The credit note of a notice that waits for a second person.
pub async fn requested_note(
    c: &impl ConnectionTrait,
    notice: LevyNoticeId,
) -> Result<Option<CreditNote>, DbErr> {
    credit_note::Entity::find()
        .filter(credit_note::Column::NoticeId.eq(notice))
        .filter(credit_note::Column::State.eq("requested"))
        .one(c)
        .await
}

/// One page; only those of `members` where that is given.
pub async fn list_notes(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<CreditNote>, DbErr> {
    use credit_note::Column;
    let mut query = credit_note::Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
    if let Some(members) = members {
        query = query.filter(Column::MembershipId.is_in(members.iter().copied()));
    }
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

/// The number of the newest credit note of a fund; 0 without one.
pub async fn newest_note(c: &impl ConnectionTrait, fund: &Fund) -> Result<i64, DbErr> {
    let row = credit_note::Entity::find()
        .filter(credit_note::Column::FundId.eq(fund.id))
        .filter(credit_note::Column::Number.is_not_null())
        .order_by_desc(credit_note::Column::Number)
        .limit(1)
        .one(c)
        .await?;
    Ok(row.and_then(|row| row.number).unwrap_or(0))
}

pub async fn insert_notes(tx: &Tx, rows: &[CreditNote]) -> Result<(), DbErr> {
    insert_all(tx, rows.to_vec()).await
}

pub async fn update_note(tx: &Tx, row: &CreditNote) -> Result<(), DbErr> {
    row.clone()
        .into_active_model()
        .reset_all()
        .update(tx)
        .await?;
    Ok(())
}

/// One page of what credits were used for; only those of `members` where that is given.
pub async fn list_uses(
    c: &impl ConnectionTrait,
    fund: &Fund,
    members: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<CreditUse>, DbErr> {
    use credit_use::Column;
    let mut query = credit_use::Entity::find()
        .filter(Column::AllianceId.eq(fund.alliance_id))
        .filter(Column::FundId.eq(fund.id));
    if let Some(members) = members {
        query = query.filter(Column::MembershipId.is_in(members.iter().copied()));
    }
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

/// What some uses of credit paid.
pub async fn parts_of_uses(
    c: &impl ConnectionTrait,
    uses: &[CreditUseId],
) -> Result<Vec<CreditPart>, DbErr> {
    credit_use_allocation::Entity::find()
        .filter(credit_use_allocation::Column::CreditUseId.is_in(uses.iter().copied()))
        .order_by_asc(credit_use_allocation::Column::CreditUseId)
        .order_by_asc(credit_use_allocation::Column::NoticeId)
        .all(c)
        .await
}

pub async fn insert_use(tx: &Tx, row: CreditUse, parts: Vec<CreditPart>) -> Result<(), DbErr> {
    credit_use::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    insert_all(tx, parts).await
}

/// The bounces of some payments.
pub async fn bounces(
    c: &impl ConnectionTrait,
    payments: &[PaymentId],
) -> Result<Vec<Bounce>, DbErr> {
    payment_bounce::Entity::find()
        .filter(payment_bounce::Column::PaymentId.is_in(payments.iter().copied()))
        .all(c)
        .await
}

/// `false`: the payment bounced already.
pub async fn insert_bounce(tx: &Tx, row: Bounce) -> Result<bool, DbErr> {
    let inserted = payment_bounce::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}
