//! Enrolment: the window in which members join, and what becomes of a request to join.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Map;
use serde_json::Value;

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::phases::PhaseWindow;
use crate::promotions::problems;
use crate::words;

words! {
    /// Where an enrolment stands.
    pub enum EnrolmentState {
        /// Waits for the organizers.
        Pending = "pending",
        /// Takes part.
        Approved = "approved",
        /// Turned down.
        Rejected = "rejected",
        /// Taken back by the member.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// What can happen to an enrolment.
    pub enum EnrolmentEvent {
        /// An organizer takes it.
        Approve = "approve",
        /// An organizer turns it down.
        Reject = "reject",
        /// The member takes it back.
        Withdraw = "withdraw",
    }
}

impl EnrolmentState {
    /// The state after `event`.
    ///
    /// # Errors
    /// `illegal_transition` with the events that are possible.
    pub fn after(self, event: EnrolmentEvent) -> Result<Self, Refused> {
        self.next(event).ok_or_else(|| {
            let allowed: Vec<&str> = EnrolmentEvent::ALL
                .iter()
                .filter(|event| self.next(**event).is_some())
                .map(|event| event.as_str())
                .collect();
            Refused::illegal_transition(self.as_str(), event.as_str(), &allowed)
        })
    }

    const fn next(self, event: EnrolmentEvent) -> Option<Self> {
        use EnrolmentEvent as E;
        match (self, event) {
            (Self::Pending, E::Approve) => Some(Self::Approved),
            (Self::Pending, E::Reject) => Some(Self::Rejected),
            (Self::Pending | Self::Approved, E::Withdraw) => Some(Self::Withdrawn),
            _ => None,
        }
    }

    /// Whether it takes a place.
    pub const fn holds_place(self) -> bool {
        matches!(self, Self::Pending | Self::Approved)
    }
}

/// Why nobody can enrol now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowRefused {
    /// The first window has not opened.
    #[error("Enrolment opens at {opens_at}.")]
    NotOpen { opens_at: Instant },
    /// The last window is over.
    #[error("Enrolment closed at {closes_at}.")]
    Closed { closes_at: Instant },
}

impl Refusal for WindowRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::NotOpen { .. } => &problems::ENROLMENT_NOT_OPEN,
            Self::Closed { .. } => &kinds::DEADLINE_PASSED,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let (key, at) = match self {
            Self::NotOpen { opens_at } => ("opens_at", opens_at),
            Self::Closed { closes_at } => ("closes_at", closes_at),
        };
        Map::from_iter([(key.to_owned(), Value::from(at.to_string()))])
    }
}

