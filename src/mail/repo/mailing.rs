//! The letters of one campaign as one thing: to be queued, counted, listed, held and cancelled.

use entity::delivery;
use entity::delivery::Column;
use entity::mailing;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::FromQueryResult;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::UpdateMany;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::Query;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::mail::domain::letter::Letter;
use crate::mail::repo;
use crate::mail::repo::astray;
use crate::mail::repo::faults;
use crate::mail::repo::lanes;
use crate::mail::repo::tally;
use crate::mail::repo::tally::Tally;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// A try that did not end with a 250.
pub type Attempt = entity::attempt::Model;

/// States that are not final.
const OPEN: [&str; 5] = ["queued", "claimed", "sending", "deferred", "unsure"];

/// States of what did not go straight; an index holds these alone.
const ASIDE: [&str; 5] = ["deferred", "unsure", "bounced", "failed", "suppressed"];

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
    /// The server's last enhanced status code.
    pub enhanced: Option<String>,
    pub reason: Option<String>,
    /// The mail server that was tried last.
    pub relay: Option<String>,
}

/// How a campaign is to be delivered.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub campaign: CampaignId,
    pub alliance: Option<AllianceId>,
    /// Messages a minute; the setting where absent.
    pub rate_per_min: Option<i64>,
    /// Minutes of the recipient's day, from and to, in which nothing is sent.
    pub quiet: Option<(i32, i32)>,
}

impl Plan {
    /// A campaign without limits of its own.
    pub fn new(campaign: CampaignId, alliance: Option<AllianceId>) -> Self {
        Self {
            campaign,
            alliance,
            rate_per_min: None,
            quiet: None,
        }
    }
}

/// Tells the engine of a campaign; the first telling counts.
///
/// # Errors
/// When the database refuses.
pub async fn open(tx: &Tx, plan: &Plan) -> Result<(), DbErr> {
    let row = mailing::Model {
        campaign_id: plan.campaign,
        alliance_id: plan.alliance,
        state: "open".to_owned(),
        rate_per_min: plan.rate_per_min,
        quiet_from: plan.quiet.map(|(from, _)| from),
        quiet_to: plan.quiet.map(|(_, to)| to),
        keep_until: None,
        created_at: tx.now(),
    };
    mailing::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(())
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

/// Number of deliveries per state, from counters that change with them; states without any are left out.
///
/// # Errors
/// When the database refuses.
pub async fn counts(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
) -> Result<Vec<(String, i64)>, DbErr> {
    tally::read(c, campaign).await
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
            Column::Enhanced,
            Column::Reason,
            Column::Relay,
        ])
        .filter(Column::CampaignId.eq(campaign));
    if let Some(state) = state {
        if ASIDE.contains(&state) {
            // Both: the first names the index of what did not go straight.
            query = query.filter(Column::State.is_in(ASIDE));
        }
        query = query.filter(Column::State.eq(state));
    }
    let after = page.after.unwrap_or_else(|| before_all_of(campaign));
    query = query.filter(Column::Id.gt(after));
    let rows = query
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .into_model::<Dispatch>()
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// Ids are times: the letters of a campaign come after itself. A day is for clocks that differ.
fn before_all_of(campaign: CampaignId) -> Uuid {
    const DAY_MS: u128 = 86_400_000;
    let millis = campaign.0.as_u128() >> 80;
    Uuid::from_u128(millis.saturating_sub(DAY_MS) << 80)
}

/// Whether something is not final.
///
/// # Errors
/// When the database refuses.
pub async fn is_open(c: &impl ConnectionTrait, campaign: CampaignId) -> Result<bool, DbErr> {
    let counts = counts(c, campaign).await?;
    Ok(counts
        .iter()
        .any(|(state, _)| OPEN.contains(&state.as_str())))
}

/// The letters of a campaign in a state; the group of states names an index.
fn of(campaign: CampaignId, state: &str) -> UpdateMany<delivery::Entity> {
    let update = delivery::Entity::update_many().filter(Column::CampaignId.eq(campaign));
    let update = match group_of(state) {
        Some(group) => update.filter(Column::State.is_in(group)),
        None => update,
    };
    update.filter(Column::State.eq(state))
}

fn group_of(state: &str) -> Option<[&'static str; 2]> {
    match state {
        "queued" | "deferred" => Some(lanes::WAITING),
        "claimed" | "sending" => Some(["claimed", "sending"]),
        _ => None,
    }
}

