//! The plan of a promotion: its main day by festival or by date, and its phases around it.

use chrono::Datelike;
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::problem::FieldError;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::festivals::own::Dated;
use crate::promotions::domain::local_time;
use crate::promotions::domain::phases;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::Milestones;
use crate::promotions::domain::phases::PhaseError;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::PhaseWindow;
use crate::promotions::domain::refusal::CalendarRefused;
use crate::promotions::problems;

/// Years in which a promotion may lie.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2198;

/// Which day a promotion is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day<'a> {
    /// A date that the alliance chose, whatever festival it belongs to.
    On(NaiveDate),
    /// A festival in a year.
    Festival(&'a str, i32),
}

/// Why a plan cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefused {
    /// Neither the catalogue nor the alliance's own list holds it.
    #[error("'{festival}' is no festival of the catalogue or of this alliance.")]
    UnknownFestival { festival: String },
    /// Nobody can compute it well enough for money to depend on it.
    #[error("The date of '{festival}' in {year} is provisional: confirm it, or name the main day.")]
    Provisional {
        festival: String,
        year: i32,
        dates: Vec<NaiveDate>,
    },
    /// It does not fall into the year exactly once.
    #[error("'{festival}' comes {} times in {year}: name the main day.", dates.len())]
    NotOnce {
        festival: String,
        year: i32,
        dates: Vec<NaiveDate>,
    },
    /// The calendar ends before it.
    #[error("The year {year} is outside {} to {}.", YEARS.start(), YEARS.end())]
    Year { year: i32 },
    /// Some phases break the rules.
    #[error("The phases break their rules in {} ways.", faults.len())]
    Phases {
        faults: Vec<(PhaseError, Option<String>)>,
    },
    /// The calendar refused.
    #[error(transparent)]
    Calendar(#[from] CalendarRefused),
}

impl Refusal for PlanRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::UnknownFestival { .. } => &problems::FESTIVAL_UNKNOWN,
            Self::Provisional { .. } => &problems::FESTIVAL_PROVISIONAL,
            Self::NotOnce { .. } => &problems::FESTIVAL_NOT_ONCE,
            Self::Year { .. } => &kinds::OUT_OF_RANGE,
            Self::Phases { .. } => &problems::PHASES_INVALID,
            Self::Calendar(refused) => refused.kind(),
        }
    }

    fn params(&self) -> Map<String, Value> {
        let facts = match self {
            Self::UnknownFestival { festival } => json!({ "festival": festival }),
            Self::Provisional {
                festival,
                year,
                dates,
            }
            | Self::NotOnce {
                festival,
                year,
                dates,
            } => {
                json!({ "festival": festival, "year": year, "dates": dates })
            }
            Self::Year { year } => json!({ "year": year }),
            Self::Phases { faults } => {
                json!({ "phase_errors": faults.iter().map(fact).collect::<Vec<_>>() })
            }
            Self::Calendar(refused) => return refused.params(),
        };
        facts.as_object().cloned().unwrap_or_default()
    }

    fn field_errors(&self) -> Vec<FieldError> {
        let Self::Phases { faults } = self else {
            return Vec::new();
        };
        let field = |(error, name): &(PhaseError, Option<String>)| {
            let pointer = error.phase.map_or_else(
                || "#/phases".to_owned(),
                |index| format!("#/phases/{index}"),
            );
            let detail = match name {
                Some(name) => format!("The phase '{name}' breaks the rule '{}'.", error.fault),
                None => format!("The phases break the rule '{}'.", error.fault),
            };
            FieldError::new(pointer, error.fault.as_str(), detail)
        };
        faults.iter().map(field).collect()
    }
}

fn fact((error, name): &(PhaseError, Option<String>)) -> Value {
    match name {
        Some(name) => json!({ "code": error.fault, "phase": name }),
        None => json!({ "code": error.fault }),
    }
}

/// The date that a promotion is about.
///
/// # Errors
/// A festival that is unknown, provisional and not confirmed, or does not come exactly once in the year.
pub fn main_day(day: Day<'_>, calendar: &AllianceCalendar) -> Result<NaiveDate, PlanRefused> {
    match day {
        Day::On(date) if YEARS.contains(&date.year()) => Ok(date),
        Day::On(date) => Err(PlanRefused::Year { year: date.year() }),
        Day::Festival(id, year) => festival_in(id, year, calendar),
    }
}

