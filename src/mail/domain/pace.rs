//! Limits of rates: messages leave at even distances, never in bursts.

/// Lateness that is caught up at least, in microseconds: timers are no finer.
const GRACE_US: u64 = 5_000;

/// When the next message may leave. Moments are microseconds of any steady clock.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    next: u64,
}

/// The distance of two messages where `sharers` processes share a rate.
fn shared(distance: u64, sharers: u32) -> u64 {
    distance.saturating_mul(u64::from(sharers.max(1)))
}

/// How late a message may be to have its lateness caught up: half a distance, so that no second
/// holds more than one message above the rate.
fn grace(distance: u64) -> u64 {
    (distance / 2).max(GRACE_US)
}

impl Pace {
    /// The moment from which a message may leave; not after `now` where it may leave at once.
    pub fn ready_at(self, distance: u64, sharers: u32) -> u64 {
        let distance = shared(distance, sharers);
        self.next.saturating_sub(grace(distance).min(distance))
    }

    /// A message leaves now.
    pub fn take(&mut self, distance: u64, sharers: u32, now: u64) {
        let distance = shared(distance, sharers);
        let earliest = now.saturating_sub(grace(distance));
        self.next = self.next.max(earliest).saturating_add(distance);
    }

    /// How many messages may leave until `horizon`, one at least where it is reached at all.
    pub fn room(self, distance: u64, sharers: u32, now: u64, horizon: u64) -> u64 {
        let from = self.next.max(now);
        if from > horizon {
            return 0;
        }
        (horizon - from) / shared(distance, sharers).max(1) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn no_second_holds_more_than_one_message_above_the_rate() {
        let rate = SECOND / 10;
        let mut pace = Pace::default();
        let mut left = Vec::new();
        // A clock that looks every 7 ms.
        for now in (SECOND..6 * SECOND).step_by(7_000) {
            if pace.ready_at(rate, 1) <= now {
                pace.take(rate, 1, now);
                left.push(now);
            }
        }
        assert!((48..=52).contains(&left.len()), "{}", left.len());
        for start in (SECOND..5 * SECOND).step_by(50_000) {
            let inside = left
                .iter()
                .filter(|at| (start..start + SECOND).contains(at));
            assert!(inside.count() <= 11);
        }
    }

    #[test]
    fn sharers_divide_a_rate() {
        let rate = SECOND;
        let mut pace = Pace::default();
        pace.take(rate, 2, 10 * SECOND);
        assert_eq!(pace.ready_at(rate, 2), 10 * SECOND);
        pace.take(rate, 2, 10 * SECOND);
        assert_eq!(pace.ready_at(rate, 2), 12 * SECOND);
        assert_eq!(pace.room(rate, 2, 10 * SECOND, 11 * SECOND), 0);
        assert_eq!(pace.room(rate, 2, 10 * SECOND, 20 * SECOND), 4);
    }
}
