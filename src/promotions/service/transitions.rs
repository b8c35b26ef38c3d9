//! What organizers do with a promotion: propose, schedule, re-date, cancel.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;
use crate::promotions::domain::claims;
use crate::promotions::domain::enrolment;
use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::life::PromotionEvent;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::domain::plan;
use crate::promotions::domain::plan::Day;
use crate::promotions::letters;
use crate::promotions::problems;
use crate::promotions::repo;
use crate::promotions::service::blackouts;
use crate::promotions::service::budget;
use crate::promotions::service::calendars;
use crate::promotions::service::drafting;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;
use crate::promotions::service::notices;

/// Puts a draft before the members.
///
/// # Errors
/// 404, 403, 412; 409 where it is no draft.
pub async fn propose(act: &Act<'_>, id: PromotionId) -> Result<Loaded, Failure> {
    let (mut loaded, _) = loaded::admit(act, id).await?;
    act.enter(Some(loaded.row.version)).await?;
    let state = loaded.after(PromotionEvent::Propose, act.now())?;
    budget::require_open(act.tx(), &loaded.row).await?;
    blacked_out(act, &loaded).await?;
    loaded.enter_state(state);
    finish(act, &mut loaded, "promotion.proposed").await?;
    Ok(loaded)
}

/// Publishes a proposed promotion; where the by-laws ask for a ballot, by its mandate.
///
/// # Errors
/// 404, 403, 412; 409 where it is not proposed, its sale is over, or nothing permits it.
pub async fn schedule(act: &Act<'_>, id: PromotionId) -> Result<Loaded, Failure> {
    let (mut loaded, _) = loaded::admit(act, id).await?;
    act.enter(Some(loaded.row.version)).await?;
    loaded.after(PromotionEvent::Schedule, act.now())?;
    let by_laws = alliances::by_laws(act.tx(), loaded.row.alliance_id).await?;
    publish(act, &mut loaded, by_laws.promotion_by_ballot).await?;
    Ok(loaded)
}

/// Publishes what is proposed; `by_mandate` consumes the decision for exactly this content.
pub(super) async fn publish(
    act: &Act<'_>,
    loaded: &mut Loaded,
    by_mandate: bool,
) -> Result<(), Failure> {
    let state = loaded.after(PromotionEvent::Schedule, act.now())?;
    before(act, loaded.row.main_to, "The sale would be over.")?;
    if let Some(closes) = enrolment::closes(&loaded.windows()) {
        let closes = Instant::from_utc(closes);
        before(act, closes, "Enrolment would be closed.")?;
    }
    certain(act, loaded).await?;
    budget::require_open(act.tx(), &loaded.row).await?;
    blacked_out(act, loaded).await?;
    let mandate = if by_mandate {
        let (alliance, subject) = (loaded.row.alliance_id, loaded.row.id.0);
        let hash = loaded.content_hash();
        Some(mandates::consume(act, alliance, Matter::Promotion, subject, &hash).await?)
    } else {
        None
    };
    loaded.enter_state(state);
    loaded.row.published_at = loaded.row.published_at.or(Some(act.now()));
    finish_by(act, loaded, "promotion.scheduled", mandate).await
}

/// Passes a promotion whose festival is sure to come when it is planned: no money on a provisional date.
async fn certain(act: &Act<'_>, loaded: &Loaded) -> Result<(), Failure> {
    let Some(festival) = loaded.row.festival.as_deref() else {
        return Ok(());
    };
    let calendar = calendars::of(act.tx(), loaded.row.alliance_id).await?;
    if !calendar.is_provisional(festival) {
        return Ok(());
    }
    let nearest = calendar.nearest(festival, loaded.row.main_day)?;
    if nearest.is_some_and(|dated| dated.confirmed) {
        return Ok(());
    }
    let detail = "Confirm the date of this festival first: money never hangs on a provisional one.";
    Err(Refused::new(&problems::FESTIVAL_UNCONFIRMED, detail)
        .with("festival", festival)
        .with("date", nearest.map(|dated| dated.date.to_string()))
        .into())
}

