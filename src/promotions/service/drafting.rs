//! Writing a promotion: its words, its day and its phases.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::life::PromotionEvent;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::plan;
use crate::promotions::domain::plan::Day;
use crate::promotions::domain::templates::Template;
use crate::promotions::domain::terms::Terms;
use crate::promotions::domain::terms::TermsChange;
use crate::promotions::repo;
use crate::promotions::repo::Promotion;
use crate::promotions::service::budget;
use crate::promotions::service::calendars;
use crate::promotions::service::loaded;
use crate::promotions::service::loaded::Loaded;

/// Which day, and which phases.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan<'a> {
    pub festival: Option<&'a str>,
    pub year: Option<i32>,
    pub main_day: Option<NaiveDate>,
    pub template: Option<Template>,
    pub phases: Option<&'a [LocalPhase<String>]>,
}

/// The words and limits of a new promotion.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    pub name: &'a str,
    pub description: &'a str,
    pub criteria: &'a str,
    pub budget_fund: Option<FundId>,
    pub capacity: Option<i64>,
    pub terms: &'a TermsChange,
    pub plan: Plan<'a>,
}

/// What of a draft changes; what is absent stays.
#[derive(Debug, Clone, Copy)]
pub struct Changes<'a> {
    pub name: Option<&'a str>,
    pub description: Option<&'a str>,
    pub criteria: Option<&'a str>,
    pub budget_fund: Option<Option<FundId>>,
    pub capacity: Option<Option<i64>>,
    pub terms: &'a TermsChange,
    pub plan: Plan<'a>,
}

impl Plan<'_> {
    fn is_empty(&self) -> bool {
        let day = self.festival.is_none() && self.year.is_none() && self.main_day.is_none();
        day && self.template.is_none() && self.phases.is_none()
    }

    /// The main day, where the plan names one.
    pub(super) fn day(
        &self,
        festival: Option<&str>,
        calendar: &AllianceCalendar,
    ) -> Result<Option<NaiveDate>, Failure> {
        if let Some(id) = self.festival {
            plan::known(id, calendar)?;
        }
        let day = match (self.main_day, festival, self.year) {
            (Some(_), _, Some(_)) => return Err(either("#/year").into()),
            (Some(date), ..) => Day::On(date),
            (None, Some(festival), Some(year)) => Day::Festival(festival, year),
            (None, None, Some(_)) => return Err(either("#/festival").into()),
            (None, _, None) => return Ok(None),
        };
        Ok(Some(plan::main_day(day, calendar)?))
    }

    /// The phases that the plan names, or those of a template.
    pub(super) fn local(
        &self,
        template: Template,
        day: NaiveDate,
    ) -> Result<Vec<LocalPhase<PhaseName>>, Failure> {
        match (self.phases, self.template) {
            (Some(_), Some(_)) => Err(Refused::field(
                "#/phases",
                "one_of_two",
                "Name a template or your own phases, not both.",
            )
            .into()),
            (Some(phases), None) => Ok(plan::read(phases)?),
            (None, _) => Ok(template.around(day)?),
        }
    }
}

pub(super) fn either(pointer: &str) -> Refused {
    Refused::field(
        pointer,
        "one_of_two",
        "Name a festival and its year, or the main day.",
    )
}

