//! What a mail server's answer means for a message, and when the next try is due.

use chrono::TimeDelta;

/// What becomes of a message that a server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Later may be better.
    Defer,
    /// Never.
    Fail,
}

/// Words by which servers limit the rate, whatever code they say it with (QQ says it with 550).
const RATE_WORDS: [&str; 4] = [
    "frequency limited",
    "too many",
    "rate limit",
    "quota exceeded",
];

/// Judges a negative answer: 4xx is transient, 5xx final, unless its text speaks of a rate.
/// Anything else is a surprise and transient.
pub fn judge(code: u16, text: &str) -> Verdict {
    let text = text.to_lowercase();
    if RATE_WORDS.iter().any(|words| text.contains(words)) {
        return Verdict::Defer;
    }
    match code {
        500..=599 => Verdict::Fail,
        _ => Verdict::Defer,
    }
}

/// Minutes after each try: 2 m, 10 m, 30 m, 1 h, 2 h, 4 h, 8 h, then 12 h.
const STEPS_MIN: [i64; 8] = [2, 10, 30, 60, 120, 240, 480, 720];

/// A server that never answered the final dot may still be at work: a copy sent sooner would be a
/// needless duplicate.
pub const UNKNOWN_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// Pause after try number `attempts` (from 1), moved by up to 20 % either way.
/// `spread` is any number; equal numbers move equally.
pub fn pause(attempts: i32, spread: u64) -> TimeDelta {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let minutes = STEPS_MIN[index.min(STEPS_MIN.len() - 1)];
    let per_mille = 800 + i64::try_from(spread % 401).unwrap_or(0);
    TimeDelta::milliseconds(minutes * 60 * per_mille)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_the_code_decides() {
        assert_eq!(judge(451, "greylisted"), Verdict::Defer);
        assert_eq!(judge(421, "closing"), Verdict::Defer);
        assert_eq!(judge(550, "5.1.1 no such user"), Verdict::Fail);
        assert_eq!(judge(354, "go on"), Verdict::Defer);
    }

    #[test]
    fn a_rate_limit_is_transient_even_with_550() {
        assert_eq!(judge(550, "Ip frequency limited"), Verdict::Defer);
        assert_eq!(judge(550, "Too many messages"), Verdict::Defer);
    }

    #[test]
    fn steps_grow_to_twelve_hours_within_a_fifth() {
        for (attempt, minutes) in [
            (1, 2),
            (2, 10),
            (3, 30),
            (4, 60),
            (7, 480),
            (8, 720),
            (99, 720),
        ] {
            assert_eq!(pause(attempt, 200), TimeDelta::minutes(minutes));
            assert_eq!(pause(attempt, 0) * 5, TimeDelta::minutes(minutes) * 4);
            assert_eq!(pause(attempt, 400) * 5, TimeDelta::minutes(minutes) * 6);
        }
        assert_eq!(pause(0, 200), TimeDelta::minutes(2));
    }
}
