//! Planning back: from the main day to everything that has to happen before and after it, and what of
//! that is too late already.
//!
//! Order of the steps: members decide before they are called to enrol; they pay, and manufacturers are
//! bound to their prices, before enrolment closes; goods need their time before the first customer.

use chrono::DateTime;
use chrono::Days;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono::Utc;
use chrono_tz::Tz;

use crate::promotions::domain::local_time;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::refusal::CalendarRefused;

crate::words! {
    /// What has to happen.
    pub enum Step {
        /// The promotion is put before the members.
        Propose = "propose",
        /// Voting begins.
        BallotOpens = "ballot_opens",
        /// The decision: before members are called to enrol.
        BallotCloses = "ballot_closes",
        /// Levy notices go out.
        LevyIssued = "levy_issued",
        /// Manufacturers are asked for quotes.
        TenderOpens = "tender_opens",
        /// Members are told and called to enrol.
        EnrolmentMail = "enrolment_mail",
        /// Members may enrol.
        EnrolmentOpens = "enrolment_opens",
        /// Prices are fixed: quotes are opened and do not change any more.
        QuoteLock = "quote_lock",
        /// Members who have not answered are reminded.
        EnrolmentReminder = "enrolment_reminder",
        /// The levy has to be paid.
        LevyDue = "levy_due",
        /// Nobody enrols any more.
        EnrolmentCloses = "enrolment_closes",
        /// Goods are ordered, so that they are there for the first customer.
        OrdersPlaced = "orders_placed",
        /// Customers hear of it.
        AnnouncementMail = "announcement_mail",
        /// The first customer may come.
        FirstSale = "first_sale",
        /// The sale is over.
        SaleEnds = "sale_ends",
        /// Returns are over.
        ReturnsEnd = "returns_end",
        /// The fund is settled.
        Settlement = "settlement",
    }
}

/// How much time the steps need, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leads {
    /// From the proposal to the opening of the ballot.
    pub notice: u64,
    /// The ballot is open.
    pub vote: u64,
    /// From the notice of a levy to its due day.
    pub payment: u64,
    /// The tender is open.
    pub tender: u64,
    /// From the order to the shop.
    pub delivery: u64,
    /// From the announcement to the first sale.
    pub announcement: u64,
}

impl Leads {
    /// What is usual where nothing else is said.
    pub const USUAL: Self = Self {
        notice: 3,
        vote: 7,
        payment: 14,
        tender: 14,
        delivery: 14,
        announcement: 3,
    };
}

/// One step of a timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    pub step: Step,
    /// When, on the clocks of the zone.
    pub local: NaiveDateTime,
    pub at: DateTime<Utc>,
    /// It should have happened already.
    pub too_late: bool,
}

/// A timetable, in the order of its steps' times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timetable {
    pub milestones: Vec<Milestone>,
    /// The last moment at which everything can still be in time: the first step's.
    pub start_by: Option<DateTime<Utc>>,
}

/// The timetable of a promotion with these phases, as seen at `now`. What has no phase is left out.
///
/// # Errors
/// `TimeOutOfRange` at the ends of the calendar.
pub fn plan(
    phases: &[LocalPhase<PhaseName>],
    zone: Tz,
    leads: Leads,
    now: DateTime<Utc>,
) -> Result<Timetable, CalendarRefused> {
    let mut milestones = Vec::new();
    for (step, local) in steps(phases, leads)? {
        let at = local_time::instant(local, zone)?.0;
        milestones.push(Milestone {
            step,
            local,
            at,
            too_late: at < now,
        });
    }
    milestones.sort_by_key(|milestone| (milestone.at, milestone.step));
    Ok(Timetable {
        start_by: milestones.first().map(|milestone| milestone.at),
        milestones,
    })
}

/// The earliest beginning and the latest end of the phases of some kinds.
fn span(
    phases: &[LocalPhase<PhaseName>],
    kinds: &[PhaseKind],
) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let of = || {
        phases
            .iter()
            .filter(|phase| kinds.contains(&phase.name.kind))
    };
    Some((
        of().map(|phase| phase.from).min()?,
        of().map(|phase| phase.to).max()?,
    ))
}

fn steps(
    phases: &[LocalPhase<PhaseName>],
    leads: Leads,
) -> Result<Vec<(Step, NaiveDateTime)>, CalendarRefused> {
    let before = |time: NaiveDateTime, days: u64| {
        time.checked_sub_days(Days::new(days))
            .ok_or_else(|| local_time::out_of_range(time))
    };
    let mut steps = Vec::new();
    let customers = [
        PhaseKind::Deposit,
        PhaseKind::Warmup,
        PhaseKind::FinalPayment,
        PhaseKind::Main,
    ];
    let sale = span(phases, &[PhaseKind::Main]);
    let first = span(phases, &customers).or(sale).map(|(from, _)| from);
    let enrolment = span(phases, &[PhaseKind::Enrolment]);
    let closes = enrolment.map(|(_, to)| to).or(first);
    let opens = enrolment.map(|(from, _)| from).or(closes);
    if let (Some(opens), Some(closes)) = (opens, closes) {
        let decided = before(opens, 1)?;
        let ballot = before(decided, leads.vote)?;
        steps.push((Step::Propose, before(ballot, leads.notice)?));
        steps.push((Step::BallotOpens, ballot));
        steps.push((Step::BallotCloses, decided));
        let due = before(closes, 1)?;
        // Nobody is billed for what is not decided.
        steps.push((Step::LevyIssued, before(due, leads.payment)?.max(decided)));
        steps.push((Step::LevyDue, due));
        let lock = before(closes, 2)?;
        steps.push((Step::TenderOpens, before(lock, leads.tender)?));
        steps.push((Step::QuoteLock, lock));
        if enrolment.is_some() {
            steps.push((Step::EnrolmentMail, opens));
            steps.push((Step::EnrolmentOpens, opens));
            steps.push((Step::EnrolmentReminder, before(closes, 2)?.max(opens)));
            steps.push((Step::EnrolmentCloses, closes));
        }
    }
    if let (Some((from, to)), Some(first)) = (sale, first) {
        steps.push((Step::OrdersPlaced, before(from, leads.delivery)?));
        steps.push((Step::AnnouncementMail, before(first, leads.announcement)?));
        steps.push((Step::FirstSale, from));
        steps.push((Step::SaleEnds, to));
    }
    if let Some((_, to)) = span(phases, &[PhaseKind::Returns]) {
        steps.push((Step::ReturnsEnd, to));
    }
    if let Some((_, to)) = span(phases, &[PhaseKind::Settlement]) {
        steps.push((Step::Settlement, to));
    }
    Ok(steps)
}

