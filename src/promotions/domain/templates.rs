//! The shapes of well-known sales, as days and local times around the main day.
//!
//! Double Eleven is laid out as the large marketplaces published it for 2021: two waves, deposits
//! that close at 22:00, final payments from 00:30. The others follow its pattern.

use chrono::NaiveDate;
use chrono::NaiveTime;

use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::TemplateTime;
use crate::promotions::domain::refusal::CalendarRefused;
use crate::promotions::domain::terms::Exclusion;
use crate::words;

words! {
    /// A ready-made layout of phases.
    pub enum Template {
        /// Two waves with deposits, the second on the main day.
        DoubleEleven = "double_eleven",
        /// A wave with deposits from 20:00, and the main days.
        SixEighteen = "618",
        /// Goods for the feast in the weeks before, and the holiday week.
        SpringFestival = "spring_festival",
        /// The main day alone.
        OneDay = "one_day",
    }
}

/// Wave (0: none), kind, and first and last end as (day, hour, minute).
type Row = (u8, PhaseKind, (i32, u32, u32), (i32, u32, u32));

use PhaseKind as P;

const DOUBLE_ELEVEN: &[Row] = &[
    (0, P::Enrolment, (-55, 12, 0), (-47, 0, 0)),
    (0, P::ItemEnrolment, (-45, 12, 0), (-13, 0, 0)),
    (1, P::Deposit, (-21, 0, 0), (-11, 22, 0)),
    (1, P::Warmup, (-13, 0, 0), (-10, 0, 0)),
    (1, P::FinalPayment, (-10, 0, 30), (-7, 0, 0)),
    (1, P::Main, (-10, 0, 0), (-7, 0, 0)),
    (2, P::Deposit, (-7, 0, 0), (-1, 22, 0)),
    (2, P::Warmup, (-5, 0, 0), (0, 0, 0)),
    (2, P::FinalPayment, (0, 0, 30), (1, 0, 0)),
    (2, P::Main, (0, 0, 0), (1, 0, 0)),
    (0, P::Returns, (1, 0, 0), (16, 0, 0)),
    (0, P::Settlement, (16, 0, 0), (31, 0, 0)),
];

const SIX_EIGHTEEN: &[Row] = &[
    (0, P::Enrolment, (-45, 12, 0), (-36, 0, 0)),
    (0, P::ItemEnrolment, (-35, 12, 0), (-25, 0, 0)),
    (1, P::Deposit, (-23, 20, 0), (-18, 18, 0)),
    (1, P::FinalPayment, (-18, 20, 0), (-14, 0, 0)),
    (1, P::Main, (-18, 20, 0), (-14, 0, 0)),
    (2, P::Warmup, (-5, 0, 0), (-3, 20, 0)),
    (2, P::Main, (-3, 20, 0), (3, 0, 0)),
    (0, P::Returns, (3, 0, 0), (18, 0, 0)),
    (0, P::Settlement, (18, 0, 0), (33, 0, 0)),
];

const SPRING_FESTIVAL: &[Row] = &[
    (0, P::Enrolment, (-55, 12, 0), (-40, 0, 0)),
    (0, P::ItemEnrolment, (-39, 12, 0), (-28, 0, 0)),
    (1, P::Warmup, (-28, 0, 0), (-24, 0, 0)),
    (1, P::Main, (-24, 0, 0), (-10, 0, 0)),
    (2, P::Warmup, (-3, 0, 0), (0, 0, 0)),
    (2, P::Main, (0, 0, 0), (7, 0, 0)),
    (0, P::Returns, (7, 0, 0), (22, 0, 0)),
    (0, P::Settlement, (22, 0, 0), (37, 0, 0)),
];

const ONE_DAY: &[Row] = &[
    (0, P::Enrolment, (-28, 12, 0), (-14, 0, 0)),
    (0, P::Warmup, (-3, 0, 0), (0, 0, 0)),
    (0, P::Main, (0, 0, 0), (1, 0, 0)),
    (0, P::Returns, (1, 0, 0), (8, 0, 0)),
    (0, P::Settlement, (8, 0, 0), (15, 0, 0)),
];

