//! The phases of a promotion: templates that place them around the main day, their instants, and
//! the order that they have to keep.

use crate::promotions::domain::local_time;
use crate::promotions::domain::refusal::CalendarRefused;
use crate::words;
use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeDelta;
use chrono::Utc;
use chrono_tz::Tz;
use std::collections::BTreeSet;

words! {
    /// What happens in a phase.
    pub enum PhaseKind {
        Enrolment = "enrolment",
        ItemEnrolment = "item_enrolment",
        Deposit = "deposit",
        Warmup = "warmup",
        FinalPayment = "final_payment",
        Main = "main",
        Returns = "returns",
        Settlement = "settlement",
    }
}

words! {
    /// A condition that a set of phases breaks.
    pub enum PhaseFault {
        /// The name is no kind of phase, with or without a wave.
        Unknown = "phase_unknown",
        /// It ends when or before it begins.
        Empty = "phase_empty",
        /// Nothing is sold.
        MainMissing = "main_missing",
        /// A wave takes deposits and never the rest.
        DepositAlone = "deposit_needs_final_payment",
        /// A wave takes the rest of deposits that it never took.
        FinalPaymentAlone = "final_payment_needs_deposit",
        /// The rest is due while deposits are still open.
        FinalPaymentEarly = "final_payment_before_deposit_end",
        /// Enrolment is still open when something has begun.
        EnrolmentLate = "enrolment_after_start",
        /// Returns begin while the sale is on.
        ReturnsEarly = "returns_before_main_end",
        /// The vote ends after enrolment does.
        VoteLate = "vote_after_enrolment",
        /// The levy is due after enrolment ends.
        LevyLate = "levy_due_after_enrolment",
    }
}

/// A phase's name: a kind, and the wave it belongs to: `main`, or `w2_main`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhaseName {
    /// `None` for the phases of a promotion with a single wave.
    pub wave: Option<u8>,
    /// What happens in it.
    pub kind: PhaseKind,
}

impl PhaseName {
    /// Reads `main` or `w2_main`.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(kind) = PhaseKind::parse(name) {
            return Some(Self { wave: None, kind });
        }
        let (wave, kind) = name.strip_prefix('w')?.split_once('_')?;
        let plain = wave.bytes().all(|b| b.is_ascii_digit());
        Some(Self {
            wave: Some(wave.parse().ok().filter(|_| plain)?),
            kind: PhaseKind::parse(kind)?,
        })
    }
}

impl std::fmt::Display for PhaseName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.wave {
            Some(wave) => write!(f, "w{wave}_{}", self.kind),
            None => self.kind.fmt(f),
        }
    }
}

/// A half-open window of local time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalPhase<N> {
    /// Its name.
    pub name: N,
    /// First moment.
    pub from: NaiveDateTime,
    /// First moment after it.
    pub to: NaiveDateTime,
}

/// A half-open window of instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseWindow<N> {
    /// Its name.
    pub name: N,
    /// First instant.
    pub start: DateTime<Utc>,
    /// First instant after it.
    pub end: DateTime<Utc>,
}

/// A local time relative to the main day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateTime {
    /// Days after the main day; negative before it.
    pub day: i32,
    /// Local time of day.
    pub time: NaiveTime,
}

impl TemplateTime {
    /// The local time around this main day.
    ///
    /// # Errors
    /// `TimeOutOfRange` at the ends of the calendar.
    pub fn around(self, main_day: NaiveDate) -> Result<NaiveDateTime, CalendarRefused> {
        main_day
            .checked_add_signed(TimeDelta::days(i64::from(self.day)))
            .map(|day| day.and_time(self.time))
            .ok_or_else(|| local_time::out_of_range(main_day.and_time(self.time)))
    }
}