async fn set_state(tx: &Tx, campaign: CampaignId, state: &str) -> Result<(), DbErr> {
    open(tx, &Plan::new(campaign, None)).await?;
    mailing::Entity::update_many()
        .col_expr(mailing::Column::State, Expr::value(state))
        .filter(mailing::Column::CampaignId.eq(campaign))
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
    set_state(tx, campaign, "paused").await?;
    // A sender that claimed one loses its lease, so that it cannot mark it.
    let mut moved = Tally::default();
    for state in lanes::WAITING {
        let tried = if state == "queued" {
            Column::Attempts.eq(0)
        } else {
            Column::Attempts.gt(0)
        };
        let back = astray::without_lease(of(campaign, "claimed").filter(tried))
            .col_expr(Column::State, Expr::value(state))
            .exec(tx)
            .await?;
        moved.shift(Some(campaign), "claimed", state, count(back.rows_affected));
    }
    moved.write(tx, tally::OTHERS).await
}

/// Lets the letters leave again; none expires before `not_before`.
///
/// # Errors
/// When the database refuses.
pub async fn release(tx: &Tx, campaign: CampaignId, not_before: Instant) -> Result<(), DbErr> {
    mailing::Entity::update_many()
        .col_expr(mailing::Column::State, Expr::value("open"))
        .col_expr(mailing::Column::KeepUntil, Expr::value(Some(not_before)))
        .filter(mailing::Column::CampaignId.eq(campaign))
        .exec(tx)
        .await?;
    tx.wake_worker();
    Ok(())
}

/// Every letter of the campaign is final.
///
/// # Errors
/// When the database refuses.
pub async fn finish(tx: &Tx, campaign: CampaignId) -> Result<(), DbErr> {
    set_state(tx, campaign, "done").await
}

/// Rows that are cancelled in one transaction.
const STEP: u64 = 5_000;

/// Cancels what has not left, some thousands at a time. What a sender has marked is let finish; call again
/// until nothing is open. Answers how many letters were cancelled.
///
/// # Errors
/// When the database refuses.
pub async fn cancel(tx: &Tx, campaign: CampaignId) -> Result<u64, DbErr> {
    set_state(tx, campaign, "cancelled").await?;
    let mut moved = Tally::default();
    let mut cancelled = 0;
    let mut left = STEP;
    for state in ["claimed", "queued", "deferred", "unsure", "sending"] {
        let mut some = Query::select();
        some.column(Column::Id)
            .from(delivery::Entity)
            .and_where(Expr::col(Column::CampaignId).eq(campaign))
            .and_where(Expr::col(Column::State).eq(state))
            .limit(if state == "claimed" { STEP } else { left });
        if let Some(group) = group_of(state) {
            some.and_where(Expr::col(Column::State).is_in(group));
        }
        let mut update = astray::without_lease(of(campaign, state))
            .col_expr(Column::State, Expr::value("cancelled"))
            .col_expr(Column::DoneAt, Expr::value(tx.now()))
            .filter(Column::Id.in_subquery(some));
        if state == "sending" {
            update = update
                .col_expr(Column::Reason, Expr::value(astray::CUT_SHORT))
                .filter(Column::LeaseUntil.lt(tx.real_now()));
        }
        let rows = update.exec(tx).await?.rows_affected;
        moved.shift(Some(campaign), state, "cancelled", count(rows));
        cancelled += rows;
        left = std::cmp::max(left.saturating_sub(rows), 1);
    }
    moved.write(tx, tally::OTHERS).await?;
    Ok(cancelled)
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

crate::words! {
    /// What a person decides of a letter that may have arrived.
    pub enum Decision {
        /// It is sent again: it may arrive twice.
        Resend = "resend",
        /// It is taken as sent: it may not have arrived.
        MarkSent = "mark_sent",
    }
}

/// Ends the doubt about letters that are `unsure`: those named, or all of the campaign. Answers how many.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    tx: &Tx,
    campaign: CampaignId,
    which: Option<&[DeliveryId]>,
    decision: Decision,
) -> Result<u64, DbErr> {
    let mut update = of(campaign, "unsure");
    if let Some(ids) = which {
        update = update.filter(Column::Id.is_in(ids.iter().copied()));
    }
    let (column, state) = match decision {
        Decision::Resend => (Column::DueAt, "queued"),
        Decision::MarkSent => (Column::DoneAt, "sent"),
    };
    let changed = update
        .col_expr(column, Expr::value(tx.now()))
        .col_expr(Column::State, Expr::value(state))
        .exec(tx)
        .await?
        .rows_affected;
    let mut moved = Tally::default();
    moved.shift(Some(campaign), "unsure", state, count(changed));
    moved.write(tx, tally::OTHERS).await?;
    tx.wake_worker();
    Ok(changed)
}

/// One page of the log of a campaign: tries that did not end with a 250.
///
/// # Errors
/// When the database refuses.
pub async fn attempts(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
    page: Page,
) -> Result<Slice<Attempt>, DbErr> {
    faults::of_campaign(c, campaign, page).await
}
