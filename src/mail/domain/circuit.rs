//! The circuit to a mail server: while the server is at fault, no message is tried and none loses an attempt.

/// First pause after a fault.
const FIRST_PAUSE_MS: u64 = 30_000;
/// Longest pause.
const LONGEST_PAUSE_MS: u64 = 15 * 60_000;

/// Open (no tries) until a moment that moves away with each fault. Moments are milliseconds of any steady clock.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Circuit {
    faults: u32,
    open_until: u64,
}

impl Circuit {
    /// Whether nothing may be tried now.
    pub fn is_open(&self, now: u64) -> bool {
        now < self.open_until
    }

    /// The server is at fault: opens for 30 s, doubling to 15 min. Answers the pause.
    /// A fault while it is open is the same fault.
    pub fn trip(&mut self, now: u64) -> u64 {
        if !self.is_open(now) {
            let doublings = self.faults.min(10);
            let pause = (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS);
            self.faults = self.faults.saturating_add(1);
            self.open_until = now.saturating_add(pause);
        }
        self.open_until.saturating_sub(now)
    }

    /// The server took a connection.
    pub fn close(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_30_seconds_to_15_minutes_and_start_anew_after_a_success() {
        let mut circuit = Circuit::default();
        let mut now = 1_000;
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let pause = circuit.trip(now);
            assert!(circuit.is_open(now + pause - 1));
            now += pause;
            assert!(!circuit.is_open(now));
            pauses.push(pause / 1_000);
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900]);
        circuit.close();
        assert_eq!(circuit.trip(now), 30_000);
        assert_eq!(circuit.trip(now + 10_000), 20_000);
    }
}
