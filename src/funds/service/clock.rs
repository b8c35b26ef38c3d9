//! What happens to what members owe without anybody asking: notices fall overdue, members are reminded, pledges
//! lapse. Every notice that is open is looked at once a day of its alliance; what downtime missed, the next look does.

use std::collections::HashMap;

use chrono::NaiveDate;
use chrono::TimeDelta;
use serde_json::json;

use crate::alliances;
use crate::alliances::ByLaws;
use crate::funds::domain::owed::Instalment;
use crate::funds::domain::reminding;
use crate::funds::domain::state::NoticeState;
use crate::funds::letters;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Reminder;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::issue;
use crate::funds::service::pledges;
use crate::funds::service::post;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::problem::Failure;
use crate::mail;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::registry::Sweep;

/// Notices that one transaction looks at.
const CHUNK: u64 = 200;

/// The background work of this slice.
pub fn sweeps() -> Vec<Sweep> {
    vec![
        Sweep {
            name: "levy notices",
            every: TimeDelta::minutes(5),
            run: |ctx| Box::pin(async move { look_at_notices(&ctx).await }),
        },
        Sweep {
            name: "pledges",
            every: TimeDelta::minutes(5),
            run: |ctx| Box::pin(async move { lapse_pledges(&ctx).await }),
        },
    ]
}

async fn today_of(ctx: &Ctx, alliance: AllianceId) -> Result<Option<NaiveDate>, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let alliance = alliances::alliance(&reader, alliance).await?;
    Ok(alliance.map(|alliance| day_in(alliance.time_zone, now)))
}

async fn look_at_notices(ctx: &Ctx) -> Result<u64, Failure> {
    let mut done = 0;
    for alliance in repo::notices::alliances_with_open(&ctx.db.reader()).await? {
        let Some(today) = today_of(ctx, alliance).await? else {
            continue;
        };
        loop {
            let ids = repo::notices::to_check(&ctx.db.reader(), alliance, today, CHUNK).await?;
            if ids.is_empty() {
                break;
            }
            let mut by_fund: HashMap<FundId, Vec<LevyNoticeId>> = HashMap::new();
            for (fund, notice) in ids {
                by_fund.entry(fund).or_default().push(notice);
            }
            for (fund, ids) in by_fund {
                done += act::perform_as_system(ctx, "look_at_notices", async |act| {
                    look(act, fund, &ids, today).await
                })
                .await?;
            }
        }
    }
    Ok(done)
}

/// Looks at some notices of a fund; answers how many fell overdue or were reminded of.
async fn look(
    act: &Act<'_>,
    fund: FundId,
    ids: &[LevyNoticeId],
    today: NaiveDate,
) -> Result<u64, Failure> {
    let fund = visible::locked(act, fund).await?;
    let rows = repo::notices::by_ids(act.tx(), ids).await?;
    repo::notices::checked(act.tx(), ids, today).await?;
    let laws = alliances::by_laws(act.tx(), fund.alliance_id).await?;
    let all: Vec<&Notice> = rows.iter().collect();
    let schedules = dues::schedules(act.tx(), &all).await?;
    let reminded = repo::dues::reminded(act.tx(), ids).await?;
    let mut done = 0;
    for mut row in rows {
        row.checked_on = Some(today);
        let schedule = schedules.get(&row.id).map_or(&[][..], Vec::as_slice);
        done += fall_overdue(act, &fund, &mut row, schedule, today).await?;
        done += remind(act, &fund, &row, &laws, &reminded, today).await?;
    }
    Ok(done)
}

async fn fall_overdue(
    act: &Act<'_>,
    fund: &Fund,
    row: &mut Notice,
    schedule: &[Instalment],
    today: NaiveDate,
) -> Result<u64, Failure> {
    let was = dues::state_of(row)?;
    if !matches!(was, NoticeState::Issued | NoticeState::PartPaid) {
        return Ok(0);
    }
    let owed = dues::owed(row);
    if dues::assess(row, was, owed, schedule, today) != NoticeState::Overdue {
        return Ok(0);
    }
    row.checked_on = Some(today);
    row.version += 1;
    repo::notices::store(act.tx(), row).await?;
    let data = json!({ "fund_id": fund.id, "due_on": row.next_due_on, "due_minor": owed.due() });
    let alliance = Some(row.alliance_id);
    act.record("levy_notice.overdue", alliance, row.id.0, data)
        .await?;
    Ok(1)
}

async fn remind(
    act: &Act<'_>,
    fund: &Fund,
    row: &Notice,
    laws: &ByLaws,
    reminded: &[Reminder],
    today: NaiveDate,
) -> Result<u64, Failure> {
    let state = dues::state_of(row)?;
    let open = matches!(
        state,
        NoticeState::Issued | NoticeState::PartPaid | NoticeState::Overdue
    );
    let Some(due_on) = row.next_due_on.filter(|_| open) else {
        return Ok(0);
    };
    let (before, after) = (&laws.reminder_days_before, &laws.reminder_days_after);
    let Some(step) = reminding::step(due_on, today, before, after) else {
        return Ok(0);
    };
    let sent = |old: &Reminder| old.notice_id == row.id && old.due_on == due_on && old.step >= step;
    if reminded.iter().any(sent) {
        return Ok(0);
    }
    let reminder = Reminder {
        notice_id: row.id,
        due_on,
        step,
        alliance_id: row.alliance_id,
        sent_at: act.now(),
    };
    if !repo::dues::insert_reminder(act.tx(), reminder).await? {
        return Ok(0);
    }
    let mut vars = post::notice_facts(act, fund, row).await?;
    vars["due"] = post::amount(fund, dues::owed(row).due())?;
    vars["due_on"] = json!(due_on);
    vars["days"] = json!(today.signed_duration_since(due_on).num_days().abs());
    let text = if step > 0 {
        &letters::OVERDUE
    } else {
        &letters::DUE_SOON
    };
    let contacts = alliances::contacts_of(act.tx(), row.alliance_id, row.membership_id).await?;
    let key = format!("levy-reminder:{}:{due_on}:{step}", row.id);
    let mut letters = Vec::with_capacity(contacts.len());
    for contact in &contacts {
        letters.push(post::to_contact(fund, contact, text, &vars, &key)?);
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    let data = json!({ "fund_id": fund.id, "number": issue::number(fund, row), "due_on": due_on,
        "step": step, "letters": letters.len() });
    let alliance = Some(row.alliance_id);
    act.record("levy_notice.reminded", alliance, row.id.0, data)
        .await?;
    Ok(1)
}

async fn lapse_pledges(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    // The day is judged in the alliance's zone; none is more than a day ahead.
    let latest = day_in(chrono_tz::Tz::UTC, reader.now().await?) + TimeDelta::days(1);
    let mut done = 0;
    for pledge in repo::pledges::waiting_until(&reader, latest).await? {
        let Some(today) = today_of(ctx, pledge.alliance_id).await? else {
            continue;
        };
        if pledge.valid_until < today {
            done += act::perform_as_system(ctx, "lapse_pledge", async |act| {
                pledges::lapse(act, pledge.id, today).await
            })
            .await?;
        }
    }
    Ok(done)
}