/// Passes a promotion that sells nothing within a blackout of its alliance.
async fn blacked_out(act: &Act<'_>, loaded: &Loaded) -> Result<(), Failure> {
    let found = blackouts::of_alliance(act.tx(), loaded.row.alliance_id).await?;
    blackouts::refuse_within(&found, &claims::selling(&loaded.windows()))?;
    Ok(())
}

/// Moves a promotion to another main day; its phases move along. What members decided on by ballot
/// comes before them again.
///
/// # Errors
/// 404, 403, 412, 422; 409 where it runs or customers are concerned already.
pub async fn re_date(act: &Act<'_>, id: PromotionId, day: NaiveDate) -> Result<Loaded, Failure> {
    let (mut loaded, _) = loaded::admit(act, id).await?;
    act.enter(Some(loaded.row.version)).await?;
    let day = plan::main_day(Day::On(day), &AllianceCalendar::default())?;
    let local = plan::moved(&loaded.local()?, loaded.row.main_day, day)?;
    let mut terms = loaded.terms()?;
    terms.shift(day - loaded.row.main_day);
    let state = loaded.after(PromotionEvent::ReDate, act.now())?;
    let published = state == PromotionState::Scheduled;
    if let (true, Some(start)) = (published, enrolment::first_start(&loaded.windows())) {
        before(
            act,
            Instant::from_utc(start),
            "Customers take part already.",
        )?;
    }
    loaded.row.main_day = day;
    drafting::settle_terms(act, &mut loaded, terms).await?;
    loaded.plan(act, &local)?;
    if state != PromotionState::Draft {
        blacked_out(act, &loaded).await?;
    }
    if published {
        before(act, loaded.row.main_to, "The sale would be over.")?;
        certain(act, &loaded).await?;
        let by_laws = alliances::by_laws(act.tx(), loaded.row.alliance_id).await?;
        if by_laws.promotion_by_ballot {
            loaded.enter_state(PromotionState::Proposed);
        }
    }
    repo::replace_phases(act.tx(), id, &loaded.phases).await?;
    finish(act, &mut loaded, "promotion.re_dated").await?;
    notices::tell_members(act, &loaded, &letters::RE_DATED).await?;
    Ok(loaded)
}

/// Calls a promotion off.
///
/// # Errors
/// 404, 403, 412; 409 where it is over.
pub async fn cancel(act: &Act<'_>, id: PromotionId) -> Result<Loaded, Failure> {
    let (mut loaded, _) = loaded::admit(act, id).await?;
    act.enter(Some(loaded.row.version)).await?;
    let state = loaded.after(PromotionEvent::Cancel, act.now())?;
    loaded.enter_state(state);
    finish(act, &mut loaded, "promotion.cancelled").await?;
    notices::tell_members(act, &loaded, &letters::CANCELLED).await?;
    Ok(loaded)
}

/// Writes, records and tells others.
pub(super) async fn finish(act: &Act<'_>, loaded: &mut Loaded, fact: &str) -> Result<(), Failure> {
    finish_by(act, loaded, fact, None).await
}

/// As [`finish`]; journal and fact name the decision that permits it.
async fn finish_by(
    act: &Act<'_>,
    loaded: &mut Loaded,
    fact: &str,
    mandate: Option<MandateId>,
) -> Result<(), Failure> {
    loaded.save(act.tx()).await?;
    let alliance = Some(loaded.row.alliance_id);
    let mut data = json!({ "promotion_id": loaded.row.id, "main_day": loaded.row.main_day });
    if let Some(mandate) = mandate {
        data["mandate_id"] = json!(mandate);
    }
    act.record(fact, alliance, loaded.row.id.0, data.clone())
        .await?;
    act.publish(fact, alliance, data).await?;
    Ok(())
}

fn before(act: &Act<'_>, deadline: Instant, why: &str) -> Result<(), Refused> {
    if act.now() < deadline {
        return Ok(());
    }
    Err(Refused::new(&kinds::DEADLINE_PASSED, why).with("closes_at", deadline.to_string()))
}
