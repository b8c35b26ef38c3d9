//! The calendar rules without the paperwork: phases and conflicts as stateless requests.

use crate::by_kind;
use crate::promotions::domain::conflicts;
use crate::promotions::domain::conflicts::Claim;
use crate::promotions::domain::local_time;
use crate::promotions::domain::phases;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::Milestones;
use crate::promotions::domain::phases::PhaseError;
use crate::promotions::domain::phases::PhaseFault;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::TemplateTime;
use crate::promotions::domain::refusal::CalendarRefused;
use crate::words;
use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

by_kind! {
    /// What to do with phases.
    #[derive(garde::Validate)]
    #[garde(allow_unvalidated)]
    #[schema(example = json!({
        "kind": "timeline",
        "tz": "Asia/Shanghai",
        "phases": [{"phase": "main", "from": "2026-11-11T00:00:00", "to": "2026-11-12T00:00:00"}]
    }))]
    pub enum PhasesRequest {
        /// Place a template around a main day.
        PhaseTemplate(TemplateInput) = "phase_template",
        /// Check the order of phases.
        PhaseValidation(ValidationInput) = "phase_validation",
        /// Turn local windows into instants.
        Timeline(TimelineInput) = "timeline",
    }
}

words! {
    /// The kind of [`TemplateInput`].
    pub enum TemplateKind { PhaseTemplate = "phase_template" }
}

words! {
    /// The kind of [`ValidationInput`].
    pub enum ValidationKind { PhaseValidation = "phase_validation" }
}

words! {
    /// The kind of [`TimelineInput`].
    pub enum TimelineKind { Timeline = "timeline" }
}

/// A template and its main day.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateInput {
    /// Says that this is one.
    pub kind: TemplateKind,
    /// The day that offsets count from.
    pub main_day: NaiveDate,
    /// IANA time zone.
    #[schema(max_length = 64, example = "Asia/Shanghai")]
    pub tz: String,
    /// The phases.
    #[schema(max_items = 1000)]
    pub template: Vec<TemplatePhase>,
}

/// One phase of a template.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePhase {
    /// Its name.
    #[schema(max_length = 100)]
    pub phase: String,
    /// First moment.
    pub from: TemplateMoment,
    /// First moment after it.
    pub to: TemplateMoment,
}

/// A local time, days from the main day.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateMoment {
    /// Days after the main day; negative before it.
    #[schema(minimum = -3660, maximum = 3660)]
    pub day: i32,
    /// Local time of day.
    #[schema(value_type = String, max_length = 18, example = "20:00:00")]
    pub time: NaiveTime,
}

/// Local windows in a zone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelineInput {
    /// Says that this is one.
    pub kind: TimelineKind,
    /// IANA time zone.
    #[schema(max_length = 64, example = "Asia/Shanghai")]
    pub tz: String,
    /// The phases, by any names.
    #[schema(max_items = 1000)]
    pub phases: Vec<PhaseInput>,
}

/// Local windows, and what has to come before enrolment closes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidationInput {
    /// Says that this is one.
    pub kind: ValidationKind,
    /// The phases, named by kind, with `w1_`, `w2_` in front where there are waves.
    #[schema(max_items = 1000)]
    pub phases: Vec<PhaseInput>,
    /// When the vote on the promotion closes.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub vote_closes: Option<NaiveDateTime>,
    /// When the levy for it is due.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub levy_due: Option<NaiveDateTime>,
}

/// A half-open window of local time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhaseInput {
    /// Its name.
    #[schema(max_length = 100)]
    pub phase: String,
    /// First moment.
    #[schema(value_type = String, max_length = 40, example = "2026-11-11T00:00:00")]
    pub from: NaiveDateTime,
    /// First moment after it.
    #[schema(value_type = String, max_length = 40, example = "2026-11-12T00:00:00")]
    pub to: NaiveDateTime,
}

/// Instants of phases, or the faults of a validation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PhasesAnswer {
    /// For a template or a timeline.
    Windows {
        /// In the order of the request.
        #[schema(max_items = 1000)]
        phases: Vec<WindowItem>,
    },
    /// For a validation.
    Faults {
        /// Empty if the phases may be used.
        #[schema(max_items = 2000)]
        errors: Vec<FaultItem>,
    },
}

/// A phase's instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WindowItem {
    /// Its name.
    #[schema(max_length = 100)]
    pub phase: String,
    /// First instant.
    pub start: DateTime<Utc>,
    /// First instant after it.
    pub end: DateTime<Utc>,
    /// Its length, for a template; a day on which the clocks change has 82,800 or 90,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
}

/// One broken condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FaultItem {
    /// The condition.
    pub code: PhaseFault,
    /// The phase, if it is one phase's fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    pub phase: Option<String>,
}

/// Places, converts or checks phases.
///
/// # Errors
/// An unknown time zone, or times beyond the calendar. Broken conditions are an answer.
pub fn phases(request: &PhasesRequest) -> Result<PhasesAnswer, CalendarRefused> {
    match request {
        PhasesRequest::PhaseTemplate(input) => windows(&input.tz, placed(input)?, true),
        PhasesRequest::Timeline(input) => windows(
            &input.tz,
            input.phases.iter().map(PhaseInput::local).collect(),
            false,
        ),
        PhasesRequest::PhaseValidation(input) => Ok(PhasesAnswer::Faults {
            errors: validate(input),
        }),
    }
}

