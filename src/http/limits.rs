//! Rate limits: token buckets per address and per principal. Off in the sandbox.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::Quota;
use governor::RateLimiter;
use governor::clock::Clock;
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;

use crate::http::problem::Problem;
use crate::kernel::caller::Caller;
use crate::kernel::problem::kinds;

type Buckets = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock>;

/// The buckets of this process.
pub struct Limits {
    address: Buckets,
    person: Buckets,
    key: Buckets,
    guess: Buckets,
    machine: Buckets,
}

/// Operations where somebody may be guessing.
const GUESSES: [&str; 5] = [
    "login",
    "register",
    "forgot_password",
    "reset_password",
    "verify_email",
];

/// Operations that a machine calls for each of many messages, each call signed.
const MACHINES: [&str; 1] = ["take_bounce"];

fn per_minute(count: u32) -> Buckets {
    RateLimiter::keyed(Quota::per_minute(
        NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN),
    ))
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address: per_minute(60),
            person: per_minute(600),
            key: per_minute(1_200),
            guess: per_minute(10),
            machine: per_minute(6_000),
        }
    }
}

impl Limits {
    /// Counts a request without credentials, or one that may be a guess.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub fn count_address(
        &self,
        operation: &str,
        address: IpAddr,
        anonymous: bool,
    ) -> Result<(), Problem> {
        let key = network(address);
        if GUESSES.contains(&operation) {
            take(&self.guess, key.clone(), "guesses", 10)?;
        }
        if MACHINES.contains(&operation) {
            return take(&self.machine, key, "machine", 6_000);
        }
        if anonymous {
            take(&self.address, key, "anonymous", 60)
        } else {
            Ok(())
        }
    }

    /// Counts a request of a known caller.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub fn count_caller(&self, caller: &Caller) -> Result<(), Problem> {
        match caller {
            Caller::User(_) | Caller::Link { .. } => {
                take(&self.person, caller.principal(), "person", 600)
            }
            Caller::ApiKey { .. } => take(&self.key, caller.principal(), "api_key", 1_200),
            Caller::Anonymous | Caller::System => Ok(()),
        }
    }

    /// Forgets buckets that are full again.
    pub fn forget_idle(&self) {
        for buckets in [
            &self.address,
            &self.person,
            &self.key,
            &self.guess,
            &self.machine,
        ] {
            buckets.retain_recent();
        }
    }
}

/// IPv6 counts by /64: one household has that many addresses.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let s = v6.segments();
            format!("{:x}:{:x}:{:x}:{:x}", s[0], s[1], s[2], s[3])
        }
    }
}

fn take(buckets: &Buckets, key: String, policy: &str, quota: u32) -> Result<(), Problem> {
    buckets.check_key(&key).map_err(|until| {
        let wait = until
            .wait_time_from(DefaultClock::default().now())
            .as_secs()
            + 1;
        let mut problem = Problem::new(
            &kinds::QUOTA_EXCEEDED,
            format!("At most {quota} of these requests a minute; try again in {wait} s."),
        )
        .header("retry-after", wait.to_string())
        .header("ratelimit-policy", format!("\"{policy}\";q={quota};w=60"))
        .header("ratelimit", format!("\"{policy}\";r=0;t={wait}"));
        problem
            .params
            .insert("violated_policies".into(), vec![policy].into());
        problem
    })
}