/// Passes an enrolment at `now`, and answers when that window closes. Without a phase of enrolment
/// members may join until anything begins.
///
/// # Errors
/// Before a window opens, and from the instant at which the last one closes.
pub fn open_until(
    windows: &[PhaseWindow<PhaseName>],
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, WindowRefused> {
    let enrolment = || {
        windows
            .iter()
            .filter(|window| window.name.kind == PhaseKind::Enrolment)
    };
    if let Some(open) = enrolment().find(|window| window.start <= now && now < window.end) {
        return Ok(open.end);
    }
    let ahead = enrolment()
        .map(|window| window.start)
        .filter(|start| now < *start);
    if let Some(opens) = ahead.min() {
        let opens_at = Instant::from_utc(opens);
        return Err(WindowRefused::NotOpen { opens_at });
    }
    let closes = match enrolment().map(|window| window.end).max() {
        Some(closed) => closed,
        None => first_start(windows).unwrap_or(now),
    };
    if now < closes {
        return Ok(closes);
    }
    let closes_at = Instant::from_utc(closes);
    Err(WindowRefused::Closed { closes_at })
}

/// Passes a change of products at `now`: while enrolment is open, or one of the windows for products.
///
/// # Errors
/// As [`open_until`], by the windows for products where enrolment itself has closed.
pub fn items_open(
    windows: &[PhaseWindow<PhaseName>],
    now: DateTime<Utc>,
) -> Result<(), WindowRefused> {
    if open_until(windows, now).is_ok() {
        return Ok(());
    }
    let items: Vec<PhaseWindow<PhaseName>> = windows
        .iter()
        .filter(|window| window.name.kind == PhaseKind::ItemEnrolment)
        .map(|window| PhaseWindow {
            name: PhaseName {
                wave: None,
                kind: PhaseKind::Enrolment,
            },
            start: window.start,
            end: window.end,
        })
        .collect();
    let windows = if items.is_empty() { windows } else { &items };
    open_until(windows, now).map(|_| ())
}

/// When the last window of enrolment closes; `None` without one.
pub fn closes(windows: &[PhaseWindow<PhaseName>]) -> Option<DateTime<Utc>> {
    let enrolment = windows
        .iter()
        .filter(|window| window.name.kind == PhaseKind::Enrolment);
    enrolment.map(|window| window.end).max()
}

/// When customers are first concerned: anything but the two enrolments begins.
pub fn first_start(windows: &[PhaseWindow<PhaseName>]) -> Option<DateTime<Utc>> {
    let inward = [PhaseKind::Enrolment, PhaseKind::ItemEnrolment];
    let outward = windows
        .iter()
        .filter(|window| !inward.contains(&window.name.kind));
    outward.map(|window| window.start).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    fn window(name: &str, from: i64, to: i64) -> PhaseWindow<PhaseName> {
        PhaseWindow {
            name: PhaseName::parse(name).expect("a name"),
            start: at(from),
            end: at(to),
        }
    }

    #[test]
    fn members_join_from_the_first_instant_to_before_the_last() {
        let windows = [window("enrolment", 10, 20), window("main", 30, 40)];
        let late = Err(WindowRefused::Closed {
            closes_at: Instant::from_utc(at(20)),
        });
        let early = Err(WindowRefused::NotOpen {
            opens_at: Instant::from_utc(at(10)),
        });
        let tick = chrono::TimeDelta::milliseconds(1);
        assert_eq!(open_until(&windows, at(10) - tick), early);
        assert_eq!(open_until(&windows, at(10)), Ok(at(20)));
        assert_eq!(open_until(&windows, at(20) - tick), Ok(at(20)));
        assert_eq!(open_until(&windows, at(20)), late);
    }

    #[test]
    fn between_two_windows_the_next_one_is_named() {
        let windows = [window("enrolment", 10, 20), window("enrolment", 24, 26)];
        let early = Err(WindowRefused::NotOpen {
            opens_at: Instant::from_utc(at(24)),
        });
        assert_eq!(open_until(&windows, at(22)), early);
    }

    #[test]
    fn without_a_window_members_join_until_something_begins() {
        let windows = [window("warmup", 25, 30), window("main", 30, 40)];
        assert_eq!(open_until(&windows, at(1)), Ok(at(25)));
        assert!(open_until(&windows, at(25)).is_err());
    }

    #[test]
    fn products_may_change_while_enrolment_or_a_window_for_products_is_open() {
        let windows = [
            window("enrolment", 10, 20),
            window("w1_item_enrolment", 24, 26),
            window("main", 30, 40),
        ];
        let open = [15, 22, 25, 27].map(|hour| items_open(&windows, at(hour)).is_ok());
        assert_eq!(open, [true, false, true, false]);
        let next = WindowRefused::NotOpen {
            opens_at: Instant::from_utc(at(24)),
        };
        assert_eq!(items_open(&windows, at(22)), Err(next));
        assert!(items_open(&windows[2..], at(29)).is_ok());
    }

    #[test]
    fn only_living_enrolments_hold_a_place() {
        for state in EnrolmentState::ALL {
            let can_leave = state.after(EnrolmentEvent::Withdraw).is_ok();
            assert_eq!(state.holds_place(), can_leave, "{state}");
        }
        assert!(
            EnrolmentState::Approved
                .after(EnrolmentEvent::Reject)
                .is_err()
        );
    }
}