/// Writes a new promotion, in the time zone of its alliance.
///
/// # Errors
/// 404 and 403; 422 for a day that cannot be found, or with every rule that the phases break.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    content: &Content<'_>,
) -> Result<Loaded, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let plan = &content.plan;
    let calendar = calendars::of(act.tx(), alliance).await?;
    let day = plan
        .day(plan.festival, &calendar)?
        .ok_or_else(|| either("#/main_day"))?;
    let template = plan
        .template
        .unwrap_or_else(|| Template::of_festival(plan.festival));
    let local = plan.local(template, day)?;
    let mut terms = Terms::default();
    if plan.phases.is_none() {
        terms.exclusions = template.exclusions();
    }
    content.terms.apply(&mut terms);
    let row = Promotion {
        id: act.fresh(),
        alliance_id: alliance,
        name: content.name.to_owned(),
        description: content.description.to_owned(),
        criteria: content.criteria.to_owned(),
        festival: plan.festival.map(str::to_owned),
        template: plan.phases.is_none().then(|| template.as_str().to_owned()),
        main_day: day,
        time_zone: standing.alliance.time_zone.name().to_owned(),
        tzdb: String::new(),
        budget_fund_id: content.budget_fund,
        capacity: content.capacity,
        enrolled: 0,
        state: PromotionState::Draft.as_str().to_owned(),
        main_from: act.now(),
        main_to: act.now(),
        settles_at: None,
        next_change_at: None,
        published_at: None,
        created_by: standing.user.0,
        terms: json!(terms),
        edition_of: None,
        version: 1,
        created_at: act.now(),
    };
    let mut loaded = Loaded {
        row,
        phases: Vec::new(),
    };
    settle_terms(act, &mut loaded, terms).await?;
    loaded.plan(act, &local)?;
    let id = loaded.row.id;
    repo::insert_promotion(act.tx(), loaded.row.clone()).await?;
    repo::replace_phases(act.tx(), id, &loaded.phases).await?;
    let data = json!({ "main_day": day });
    act.record("promotion.created", Some(alliance), id.0, data)
        .await?;
    Ok(loaded)
}

/// Writes terms into a promotion once its money was looked at.
pub(super) async fn settle_terms(
    act: &Act<'_>,
    loaded: &mut Loaded,
    mut terms: Terms,
) -> Result<(), Failure> {
    budget::check(act.tx(), &loaded.row, &mut terms).await?;
    loaded.row.terms = json!(terms);
    Ok(())
}

/// Changes a draft.
///
/// # Errors
/// As [`create`]; 412; 409 once it was proposed.
pub async fn change(
    act: &Act<'_>,
    id: PromotionId,
    changes: &Changes<'_>,
) -> Result<Loaded, Failure> {
    let (mut loaded, _) = loaded::admit(act, id).await?;
    act.enter(Some(loaded.row.version)).await?;
    let calendar = calendars::of(act.tx(), loaded.row.alliance_id).await?;
    let replanned = replan(&mut loaded, &changes.plan, &calendar)?;
    loaded.after(PromotionEvent::Change, act.now())?;
    let row = &mut loaded.row;
    for (field, text) in [
        (&mut row.name, changes.name),
        (&mut row.description, changes.description),
        (&mut row.criteria, changes.criteria),
    ] {
        if let Some(text) = text {
            text.clone_into(field);
        }
    }
    row.budget_fund_id = changes.budget_fund.unwrap_or(row.budget_fund_id);
    row.capacity = changes.capacity.unwrap_or(row.capacity);
    let mut terms = loaded.terms()?;
    changes.terms.apply(&mut terms);
    settle_terms(act, &mut loaded, terms).await?;
    let replanned = match replanned {
        None if changes.terms.touches_phases() => Some(loaded.local()?),
        other => other,
    };
    if let Some(local) = replanned {
        loaded.plan(act, &local)?;
        repo::replace_phases(act.tx(), id, &loaded.phases).await?;
    }
    loaded.save(act.tx()).await?;
    let alliance = Some(loaded.row.alliance_id);
    act.record("promotion.changed", alliance, id.0, json!({}))
        .await?;
    Ok(loaded)
}

/// The phases of a changed plan, if it changes: those named, a template's, or the old ones moved.
fn replan(
    loaded: &mut Loaded,
    plan: &Plan<'_>,
    calendar: &AllianceCalendar,
) -> Result<Option<Vec<LocalPhase<PhaseName>>>, Failure> {
    if plan.is_empty() {
        return Ok(None);
    }
    let festival = plan.festival.or(loaded.row.festival.as_deref());
    let old = loaded.row.main_day;
    let day = plan.day(festival, calendar)?.unwrap_or(old);
    let template = plan
        .template
        .or_else(|| Template::parse(loaded.row.template.as_deref()?));
    let local = match template {
        Some(template) => plan.local(template, day)?,
        None if plan.phases.is_some() => plan.local(Template::OneDay, day)?,
        None => plan::moved(&loaded.local()?, old, day)?,
    };
    if plan.phases.is_some() {
        loaded.row.template = None;
    } else if let Some(template) = template {
        loaded.row.template = Some(template.as_str().to_owned());
    }
    loaded.row.festival = festival.map(str::to_owned);
    loaded.row.main_day = day;
    Ok(Some(local))
}
