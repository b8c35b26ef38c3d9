//! What a mail server's answer means for a message, and when the next try is due.

use chrono::TimeDelta;
use regex::Regex;
use regex::RegexBuilder;

crate::words! {
    /// What becomes of a message that a server refused.
    pub enum Verdict {
        /// The receiver wants less mail: later, and nothing else for its domains meanwhile.
        SlowDown = "slow_down",
        /// The connection is used up: again on a new one, at once.
        Recycle = "recycle",
        /// Too many connections at once: later, over fewer.
        FewerConnections = "fewer_connections",
        /// Later may be better.
        Transient = "transient",
        /// Not this message; the address itself works.
        Soft = "soft",
        /// The address does not work.
        Hard = "hard",
        /// A rule of the receiver about us, not about the address.
        Policy = "policy",
        /// Refused for good, for a reason that is not known.
        Refused = "refused",
    }
}

impl Verdict {
    /// Whether the message is tried again.
    pub const fn is_transient(self) -> bool {
        match self {
            Self::SlowDown | Self::Recycle | Self::FewerConnections | Self::Transient => true,
            Self::Soft | Self::Hard | Self::Policy | Self::Refused => false,
        }
    }
}

/// One rule. Conditions that are absent always hold.
#[derive(Debug)]
pub struct AnswerRule {
    code: Option<String>,
    enhanced: Option<String>,
    pattern: Option<Regex>,
    verdict: Verdict,
}

impl AnswerRule {
    /// A rule by the beginning of the code, the enhanced code (or its beginning where it ends with a dot),
    /// and a regular expression that the text contains in any case. Patterns run in linear time.
    ///
    /// # Errors
    /// When the pattern is none.
    pub fn new(
        code: Option<String>,
        enhanced: Option<String>,
        pattern: Option<&str>,
        verdict: Verdict,
    ) -> Result<Self, regex::Error> {
        let pattern = pattern
            .map(|text| {
                RegexBuilder::new(text)
                    .case_insensitive(true)
                    .size_limit(1 << 20)
                    .build()
            })
            .transpose()?;
        Ok(Self {
            code,
            enhanced,
            pattern,
            verdict,
        })
    }

    fn matches(&self, code: u16, enhanced: Option<&str>, text: &str) -> bool {
        let code_fits = self
            .code
            .as_ref()
            .is_none_or(|wanted| code.to_string().starts_with(wanted.as_str()));
        let status_fits = self.enhanced.as_ref().is_none_or(|wanted| {
            enhanced.is_some_and(|found| {
                found == wanted || wanted.ends_with('.') && found.starts_with(wanted.as_str())
            })
        });
        let text_fits = self
            .pattern
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(text));
        code_fits && status_fits && text_fits
    }
}

/// Judges a negative answer by the first rule that matches. Where none does, 5xx is final and anything
/// else is a surprise and transient.
pub fn judge(rules: &[AnswerRule], code: u16, enhanced: Option<&str>, text: &str) -> Verdict {
    rules
        .iter()
        .find(|rule| rule.matches(code, enhanced, text))
        .map_or_else(
            || match code {
                500..=599 => Verdict::Refused,
                _ => Verdict::Transient,
            },
            |rule| rule.verdict,
        )
}

/// The enhanced status code (RFC 3463) at the beginning of an answer's text.
pub fn enhanced(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let mut parts = word.split('.');
    let class = parts.next()?;
    let rest: Vec<&str> = parts.collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    (matches!(class, "2" | "4" | "5") && rest.len() == 2 && rest.iter().all(is_number))
        .then(|| word.to_owned())
}

/// Longest pause that a server may ask for.
const HINT_MAX_S: i64 = 6 * 3_600;

/// How long a server asks to wait: "try again in 300 seconds", "after two minutes".
pub fn hint(text: &str) -> Option<TimeDelta> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let seconds = words.windows(2).find_map(|pair| {
        let unit = match pair[1] {
            "second" | "seconds" | "sec" | "secs" => 1,
            "minute" | "minutes" | "min" | "mins" => 60,
            "hour" | "hours" => 3_600,
            _ => return None,
        };
        number(pair[0]).map(|count| count.saturating_mul(unit))
    })?;
    (seconds > 0).then(|| TimeDelta::seconds(seconds.min(HINT_MAX_S)))
}

fn number(word: &str) -> Option<i64> {
    const NAMES: [(&str, i64); 12] = [
        ("a", 1),
        ("one", 1),
        ("two", 2),
        ("three", 3),
        ("four", 4),
        ("five", 5),
        ("ten", 10),
        ("fifteen", 15),
        ("twenty", 20),
        ("thirty", 30),
        ("forty", 40),
        ("sixty", 60),
    ];
    word.parse()
        .ok()
        .or_else(|| NAMES.iter().find(|(name, _)| *name == word).map(|n| n.1))
}

/// A server that never answered the final dot may still be at work: a copy sent sooner would be a
/// needless duplicate. Longer than the ten minutes that it may take.
pub const UNKNOWN_PAUSE: TimeDelta = TimeDelta::minutes(15);
/// How long a receiver that wants less mail is left alone; twice as long each time.
const CLOSED_S: i64 = 10 * 60;
/// At most so long.
const CLOSED_MAX_S: i64 = 6 * 3_600;

/// Pause after try number `attempts` (from 1) by the steps of a schedule, whose last one repeats, moved by
/// up to 20 % either way. `spread` is any number; equal numbers move equally.
pub fn pause(steps: &[TimeDelta], attempts: i32, spread: u64) -> TimeDelta {
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(0);
    let step = steps
        .get(index)
        .or_else(|| steps.last())
        .map_or(60_000, TimeDelta::num_milliseconds);
    let per_mille = 800 + i64::try_from(spread % 401).unwrap_or(0);
    TimeDelta::milliseconds(step.saturating_mul(per_mille) / 1_000)
}

/// How long a receiver is left alone that asked for it `before` times in a row already.
pub fn closing(before: i32) -> TimeDelta {
    let doublings = u32::try_from(before).unwrap_or(0).min(10);
    TimeDelta::seconds((CLOSED_S << doublings).min(CLOSED_MAX_S))
}

#[cfg(test)]
mod tests;
