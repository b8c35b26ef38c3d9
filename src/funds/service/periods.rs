//! Closed periods: once a fund is closed up to a day, nothing is posted on that day or before it (F2).

use chrono::Months;
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::funds::domain::state::FundState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Period;
use crate::funds::service::day_in;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Passes a day on which the fund's ledger is still open.
///
/// # Errors
/// 409 `period_closed` with `effective_date` and `closed_through`.
pub async fn require_open(
    c: &impl ConnectionTrait,
    fund: &Fund,
    day: NaiveDate,
) -> Result<(), Failure> {
    match repo::periods::newest(c, fund.id).await? {
        Some(period) if day <= period.closed_through => {
            Err(closed(day, period.closed_through).into())
        }
        _ => Ok(()),
    }
}

fn closed(day: NaiveDate, through: NaiveDate) -> Refused {
    let detail = format!("The ledger is closed through {through}; {day} is not after that.");
    Refused::new(&problems::PERIOD_CLOSED, detail)
        .with("effective_date", day.to_string())
        .with("closed_through", through.to_string())
}

/// The last day of a month, written `YYYY-MM`.
fn end_of_month(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    let first = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
    first.checked_add_months(Months::new(1))?.pred_opt()
}

/// Closes a fund's ledger up to a day, or to the end of a month (`YYYY-MM`), that is over in the alliance's time
/// zone.
///
/// # Errors
/// 422 for anything but one of both, and for a day that is not over; 409 `period_closed` where that day is closed
/// already, and `illegal_transition` in a closed fund.
pub async fn close(
    act: &Act<'_>,
    id: FundId,
    through: Option<NaiveDate>,
    month: Option<&str>,
) -> Result<Period, Failure> {
    let (fund, standing) = visible::fund_to_change(act, id).await?;
    act.enter(None).await?;
    let through = match (through, month) {
        (Some(day), None) => Some(day),
        (None, Some(month)) => end_of_month(month),
        _ => None,
    };
    let Some(through) = through else {
        let detail = "Name either the last day or a month as YYYY-MM.";
        return Err(Refused::field("#/through", "one_of", detail).into());
    };
    if through >= day_in(standing.alliance.time_zone, act.now()) {
        let detail = "Only days that are over can be closed.";
        return Err(Refused::field("#/through", "in_the_future", detail).into());
    }
    let state = visible::state_of(&fund)?;
    if state == FundState::Closed {
        return Err(Refused::illegal_transition(state.as_str(), "close_period", &[]).into());
    }
    require_open(act.tx(), &fund, through).await?;
    let row = Period {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        closed_through: through,
        closed_by: standing.user.0,
        closed_at: act.now(),
    };
    repo::periods::insert(act.tx(), row.clone()).await?;
    let data = json!({ "fund_id": fund.id, "closed_through": through });
    act.record("fund.period_closed", Some(fund.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// The closed periods of a fund.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Period>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::periods::list(look.reader(), &fund, page).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_on_its_last_day() {
        let end = |month| end_of_month(month).map(|day| day.to_string());
        assert_eq!(end("2028-02").as_deref(), Some("2028-02-29"));
        assert_eq!(end("2026-12").as_deref(), Some("2026-12-31"));
        assert_eq!(end("2026-13"), None);
        assert_eq!(end("2026"), None);
    }
}