/// The instants of a phase in a zone; see [`local_time::instant`] for changes of the clocks.
///
/// # Errors
/// `TimeOutOfRange` at the ends of the calendar.
pub fn window<N: Clone>(phase: &LocalPhase<N>, tz: Tz) -> Result<PhaseWindow<N>, CalendarRefused> {
    Ok(PhaseWindow {
        name: phase.name.clone(),
        start: local_time::instant(phase.from, tz)?.0,
        end: local_time::instant(phase.to, tz)?.0,
    })
}

/// Dates outside the phases that have to come before enrolment closes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Milestones {
    /// When the vote on the promotion closes.
    pub vote_closes: Option<NaiveDateTime>,
    /// When the levy for it is due.
    pub levy_due: Option<NaiveDateTime>,
}

/// A broken condition, and the phase (by its place in the list) if it is one phase's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseError {
    /// The condition.
    pub fault: PhaseFault,
    /// The phase's place in the list.
    pub phase: Option<usize>,
}

/// Everything that is wrong with a set of phases; nothing if they may be used.
///
/// Pairs of deposit and final payment, and returns after the sale, are checked wave by wave.
/// What has no wave belongs to all: such an enrolment closes before anything starts, and such
/// returns begin after the last sale.
pub fn faults(phases: &[LocalPhase<PhaseName>], milestones: Milestones) -> Vec<PhaseError> {
    let empty = |(index, phase): (usize, &LocalPhase<PhaseName>)| {
        (phase.from >= phase.to).then_some(PhaseError {
            fault: PhaseFault::Empty,
            phase: Some(index),
        })
    };
    let mut errors: Vec<PhaseError> = phases.iter().enumerate().filter_map(empty).collect();
    let mut broken = BTreeSet::new();
    if !phases
        .iter()
        .any(|phase| phase.name.kind == PhaseKind::Main)
    {
        broken.insert(PhaseFault::MainMissing);
    }
    let waves: BTreeSet<Option<u8>> = phases.iter().map(|phase| phase.name.wave).collect();
    for wave in waves {
        broken.extend(wave_faults(phases, wave));
    }
    broken.extend(milestone_faults(phases, milestones));
    errors.extend(
        broken
            .into_iter()
            .map(|fault| PhaseError { fault, phase: None }),
    );
    errors
}

fn wave_faults(phases: &[LocalPhase<PhaseName>], wave: Option<u8>) -> Vec<PhaseFault> {
    let in_wave = |phase: &&LocalPhase<PhaseName>| phase.name.wave == wave;
    let starts = |kind| {
        let of_kind = phases
            .iter()
            .filter(in_wave)
            .filter(move |p| p.name.kind == kind);
        of_kind.map(|phase| phase.from).min()
    };
    let ends = |kind| {
        let of_kind = phases
            .iter()
            .filter(in_wave)
            .filter(move |p| p.name.kind == kind);
        of_kind.map(|phase| phase.to).max()
    };
    let mut faults = Vec::new();
    match (ends(PhaseKind::Deposit), starts(PhaseKind::FinalPayment)) {
        (Some(_), None) => faults.push(PhaseFault::DepositAlone),
        (None, Some(_)) => faults.push(PhaseFault::FinalPaymentAlone),
        (Some(closes), Some(due)) if due < closes => faults.push(PhaseFault::FinalPaymentEarly),
        _ => {}
    }
    let of_sale = |phase: &&LocalPhase<PhaseName>| wave.is_none() || phase.name.wave == wave;
    let first_start = phases
        .iter()
        .filter(of_sale)
        .filter(|phase| phase.name.kind != PhaseKind::Enrolment)
        .map(|phase| phase.from)
        .min();
    let sale_ends = phases
        .iter()
        .filter(of_sale)
        .filter(|phase| phase.name.kind == PhaseKind::Main)
        .map(|phase| phase.to)
        .max();
    if later(ends(PhaseKind::Enrolment), first_start) {
        faults.push(PhaseFault::EnrolmentLate);
    }
    if later(sale_ends, starts(PhaseKind::Returns)) {
        faults.push(PhaseFault::ReturnsEarly);
    }
    faults
}

