//! What members owe: the one place that changes the amounts of levy notices and the states that follow from them.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::allocation::Due;
use crate::funds::domain::owed::Instalment;
use crate::funds::domain::owed::Owed;
use crate::funds::domain::state;
use crate::funds::domain::state::FundState;
use crate::funds::domain::state::NoticeState;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::service::day_in;
use crate::funds::service::funds;
use crate::funds::service::visible;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;

/// The amounts of a notice.
pub const fn owed(row: &Notice) -> Owed {
    Owed {
        amount: row.amount_minor,
        paid: row.paid_minor,
        credited: row.credited_minor,
        returned: row.returned_minor,
        written_off: row.written_off_minor,
    }
}

/// The state of a notice.
///
/// # Errors
/// When the database holds a word that is none.
pub fn state_of(row: &Notice) -> Result<NoticeState, Failure> {
    NoticeState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("levy notice {} is '{}'", row.id, row.state).into())
}

/// Passes an event that the notice's state allows.
///
/// # Errors
/// `illegal_transition`.
pub fn require_event(row: &Notice, event: &str) -> Result<(), Failure> {
    let state = state_of(row)?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

/// A notice and its fund, locked, as the caller may change them.
///
/// # Errors
/// 404 for strangers and for other members, 403 for the wrong role.
pub async fn to_change(
    act: &Act<'_>,
    id: LevyNoticeId,
) -> Result<(Fund, Notice, Standing), Failure> {
    let none = || Refused::not_found("levy notice");
    let seen = repo::notices::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    visible::require_line(&standing, seen.membership_id, "levy notice")?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::notices::find(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

/// The present day of an alliance.
pub fn today(act: &Act<'_>, standing: &Standing) -> NaiveDate {
    day_in(standing.alliance.time_zone, act.now())
}

/// When the parts of some notices are due: their instalments, or the whole on its day.
///
/// # Errors
/// When the database fails.
pub async fn schedules(
    c: &impl ConnectionTrait,
    rows: &[&Notice],
) -> Result<HashMap<LevyNoticeId, Vec<Instalment>>, Failure> {
    let ids: Vec<LevyNoticeId> = rows.iter().map(|row| row.id).collect();
    let mut parts: HashMap<LevyNoticeId, Vec<Instalment>> = HashMap::with_capacity(ids.len());
    for row in repo::dues::instalments(c, &ids).await? {
        let own = parts.entry(row.notice_id).or_default();
        own.push(Instalment {
            due_on: row.due_on,
            amount: row.amount_minor,
        });
    }
    for row in rows {
        let whole = || {
            vec![Instalment {
                due_on: row.due_on,
                amount: row.amount_minor,
            }]
        };
        parts.entry(row.id).or_insert_with(whole);
    }
    Ok(parts)
}

/// Brings a notice to the state that its amounts make on `today`, without storing it.
pub fn assess(
    row: &mut Notice,
    was: NoticeState,
    owed: Owed,
    schedule: &[Instalment],
    today: NaiveDate,
) -> NoticeState {
    let next_due = owed.next_due(schedule);
    let state = owed.state(was, next_due, today);
    row.paid_minor = owed.paid;
    row.credited_minor = owed.credited;
    row.returned_minor = owed.returned;
    row.written_off_minor = owed.written_off;
    if row.next_due_on != next_due {
        row.next_due_on = next_due;
        row.checked_on = None;
    }
    if state == NoticeState::Overdue && row.overdue_since.is_none() {
        row.overdue_since = next_due.and_then(|day| day.succ_opt());
    }
    state.as_str().clone_into(&mut row.state);
    state
}

/// Stores new amounts of a notice whose state was `was`, and the state that follows.
///
/// # Errors
/// When the database fails.
pub async fn settle(
    act: &Act<'_>,
    row: &mut Notice,
    was: NoticeState,
    owed: Owed,
    today: NaiveDate,
) -> Result<NoticeState, Failure> {
    let schedules = schedules(act.tx(), &[row]).await?;
    let schedule = schedules.get(&row.id).map_or(&[][..], Vec::as_slice);
    let state = assess(row, was, owed, schedule, today);
    row.version += 1;
    repo::notices::store(act.tx(), row).await?;
    Ok(state)
}

/// Pays parts of notices, and answers the notices as they are then.
///
/// # Errors
/// When the database fails.
pub async fn pay(
    act: &Act<'_>,
    parts: &[(&Notice, i64)],
    today: NaiveDate,
) -> Result<Vec<Notice>, Failure> {
    let mut paid = Vec::with_capacity(parts.len());
    for (notice, part) in parts {
        let mut row = (*notice).clone();
        let mut owed = owed(&row);
        owed.paid += part;
        let was = state_of(&row)?;
        settle(act, &mut row, was, owed, today).await?;
        paid.push(row);
    }
    Ok(paid)
}

/// What notices offer to be paid, oldest first; disputed ones are paid where they are named alone.
///
/// # Errors
/// When the database holds a word that is no state.
pub fn open(notices: &[Notice]) -> Result<Vec<Due<LevyNoticeId>>, Failure> {
    let item = |notice: &Notice| {
        let state = state_of(notice)?;
        let payable = state.events().contains(&"pay");
        Ok(Due {
            notice: notice.id,
            due: if payable { owed(notice).due() } else { 0 },
            waits: state == NoticeState::Disputed,
        })
    };
    notices.iter().map(item).collect()
}

/// Lets a fund follow its notices: active once nothing is due, collecting once something is due again.
///
/// # Errors
/// When the database fails.
pub async fn follow(act: &Act<'_>, fund: &mut Fund) -> Result<(), Failure> {
    let state = visible::state_of(fund)?;
    if !matches!(state, FundState::Collecting | FundState::Active) {
        return Ok(());
    }
    let wanted = if repo::notices::any_due(act.tx(), fund).await? {
        FundState::Collecting
    } else {
        FundState::Active
    };
    if wanted != state {
        funds::move_to(act, fund, wanted).await?;
    }
    Ok(())
}
