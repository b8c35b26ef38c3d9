//! The life of a promotion: draft → proposed → scheduled → running → ended → settled; cancelled.
//! People propose, schedule and cancel; the clock runs, ends and settles.

use chrono::DateTime;
use chrono::Utc;

use crate::kernel::problem::Refused;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::PhaseWindow;
use crate::words;

words! {
    /// Where a promotion stands.
    pub enum PromotionState {
        /// Being written; may be changed.
        Draft = "draft",
        /// Before the members.
        Proposed = "proposed",
        /// Decided and published.
        Scheduled = "scheduled",
        /// The sale is on.
        Running = "running",
        /// The sale is over.
        Ended = "ended",
        /// The settlement is over.
        Settled = "settled",
        /// Will not take place.
        Cancelled = "cancelled",
    }
}

words! {
    /// What people do to a promotion.
    pub enum PromotionEvent {
        /// Its content.
        Change = "change",
        /// Put it before the members.
        Propose = "propose",
        /// Publish it.
        Schedule = "schedule",
        /// Move it to another day.
        ReDate = "re-date",
        /// Call it off.
        Cancel = "cancel",
    }
}

impl PromotionState {
    /// The state after `event`. A new date leaves the state as it is.
    ///
    /// # Errors
    /// `illegal_transition` with the events that are possible.
    pub fn after(self, event: PromotionEvent) -> Result<Self, Refused> {
        self.next(event).ok_or_else(|| {
            let allowed: Vec<&str> = PromotionEvent::ALL
                .iter()
                .filter(|event| self.next(**event).is_some())
                .map(|event| event.as_str())
                .collect();
            Refused::illegal_transition(self.as_str(), event.as_str(), &allowed)
        })
    }

    const fn next(self, event: PromotionEvent) -> Option<Self> {
        use PromotionEvent as E;
        match (self, event) {
            (Self::Draft, E::Change) => Some(Self::Draft),
            (Self::Draft, E::Propose) => Some(Self::Proposed),
            (Self::Proposed, E::Schedule) => Some(Self::Scheduled),
            (Self::Draft | Self::Proposed | Self::Scheduled, E::ReDate) => Some(self),
            (Self::Draft | Self::Proposed | Self::Scheduled | Self::Running, E::Cancel) => {
                Some(Self::Cancelled)
            }
            _ => None,
        }
    }

    /// The state that the clock says, whatever was missed meanwhile.
    pub fn as_of(self, turns: Turns, now: DateTime<Utc>) -> Self {
        match self {
            Self::Scheduled | Self::Running | Self::Ended => turns.state(now),
            Self::Draft | Self::Proposed | Self::Settled | Self::Cancelled => self,
        }
    }
}

/// The instants at which the clock changes a published promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// The first sale begins.
    pub main_from: DateTime<Utc>,
    /// The last sale is over.
    pub main_to: DateTime<Utc>,
    /// The settlement is over; a promotion without one stays ended.
    pub settles_at: Option<DateTime<Utc>>,
}

impl Turns {
    /// Read from the phases; `None` where nothing is sold.
    pub fn of(windows: &[PhaseWindow<PhaseName>]) -> Option<Self> {
        let of_kind = |kind| move |window: &&PhaseWindow<PhaseName>| window.name.kind == kind;
        let main = || windows.iter().filter(of_kind(PhaseKind::Main));
        let settlement = windows.iter().filter(of_kind(PhaseKind::Settlement));
        let main_to = main().map(|window| window.end).max()?;
        Some(Self {
            main_from: main().map(|window| window.start).min()?,
            main_to,
            settles_at: settlement.map(|window| window.end.max(main_to)).max(),
        })
    }

    fn state(self, now: DateTime<Utc>) -> PromotionState {
        if now < self.main_from {
            PromotionState::Scheduled
        } else if now < self.main_to {
            PromotionState::Running
        } else if self.settles_at.is_some_and(|settles| settles <= now) {
            PromotionState::Settled
        } else {
            PromotionState::Ended
        }
    }

    /// When the clock changes a promotion in `state` next.
    pub fn next(self, state: PromotionState) -> Option<DateTime<Utc>> {
        match state {
            PromotionState::Scheduled => Some(self.main_from),
            PromotionState::Running => Some(self.main_to),
            PromotionState::Ended => self.settles_at,
            PromotionState::Draft
            | PromotionState::Proposed
            | PromotionState::Settled
            | PromotionState::Cancelled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    #[test]
    fn every_state_takes_exactly_its_events() {
        let legal = |state: &PromotionState| {
            let events = PromotionEvent::ALL.iter();
            events.filter(|e| state.after(**e).is_ok()).count()
        };
        let counts: Vec<usize> = PromotionState::ALL.iter().map(legal).collect();
        assert_eq!(counts, [4, 3, 2, 1, 0, 0, 0]);
    }

    #[test]
    fn the_clock_alone_runs_ends_and_settles_and_skips_what_was_missed() {
        let turns = Turns {
            main_from: at(10),
            main_to: at(20),
            settles_at: Some(at(30)),
        };
        let states = [9, 10, 19, 20, 29, 30].map(|h| PromotionState::Scheduled.as_of(turns, at(h)));
        use PromotionState as S;
        assert_eq!(
            states,
            [
                S::Scheduled,
                S::Running,
                S::Running,
                S::Ended,
                S::Ended,
                S::Settled
            ]
        );
        let unsettled = Turns {
            settles_at: None,
            ..turns
        };
        assert_eq!(S::Scheduled.as_of(unsettled, at(99)), S::Ended);
        assert_eq!(S::Draft.as_of(turns, at(99)), S::Draft);
        assert_eq!(S::Cancelled.as_of(turns, at(15)), S::Cancelled);
    }

    #[test]
    fn each_state_waits_for_the_instant_at_which_it_ends() {
        let turns = Turns {
            main_from: at(10),
            main_to: at(20),
            settles_at: Some(at(30)),
        };
        for state in PromotionState::ALL {
            let Some(change) = turns.next(*state) else {
                continue;
            };
            let before = change - chrono::TimeDelta::milliseconds(1);
            assert_eq!(state.as_of(turns, before), *state);
            assert_ne!(state.as_of(turns, change), *state);
        }
    }
}