impl Template {
    /// The layout that a festival is known for.
    pub fn of_festival(festival: Option<&str>) -> Self {
        match festival {
            Some("double_eleven") => Self::DoubleEleven,
            Some("six_eighteen") => Self::SixEighteen,
            Some("spring_festival") => Self::SpringFestival,
            _ => Self::OneDay,
        }
    }

    /// Its phases, relative to the main day.
    pub fn layout(self) -> Vec<(PhaseName, TemplateTime, TemplateTime)> {
        let part = |(wave, kind, from, to): &Row| (name(*wave, *kind), moment(*from), moment(*to));
        self.rows().iter().map(part).collect()
    }

    /// The phases that one product cannot both be in: stock sold at once in the first wave cannot be sold
    /// against a deposit for the second.
    pub fn exclusions(self) -> Vec<Exclusion> {
        if self != Self::DoubleEleven {
            return Vec::new();
        }
        vec![Exclusion {
            a: "w1_main".to_owned(),
            b: "w2_deposit".to_owned(),
        }]
    }

    const fn rows(self) -> &'static [Row] {
        match self {
            Self::DoubleEleven => DOUBLE_ELEVEN,
            Self::SixEighteen => SIX_EIGHTEEN,
            Self::SpringFestival => SPRING_FESTIVAL,
            Self::OneDay => ONE_DAY,
        }
    }

    /// The phases around a main day, in local time.
    ///
    /// # Errors
    /// `TimeOutOfRange` at the ends of the calendar.
    pub fn around(
        self,
        main_day: NaiveDate,
    ) -> Result<Vec<LocalPhase<PhaseName>>, CalendarRefused> {
        let place = |(name, from, to): (PhaseName, TemplateTime, TemplateTime)| {
            Ok(LocalPhase {
                name,
                from: from.around(main_day)?,
                to: to.around(main_day)?,
            })
        };
        self.layout().into_iter().map(place).collect()
    }
}

fn name(wave: u8, kind: PhaseKind) -> PhaseName {
    PhaseName {
        wave: (wave > 0).then_some(wave),
        kind,
    }
}

fn moment((day, hour, minute): (i32, u32, u32)) -> TemplateTime {
    let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or(NaiveTime::MIN);
    TemplateTime { day, time }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotions::domain::phases::Milestones;
    use crate::promotions::domain::phases::faults;
    use crate::promotions::domain::terms::Terms;

    #[test]
    fn every_template_keeps_the_order_of_phases() {
        let day = "2026-11-11".parse().expect("a date");
        for template in Template::ALL {
            let phases = template.around(day).expect("in range");
            assert_eq!(faults(&phases, Milestones::default()), [], "{template}");
            let sells = |phase: &LocalPhase<PhaseName>| {
                phase.name.kind == P::Main
                    && phase.from <= day.and_time(NaiveTime::MIN)
                    && day.and_time(NaiveTime::MIN) < phase.to
            };
            assert!(phases.iter().any(sells), "{template} sells on its main day");
            let terms = Terms {
                exclusions: template.exclusions(),
                ..Terms::default()
            };
            assert_eq!(terms.faults(&phases), [], "{template}");
        }
    }

    #[test]
    fn double_eleven_falls_as_it_did_in_2021() {
        let phases = Template::DoubleEleven
            .around("2021-11-11".parse().expect("a date"))
            .expect("in range");
        let shown: Vec<String> = phases
            .iter()
            .map(|p| format!("{} {} {}", p.name, p.from, p.to))
            .collect();
        for line in [
            "enrolment 2021-09-17 12:00:00 2021-09-25 00:00:00",
            "w1_deposit 2021-10-21 00:00:00 2021-10-31 22:00:00",
            "w1_final_payment 2021-11-01 00:30:00 2021-11-04 00:00:00",
            "w2_deposit 2021-11-04 00:00:00 2021-11-10 22:00:00",
            "w2_main 2021-11-11 00:00:00 2021-11-12 00:00:00",
        ] {
            assert!(shown.iter().any(|s| s == line), "{line} in {shown:#?}");
        }
    }
}