fn milestone_faults(phases: &[LocalPhase<PhaseName>], milestones: Milestones) -> Vec<PhaseFault> {
    let enrolment_closes = phases
        .iter()
        .filter(|phase| phase.name.kind == PhaseKind::Enrolment)
        .map(|phase| phase.to)
        .min();
    let mut faults = Vec::new();
    if later(milestones.vote_closes, enrolment_closes) {
        faults.push(PhaseFault::VoteLate);
    }
    if later(milestones.levy_due, enrolment_closes) {
        faults.push(PhaseFault::LevyLate);
    }
    faults
}

/// Both are known, and the first is later.
fn later(first: Option<NaiveDateTime>, second: Option<NaiveDateTime>) -> bool {
    matches!((first, second), (Some(first), Some(second)) if first > second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phase(name: &str, from: &str, to: &str) -> LocalPhase<PhaseName> {
        let at = |text: &str| format!("{text}:00:00").parse().expect("a time");
        LocalPhase {
            name: PhaseName::parse(name).expect("a name"),
            from: at(from),
            to: at(to),
        }
    }

    fn faults_of(phases: &[LocalPhase<PhaseName>]) -> Vec<PhaseFault> {
        let found = faults(phases, Milestones::default());
        found.into_iter().map(|error| error.fault).collect()
    }

    #[test]
    fn a_name_is_a_kind_with_or_without_a_wave() {
        let two = PhaseName {
            wave: Some(2),
            kind: PhaseKind::FinalPayment,
        };
        assert_eq!(PhaseName::parse("w2_final_payment"), Some(two));
        for bad in [
            "w_main",
            "w+2_main",
            "x2_main",
            "w2_",
            "w2main",
            "w300_main",
            "",
        ] {
            assert_eq!(PhaseName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn waves_are_paired_each_for_itself() {
        let two_waves = [
            phase("w1_deposit", "2021-10-21T00", "2021-10-31T22"),
            phase("w1_final_payment", "2021-11-01T00", "2021-11-04T00"),
            phase("w2_deposit", "2021-11-04T00", "2021-11-10T22"),
            phase("w2_final_payment", "2021-11-11T00", "2021-11-12T00"),
            phase("w2_main", "2021-11-11T00", "2021-11-12T00"),
        ];
        assert_eq!(faults_of(&two_waves), []);
        assert_eq!(faults_of(&two_waves[2..]), []);
        let missing = [
            two_waves[0].clone(),
            two_waves[3].clone(),
            two_waves[4].clone(),
        ];
        let expected = [PhaseFault::DepositAlone, PhaseFault::FinalPaymentAlone];
        assert_eq!(faults_of(&missing), expected);
    }

    #[test]
    fn returns_begin_when_the_sale_is_over() {
        let main = phase("main", "2026-11-11T00", "2026-11-12T00");
        let early = phase("returns", "2026-11-11T23", "2026-11-20T00");
        let on_time = phase("returns", "2026-11-12T00", "2026-11-20T00");
        assert_eq!(
            faults_of(&[main.clone(), early]),
            [PhaseFault::ReturnsEarly]
        );
        assert_eq!(faults_of(&[main, on_time]), []);
    }

    #[test]
    fn vote_and_levy_come_before_enrolment_closes() {
        let phases = [
            phase("enrolment", "2026-09-01T00", "2026-09-10T00"),
            phase("main", "2026-11-11T00", "2026-11-12T00"),
        ];
        let at = |text: &str| Some(text.parse().expect("a time"));
        let milestones = Milestones {
            vote_closes: at("2026-09-10T00:00:00"),
            levy_due: at("2026-09-10T00:00:01"),
        };
        let found = faults(&phases, milestones);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].fault, PhaseFault::LevyLate);
    }
}
