//! The one source of now in this process. Use cases take the time of their transaction instead.

use crate::kernel::time::Instant;

/// Reads the machine's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock;

impl Clock {
    /// The process's time, without the sandbox's offset.
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(self) -> Instant {
        Instant::from_utc(chrono::Utc::now())
    }
}
