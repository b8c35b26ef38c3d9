//! The festivals of one alliance: the catalogue, its own, and the dates that it vouches for.

use chrono::Datelike;
use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::promotions::domain::festivals::occurrences::FIRST_YEAR;
use crate::promotions::domain::festivals::occurrences::LAST_YEAR;
use crate::promotions::domain::festivals::own;
use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::festivals::own::Missing;
use crate::promotions::domain::festivals::own::OwnFestival;
use crate::promotions::domain::festivals::own::Seen;
use crate::promotions::domain::festivals::own_rule;
use crate::promotions::domain::plan;
use crate::promotions::problems;
use crate::promotions::repo::festivals;
use crate::promotions::repo::festivals::Confirmation;

/// Most festivals of an alliance's own.
const OWN_MAX: usize = 200;

/// The calendar of an alliance.
///
/// # Errors
/// When the database fails, or holds a rule that is none.
pub async fn of(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<AllianceCalendar, Failure> {
    let mut own = Vec::new();
    for row in festivals::own(c, alliance).await? {
        let rule = serde_json::from_value(row.rule)
            .map_err(|error| anyhow::anyhow!("festival {} has no rule: {error}", row.id))?;
        own.push(OwnFestival {
            key: row.festival,
            name_zh: row.name_zh,
            name_en: row.name_en,
            rule,
            provisional: row.provisional,
        });
    }
    let confirmed = festivals::confirmations(c, alliance).await?;
    let confirmed = confirmed.into_iter().map(|row| (row.festival, row.date));
    Ok(AllianceCalendar::new(own, confirmed))
}

/// What an alliance sees in a range of dates.
#[derive(Debug, Clone)]
pub struct View {
    pub seen: Vec<Seen>,
    pub missing: Vec<Missing>,
    pub own: Vec<OwnFestival>,
}

/// The festivals of a range, for the people of the alliance.
///
/// # Errors
/// 404 for strangers; 422 for a range that is none.
pub async fn view(
    look: &Look<'_>,
    alliance: AllianceId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<View, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    let calendar = of(look.reader(), alliance).await?;
    let (seen, missing) = calendar.seen(from, to)?;
    Ok(View {
        seen,
        missing,
        own: calendar.own().to_vec(),
    })
}

/// Adds a festival of the alliance's own.
///
/// # Errors
/// 404, 403; 422 for a rule that finds no date; 409 where the name is taken or the list is full.
pub async fn add(
    act: &Act<'_>,
    alliance: AllianceId,
    festival: OwnFestival,
) -> Result<OwnFestival, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let faults = own_rule::faults(&festival.rule);
    if !faults.is_empty() {
        return Err(Refused::fields(faults).into());
    }
    alliances::lock_living(act, alliance).await?;
    let calendar = of(act.tx(), alliance).await?;
    let taken = || {
        let detail = "The catalogue or the alliance has a festival of this name.";
        Refused::new(&problems::FESTIVAL_EXISTS, detail).with("festival", festival.key.as_str())
    };
    if calendar.knows(&festival.key) {
        return Err(taken().into());
    }
    if calendar.own().len() >= OWN_MAX {
        let detail = "Remove festivals that are no longer kept.";
        return Err(Refused::new(&problems::FESTIVALS_FULL, detail)
            .with("limit", OWN_MAX)
            .into());
    }
    let row = festivals::OwnFestival {
        id: act.fresh(),
        alliance_id: alliance,
        festival: festival.key.clone(),
        name_zh: festival.name_zh.clone(),
        name_en: festival.name_en.clone(),
        rule: json!(festival.rule),
        provisional: festival.provisional,
        created_by: standing.user,
        created_at: act.now(),
    };
    let id = row.id;
    let data = json!({ "festival": row.festival, "rule": row.rule });
    if !festivals::insert_own(act.tx(), row).await? {
        return Err(taken().into());
    }
    act.record("festival.added", Some(alliance), id.0, data)
        .await?;
    Ok(festival)
}

/// Takes a festival of the alliance's own away. Promotions around it keep their days.
///
/// # Errors
/// 404, also for a festival of the catalogue; 403.
pub async fn remove(act: &Act<'_>, alliance: AllianceId, festival: &str) -> Result<(), Failure> {
    alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    if !festivals::delete_own(act.tx(), alliance, festival).await? {
        return Err(Refused::not_found("festival").into());
    }
    let data = json!({ "festival": festival });
    act.record("festival.removed", Some(alliance), alliance.0, data)
        .await?;
    Ok(())
}

/// Vouches for the date of a provisional festival; a later word on the same occurrence counts.
///
/// # Errors
/// 404, 403; 422 where the festival is unknown or sure, or its table has it on other days.
pub async fn confirm(
    act: &Act<'_>,
    alliance: AllianceId,
    (festival, date): (&str, NaiveDate),
    source: &str,
) -> Result<Confirmation, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let calendar = of(act.tx(), alliance).await?;
    plan::known(festival, &calendar)?;
    if !calendar.is_provisional(festival) {
        let detail = "Only provisional dates are confirmed; this festival's are computed.";
        return Err(Refused::new(&problems::FESTIVAL_NOT_PROVISIONAL, detail)
            .with("festival", festival)
            .into());
    }
    comes_near(&calendar, festival, date)?;
    let row = Confirmation {
        id: act.fresh(),
        alliance_id: alliance,
        festival: festival.to_owned(),
        date,
        source: source.to_owned(),
        confirmed_by: standing.user,
        created_at: act.now(),
    };
    festivals::insert_confirmation(act.tx(), row.clone()).await?;
    let data = json!({ "festival": festival, "date": date, "source": source });
    act.record("festival.confirmed", Some(alliance), row.id.0, data)
        .await?;
    Ok(row)
}

/// Where the festival is computed, it has to come within a few days; where its table has ended, any day will do.
fn comes_near(calendar: &AllianceCalendar, festival: &str, date: NaiveDate) -> Result<(), Refused> {
    let years = FIRST_YEAR..=LAST_YEAR;
    if !years.contains(&date.year()) {
        let detail = "Festivals are known from 1901 to 2100.";
        return Err(Refused::field("#/date", "year_out_of_range", detail));
    }
    let nearest = calendar.nearest_computed(festival, date);
    match nearest.filter(|nearest| !own::near(*nearest, date)) {
        Some(nearest) => Err(Refused::new(
            &problems::DATE_NOT_NEAR,
            format!("The nearest occurrence is on {nearest}."),
        )
        .with("festival", festival)
        .with("nearest", nearest.to_string())
        .with("days", own::NEAR_DAYS)),
        None => Ok(()),
    }
}
