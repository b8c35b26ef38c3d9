//! The next year's edition of a promotion: a proposal that the members decide on anew.

use serde_json::json;

use crate::alliances;
use crate::funds;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::promotions::domain::edition;
use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::domain::plan;
use crate::promotions::domain::plan::Day;
use crate::promotions::domain::templates::Template;
use crate::promotions::problems;
use crate::promotions::repo;
use crate::promotions::repo::Promotion;
use crate::promotions::service::calendars;
use crate::promotions::service::entries;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;
use chrono::NaiveDate;

/// Puts the next edition before the members; on `day`, or where the festival's rule puts it.
///
/// # Errors
/// 404, 403, 412; 422 where the next date is not sure; 409 `already_repeated`, or where it was never decided.
pub async fn repeat(
    act: &Act<'_>,
    id: PromotionId,
    day: Option<NaiveDate>,
) -> Result<Loaded, Failure> {
    let (old, _) = loaded::admit(act, id).await?;
    act.enter(Some(old.row.version)).await?;
    let state = old.state(act.now())?;
    if matches!(
        state,
        PromotionState::Draft | PromotionState::Proposed | PromotionState::Cancelled
    ) {
        return Err(Refused::illegal_transition(state.as_str(), "repeat", &[]).into());
    }
    next_edition(act, &old, day).await
}

/// Writes the next edition of `old` as a proposal: dates from the rule, phases from the template, the budget
/// of the year before. Nothing of it counts until it is decided.
///
/// # Errors
/// As [`repeat`].
pub(super) async fn next_edition(
    act: &Act<'_>,
    old: &Loaded,
    day: Option<NaiveDate>,
) -> Result<Loaded, Failure> {
    let alliance = alliances::alliance(act.tx(), old.row.alliance_id)
        .await?
        .ok_or_else(loaded::missing)?;
    let calendar = calendars::of(act.tx(), alliance.id).await?;
    let main_day = match day {
        Some(day) => plan::main_day(Day::On(day), &AllianceCalendar::default())?,
        None => edition::next_day(old.row.main_day, old.row.festival.as_deref(), &calendar)?,
    };
    let template = old.row.template.as_deref().and_then(Template::parse);
    let local = match template {
        Some(template) => template.around(main_day)?,
        None => plan::moved(&old.local()?, old.row.main_day, main_day)?,
    };
    let mut terms = old.terms()?;
    terms.shift(main_day - old.row.main_day);
    // Last season's levy does not pay for the next one.
    terms.budget_assessment_id = None;
    let row = Promotion {
        id: act.fresh(),
        name: edition::next_name(&old.row.name, old.row.main_day, main_day),
        main_day,
        time_zone: alliance.time_zone.name().to_owned(),
        budget_fund_id: still_open(act, alliance.id, old.row.budget_fund_id).await?,
        enrolled: 0,
        state: PromotionState::Proposed.as_str().to_owned(),
        settles_at: None,
        next_change_at: None,
        published_at: None,
        terms: json!(terms),
        edition_of: Some(old.row.id),
        version: 1,
        created_at: act.now(),
        ..old.row.clone()
    };
    let mut new = Loaded {
        row,
        phases: Vec::new(),
    };
    new.plan(act, &local)?;
    if !repo::insert_promotion(act.tx(), new.row.clone()).await? {
        let detail = "The next edition was put before the members already.";
        return Err(Refused::new(&problems::REPEATED, detail).into());
    }
    repo::replace_phases(act.tx(), new.row.id, &new.phases).await?;
    entries::keep_up(act.tx(), &new).await?;
    let data = json!({
        "promotion_id": new.row.id, "main_day": main_day, "edition_of": old.row.id,
    });
    let alliance = Some(new.row.alliance_id);
    act.record("promotion.proposed", alliance, new.row.id.0, data.clone())
        .await?;
    act.publish("promotion.proposed", alliance, data).await?;
    Ok(new)
}

/// Last year's fund, where it is not being closed.
async fn still_open(
    act: &Act<'_>,
    alliance: AllianceId,
    fund: Option<FundId>,
) -> Result<Option<FundId>, Failure> {
    let Some(id) = fund else {
        return Ok(None);
    };
    let found = funds::fund_brief(act.tx(), alliance, id).await?;
    Ok(found.filter(funds::FundBrief::takes_plans).map(|_| id))
}
