//! The letters of one campaign as one thing: to be queued, counted, listed, held and cancelled.

use entity::delivery;
use entity::delivery::Column;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::FromQueryResult;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::UpdateMany;
use sea_orm::sea_query::Expr;
use uuid::Uuid;

use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::mail::domain::letter::Letter;
use crate::mail::repo;
use crate::platform::db::Tx;

/// States from which a delivery may still leave.
const OPEN: [&str; 4] = ["queued", "claimed", "sending", "deferred"];

/// A letter with the id that its row will have, so that its text can name it.
#[derive(Debug, Clone)]
pub struct Parcel {
    pub id: DeliveryId,
    pub letter: Letter,
    /// Why it cannot be sent: its row is kept as `failed` with this reason.
    pub fault: Option<String>,
}

/// What became of one recipient.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Dispatch {
    pub id: DeliveryId,
    pub to_email: String,
    pub to_name: String,
    pub locale: String,
    pub state: String,
    pub attempts: i32,
    pub due_at: Instant,
    pub first_try_at: Option<Instant>,
    pub done_at: Option<Instant>,
    /// The server's last code.
    pub code: Option<i32>,
    pub reason: Option<String>,
}

/// Queues parcels, leaving out those whose `dedupe_key` exists. Answers how many rows came about.
///
/// # Errors
/// When the database refuses.
pub async fn queue(tx: &Tx, parcels: &[Parcel]) -> Result<u64, DbErr> {
    let mut queued = 0;
    for some in parcels.chunks(repo::INSERT_ROWS) {
        queued += repo::insert_parcels(tx, some).await?;
    }
    Ok(queued)
}

/// Number of deliveries per state; states without any are left out.
///
/// # Errors
/// When the database refuses.
pub async fn counts(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
) -> Result<Vec<(String, i64)>, DbErr> {
    delivery::Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "n")
        .filter(Column::CampaignId.eq(campaign))
        .group_by(Column::State)
        .into_tuple()
        .all(c)
        .await
}

/// One page of the deliveries, in one state or in all.
///
/// # Errors
/// When the database refuses.
pub async fn deliveries(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
    state: Option<&str>,
    page: Page,
) -> Result<Slice<Dispatch>, DbErr> {
    let mut query = delivery::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ToEmail,
            Column::ToName,
            Column::Locale,
            Column::State,
            Column::Attempts,
            Column::DueAt,
            Column::FirstTryAt,
            Column::DoneAt,
            Column::Code,
            Column::Reason,
        ])
        .filter(Column::CampaignId.eq(campaign));
    if let Some(state) = state {
        query = query.filter(Column::State.eq(state));
    }
    if let Some(after) = page.after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .into_model::<Dispatch>()
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// Whether something may still leave.
///
/// # Errors
/// When the database refuses.
pub async fn is_open(c: &impl ConnectionTrait, campaign: CampaignId) -> Result<bool, DbErr> {
    let found = delivery::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::State.is_in(OPEN))
        .limit(1)
        .into_tuple::<DeliveryId>()
        .one(c)
        .await?;
    Ok(found.is_some())
}

fn of(campaign: CampaignId, states: &[&str]) -> UpdateMany<delivery::Entity> {
    delivery::Entity::update_many()
        .filter(Column::CampaignId.eq(campaign))
        .filter(Column::State.is_in(states.iter().copied()))
}

fn without_lease(update: UpdateMany<delivery::Entity>) -> UpdateMany<delivery::Entity> {
    update
        .col_expr(Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(Column::LeaseUntil, Expr::value(None::<Instant>))
}

async fn keep_back(tx: &Tx, campaign: CampaignId) -> Result<(), DbErr> {
    of(campaign, &OPEN)
        .col_expr(Column::OnHold, Expr::value(true))
        .exec(tx)
        .await?;
    Ok(())
}

/// Holds the letters back. After the commit nothing leaves but what a sender had marked before: at most
/// one message a connection.
///
/// # Errors
/// When the database refuses.
pub async fn hold(tx: &Tx, campaign: CampaignId) -> Result<(), DbErr> {
    keep_back(tx, campaign).await?;
    // A sender that claimed one loses its lease, so that it cannot mark it.
    for (state, tried) in [("queued", false), ("deferred", true)] {
        let claimed = of(campaign, &["claimed"]).filter(if tried {
            Column::Attempts.gt(0)
        } else {
            Column::Attempts.eq(0)
        });
        without_lease(claimed)
            .col_expr(Column::State, Expr::value(state))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Lets the letters leave again; none expires before `not_before`.
///
/// # Errors
/// When the database refuses.
pub async fn release(tx: &Tx, campaign: CampaignId, not_before: Instant) -> Result<(), DbErr> {
    of(campaign, &OPEN)
        .filter(Column::ExpiresAt.lt(not_before))
        .col_expr(Column::ExpiresAt, Expr::value(not_before))
        .exec(tx)
        .await?;
    of(campaign, &OPEN)
        .col_expr(Column::OnHold, Expr::value(false))
        .exec(tx)
        .await?;
    tx.wake_worker();
    Ok(())
}

/// Cancels what has not left. What a sender has marked is let finish; call again until nothing is open.
/// Answers how many letters were cancelled.
///
/// # Errors
/// When the database refuses.
pub async fn cancel(tx: &Tx, campaign: CampaignId) -> Result<u64, DbErr> {
    keep_back(tx, campaign).await?;
    let unsent = without_lease(of(campaign, &["queued", "deferred", "claimed"]))
        .col_expr(Column::State, Expr::value("cancelled"))
        .col_expr(Column::DoneAt, Expr::value(tx.now()))
        .exec(tx)
        .await?;
    let unsure = without_lease(of(campaign, &["sending"]))
        .col_expr(Column::State, Expr::value("cancelled"))
        .col_expr(Column::DoneAt, Expr::value(tx.now()))
        .col_expr(
            Column::Reason,
            Expr::value("its sender ended at work: it may have arrived"),
        )
        .filter(Column::LeaseUntil.lt(tx.real_now()))
        .exec(tx)
        .await?;
    Ok(unsent.rows_affected + unsure.rows_affected)
}