fn festival_in(id: &str, year: i32, calendar: &AllianceCalendar) -> Result<NaiveDate, PlanRefused> {
    known(id, calendar)?;
    let ends = (
        NaiveDate::from_ymd_opt(year, 1, 1),
        NaiveDate::from_ymd_opt(year, 12, 31),
    );
    let (true, (Some(first), Some(last))) = (YEARS.contains(&year), ends) else {
        return Err(PlanRefused::Year { year });
    };
    let found = calendar.dates(id, first, last)?;
    let dates = || found.iter().map(|dated| dated.date).collect();
    let festival = || id.to_owned();
    match found.as_slice() {
        [
            Dated {
                date,
                provisional: false,
                ..
            },
        ] => Ok(*date),
        // A festival that is looked up and has no entry is as uncertain as one with a doubtful date.
        any if any.iter().any(|dated| dated.provisional)
            || (any.is_empty() && calendar.is_provisional(id)) =>
        {
            Err(PlanRefused::Provisional {
                festival: festival(),
                year,
                dates: dates(),
            })
        }
        _ => Err(PlanRefused::NotOnce {
            festival: festival(),
            year,
            dates: dates(),
        }),
    }
}

/// Passes a festival of the catalogue or of the alliance.
///
/// # Errors
/// `UnknownFestival`.
pub fn known(id: &str, calendar: &AllianceCalendar) -> Result<(), PlanRefused> {
    if calendar.knows(id) {
        return Ok(());
    }
    Err(PlanRefused::UnknownFestival {
        festival: id.to_owned(),
    })
}

/// Reads the names of phases.
///
/// # Errors
/// Every name that is none, together with what is wrong with the others.
pub fn read(given: &[LocalPhase<String>]) -> Result<Vec<LocalPhase<PhaseName>>, PlanRefused> {
    let mut known = Vec::new();
    let mut places = Vec::new();
    let mut faults = Vec::new();
    for (index, phase) in given.iter().enumerate() {
        match PhaseName::parse(&phase.name) {
            Some(name) => {
                places.push(index);
                known.push(LocalPhase {
                    name,
                    from: phase.from,
                    to: phase.to,
                });
            }
            None => faults.push(PhaseError {
                fault: phases::PhaseFault::Unknown,
                phase: Some(index),
            }),
        }
    }
    if faults.is_empty() {
        return Ok(known);
    }
    let others = phases::faults(&known, Milestones::default());
    faults.extend(others.into_iter().map(|error| PhaseError {
        phase: error.phase.map(|index| places[index]),
        ..error
    }));
    let named = |error: PhaseError| (error, error.phase.map(|index| given[index].name.clone()));
    Err(PlanRefused::Phases {
        faults: faults.into_iter().map(named).collect(),
    })
}

/// Checks the phases and what has to come before enrolment closes, and finds their instants in a zone.
///
/// # Errors
/// Every broken rule at once, or a time without an instant.
pub fn windows(
    local: &[LocalPhase<PhaseName>],
    milestones: Milestones,
    zone: Tz,
) -> Result<Vec<PhaseWindow<PhaseName>>, PlanRefused> {
    let faults = phases::faults(local, milestones);
    if !faults.is_empty() {
        let named = |error: PhaseError| {
            let name = error.phase.map(|index| local[index].name.to_string());
            (error, name)
        };
        return Err(PlanRefused::Phases {
            faults: faults.into_iter().map(named).collect(),
        });
    }
    for time in local.iter().flat_map(|phase| [phase.from, phase.to]) {
        if !YEARS.contains(&time.year()) {
            return Err(local_time::out_of_range(time).into());
        }
    }
    let found = local.iter().map(|phase| phases::window(phase, zone));
    let found: Vec<_> = found.collect::<Result<_, _>>()?;
    collapsed(&found)?;
    Ok(found)
}