/// By how much a step is late, in whole seconds.
pub fn late_by(milestone: &Milestone, now: DateTime<Utc>) -> Option<i64> {
    let late: TimeDelta = now - milestone.at;
    milestone.too_late.then(|| late.num_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotions::domain::templates::Template;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    fn planned(template: Template, day: &str, now: &str) -> Timetable {
        let phases = template
            .around(day.parse().expect("a date"))
            .expect("in range");
        plan(&phases, chrono_tz::Asia::Shanghai, Leads::USUAL, at(now)).expect("planned")
    }

    fn shown(timetable: &Timetable) -> Vec<String> {
        let milestones = timetable.milestones.iter();
        milestones
            .map(|m| format!("{} {}", m.step, m.local))
            .collect()
    }

    #[test]
    fn the_whole_way_to_a_single_day_is_planned_back() {
        let timetable = planned(Template::OneDay, "2026-12-12", "2026-11-01T00:00:00Z");
        assert_eq!(
            shown(&timetable),
            [
                "propose 2026-11-03 12:00:00",
                "ballot_opens 2026-11-06 12:00:00",
                "tender_opens 2026-11-12 00:00:00",
                "ballot_closes 2026-11-13 12:00:00",
                "levy_issued 2026-11-13 12:00:00",
                "enrolment_mail 2026-11-14 12:00:00",
                "enrolment_opens 2026-11-14 12:00:00",
                "quote_lock 2026-11-26 00:00:00",
                "enrolment_reminder 2026-11-26 00:00:00",
                "levy_due 2026-11-27 00:00:00",
                "enrolment_closes 2026-11-28 00:00:00",
                "orders_placed 2026-11-28 00:00:00",
                "announcement_mail 2026-12-06 00:00:00",
                "first_sale 2026-12-12 00:00:00",
                "sale_ends 2026-12-13 00:00:00",
                "returns_end 2026-12-20 00:00:00",
                "settlement 2026-12-27 00:00:00",
            ]
        );
        assert_eq!(timetable.start_by, Some(at("2026-11-03T04:00:00Z")));
        assert!(timetable.milestones.iter().all(|m| !m.too_late));
    }

    #[test]
    fn what_should_have_happened_is_too_late_and_nothing_else() {
        let now = "2026-11-13T04:00:00Z";
        let timetable = planned(Template::OneDay, "2026-12-12", now);
        let late: Vec<Step> = timetable
            .milestones
            .iter()
            .filter(|m| m.too_late)
            .map(|m| m.step)
            .collect();
        assert_eq!(late, [Step::Propose, Step::BallotOpens, Step::TenderOpens]);
        let first = &timetable.milestones[0];
        assert_eq!(late_by(first, at(now)), Some(10 * 86_400));
        assert_eq!(
            late_by(&timetable.milestones[3], at(now)),
            None,
            "on the moment is in time"
        );
    }

    #[test]
    fn every_template_keeps_the_order_of_steps() {
        for template in Template::ALL {
            let timetable = planned(*template, "2027-06-18", "2026-01-01T00:00:00Z");
            let when = |step: Step| {
                let found = timetable.milestones.iter().find(|m| m.step == step);
                found.unwrap_or_else(|| panic!("{template}: no {step}")).at
            };
            for (earlier, later) in [
                (Step::Propose, Step::BallotOpens),
                (Step::BallotOpens, Step::BallotCloses),
                (Step::BallotCloses, Step::EnrolmentOpens),
                (Step::LevyIssued, Step::LevyDue),
                (Step::LevyDue, Step::EnrolmentCloses),
                (Step::TenderOpens, Step::QuoteLock),
                (Step::QuoteLock, Step::EnrolmentCloses),
                (Step::OrdersPlaced, Step::FirstSale),
                (Step::FirstSale, Step::SaleEnds),
                (Step::SaleEnds, Step::Settlement),
            ] {
                assert!(
                    when(earlier) <= when(later),
                    "{template}: {earlier} after {later}"
                );
            }
        }
    }

    #[test]
    fn a_sale_without_enrolment_still_has_its_decision_and_its_orders() {
        let phases = [LocalPhase {
            name: PhaseName::parse("main").expect("a name"),
            from: "2026-12-12T00:00:00".parse().expect("a time"),
            to: "2026-12-13T00:00:00".parse().expect("a time"),
        }];
        let zone = chrono_tz::Europe::Berlin;
        let timetable =
            plan(&phases, zone, Leads::USUAL, at("2026-01-01T00:00:00Z")).expect("planned");
        let steps: Vec<Step> = timetable.milestones.iter().map(|m| m.step).collect();
        assert!(steps.contains(&Step::BallotCloses) && steps.contains(&Step::OrdersPlaced));
        assert!(!steps.contains(&Step::EnrolmentMail) && !steps.contains(&Step::Settlement));
    }
}