fn placed(input: &TemplateInput) -> Result<Vec<LocalPhase<String>>, CalendarRefused> {
    let place = |phase: &TemplatePhase| {
        Ok(LocalPhase {
            name: phase.phase.clone(),
            from: phase.from.domain().around(input.main_day)?,
            to: phase.to.domain().around(input.main_day)?,
        })
    };
    input.template.iter().map(place).collect()
}

fn windows(
    zone: &str,
    local: Vec<LocalPhase<String>>,
    with_seconds: bool,
) -> Result<PhasesAnswer, CalendarRefused> {
    let tz = local_time::zone(zone)?;
    let mut items = Vec::with_capacity(local.len());
    for phase in local {
        let window = phases::window(&phase, tz)?;
        items.push(WindowItem {
            phase: window.name,
            start: window.start,
            end: window.end,
            seconds: with_seconds.then(|| (window.end - window.start).num_seconds()),
        });
    }
    Ok(PhasesAnswer::Windows { phases: items })
}

fn validate(input: &ValidationInput) -> Vec<FaultItem> {
    let mut errors = Vec::new();
    let mut known = Vec::new();
    let mut names = Vec::new();
    for phase in &input.phases {
        match PhaseName::parse(&phase.phase) {
            Some(name) => {
                names.push(phase.phase.as_str());
                known.push(LocalPhase {
                    name,
                    from: phase.from,
                    to: phase.to,
                });
            }
            None => errors.push(FaultItem {
                code: PhaseFault::Unknown,
                phase: Some(phase.phase.clone()),
            }),
        }
    }
    let milestones = Milestones {
        vote_closes: input.vote_closes,
        levy_due: input.levy_due,
    };
    let item = |error: PhaseError| FaultItem {
        code: error.fault,
        phase: error.phase.map(|index| names[index].to_owned()),
    };
    errors.extend(phases::faults(&known, milestones).into_iter().map(item));
    errors
}

impl PhaseInput {
    fn local(&self) -> LocalPhase<String> {
        LocalPhase {
            name: self.phase.clone(),
            from: self.from,
            to: self.to,
        }
    }
}

impl TemplateMoment {
    fn domain(self) -> TemplateTime {
        TemplateTime {
            day: self.day,
            time: self.time,
        }
    }
}

words! {
    /// The only kind of this calculator.
    pub enum ConflictsKind { Conflict = "conflict" }
}

/// Promotions that a merchant thinks of joining.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"promotions": [
    {"id": "tea", "start": "2026-11-10T16:00:00Z", "end": "2026-11-11T16:00:00Z", "exclusive": true, "scope": ["*"]},
    {"id": "town", "start": "2026-11-11T12:00:00Z", "end": "2026-11-12T12:00:00Z", "exclusive": false, "scope": ["*"]}
]}))]
pub struct ConflictsRequest {
    /// May be left out.
    #[serde(default)]
    pub kind: Option<ConflictsKind>,
    /// The promotions.
    #[schema(max_items = 100_000)]
    pub promotions: Vec<PromotionInput>,
}

/// One promotion.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromotionInput {
    /// Any name of the caller's.
    #[schema(max_length = 200)]
    pub id: String,
    /// Whose it is; conflicts do not depend on it.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub alliance: Option<String>,
    /// First instant.
    pub start: DateTime<Utc>,
    /// First instant after it.
    pub end: DateTime<Utc>,
    /// Whether it suffers no other beside it.
    pub exclusive: bool,
    /// SKUs and categories; `*` is everything.
    #[schema(max_items = 100_000)]
    pub scope: Vec<String>,
}

/// The conflicts found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConflictsAnswer {
    /// In the order of the request.
    #[schema(max_items = 1_000_000)]
    pub conflicts: Vec<ConflictItem>,
}

/// Two promotions that cannot both be joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConflictItem {
    /// The one that the request names first.
    #[schema(max_length = 200)]
    pub a: String,
    /// The other.
    #[schema(max_length = 200)]
    pub b: String,
    /// First instant they share.
    pub from: DateTime<Utc>,
    /// First instant they no longer share.
    pub to: DateTime<Utc>,
}

/// Finds the promotions that cannot both be joined.
///
/// # Errors
/// `too_complex` if too many overlap.
pub fn conflicts(request: &ConflictsRequest) -> Result<ConflictsAnswer, CalendarRefused> {
    let claims: Vec<Claim> = request
        .promotions
        .iter()
        .map(PromotionInput::claim)
        .collect();
    let id = |index: usize| request.promotions[index].id.clone();
    let found = conflicts::conflicts(&claims)?;
    let item = |conflict: conflicts::Conflict| ConflictItem {
        a: id(conflict.a),
        b: id(conflict.b),
        from: conflict.from,
        to: conflict.to,
    };
    Ok(ConflictsAnswer {
        conflicts: found.into_iter().map(item).collect(),
    })
}

impl PromotionInput {
    fn claim(&self) -> Claim {
        Claim {
            start: self.start,
            end: self.end,
            exclusive: self.exclusive,
            scope: self.scope.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