/// A phase that lies within an hour that the clocks skip is empty in time, though not on paper.
fn collapsed(windows: &[PhaseWindow<PhaseName>]) -> Result<(), PlanRefused> {
    let empty = |(index, window): (usize, &PhaseWindow<PhaseName>)| {
        (window.start >= window.end).then(|| {
            let error = PhaseError {
                fault: phases::PhaseFault::Empty,
                phase: Some(index),
            };
            (error, Some(window.name.to_string()))
        })
    };
    let faults: Vec<_> = windows.iter().enumerate().filter_map(empty).collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(PlanRefused::Phases { faults })
    }
}

/// The same phases around another main day.
///
/// # Errors
/// Times beyond the calendar.
pub fn moved(
    local: &[LocalPhase<PhaseName>],
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<LocalPhase<PhaseName>>, PlanRefused> {
    let span = to - from;
    let shift = |time: chrono::NaiveDateTime| {
        time.checked_add_signed(span)
            .ok_or_else(|| local_time::out_of_range(time))
    };
    let phase = |phase: &LocalPhase<PhaseName>| {
        Ok(LocalPhase {
            name: phase.name,
            from: shift(phase.from)?,
            to: shift(phase.to)?,
        })
    };
    local.iter().map(phase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_festival_of_a_year_is_its_date() {
        let day =
            |festival, year| main_day(Day::Festival(festival, year), &AllianceCalendar::default());
        assert_eq!(day("double_eleven", 2026), Ok(date("2026-11-11")));
        assert_eq!(day("spring_festival", 2027), Ok(date("2027-02-06")));
        assert_eq!(day("mid_autumn", 2033), Ok(date("2033-09-08")));
    }

    #[test]
    fn what_is_uncertain_or_not_once_needs_a_date() {
        let none = AllianceCalendar::default();
        let day =
            |festival, year| main_day(Day::Festival(festival, year), &none).expect_err("refused");
        assert_eq!(day("laba", 2023).kind().code, "festival_not_once");
        assert_eq!(
            day("laba", 2022).params()["dates"],
            json!(["2022-01-10", "2022-12-30"])
        );
        assert_eq!(day("eid_al_fitr", 2027).kind().code, "festival_provisional");
        assert_eq!(day("mayday", 2027).kind().code, "festival_unknown");
        assert_eq!(day("double_eleven", 1999).kind().code, "out_of_range");
        assert_eq!(day("double_eleven", 2150).kind().code, "year_out_of_range");
    }

    #[test]
    fn a_confirmed_date_is_as_good_as_a_computed_one() {
        let sure =
            AllianceCalendar::new(Vec::new(), [("eid_al_fitr".to_owned(), date("2027-03-10"))]);
        let day = |year| main_day(Day::Festival("eid_al_fitr", year), &sure);
        assert_eq!(day(2027), Ok(date("2027-03-10")));
        assert!(day(2028).is_err());
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let phase = |name, from: &str, to: &str| LocalPhase {
            name: PhaseName::parse(name).expect("a name"),
            from: from.parse().expect("a time"),
            to: to.parse().expect("a time"),
        };
        let local = [
            phase("deposit", "2026-10-21T00:00:00", "2026-10-21T00:00:00"),
            phase("enrolment", "2026-10-01T00:00:00", "2026-11-21T00:00:00"),
        ];
        let refused =
            windows(&local, Milestones::default(), chrono_tz::Asia::Shanghai).expect_err("refused");
        let codes: Vec<String> = refused.field_errors().into_iter().map(|e| e.code).collect();
        assert_eq!(
            codes,
            [
                "phase_empty",
                "main_missing",
                "deposit_needs_final_payment",
                "enrolment_after_start"
            ]
        );
    }

    #[test]
    fn a_phase_within_a_skipped_hour_is_empty() {
        let local = [LocalPhase {
            name: PhaseName::parse("main").expect("a name"),
            from: "2026-03-08T02:00:00".parse().expect("a time"),
            to: "2026-03-08T03:00:00".parse().expect("a time"),
        }];
        let refused = windows(&local, Milestones::default(), chrono_tz::America::New_York)
            .expect_err("refused");
        assert_eq!(refused.field_errors()[0].code, "phase_empty");
    }
}
