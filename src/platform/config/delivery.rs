//! How fast mail leaves, and how long it is tried.

use std::time::Duration;

use chrono::TimeDelta;

use super::Reader;

/// Keys of these settings.
pub(super) const KEYS: &[&str] = &[
    "GUILDHALL_MAIL_RATE",
    "GUILDHALL_MAIL_RECEIVER_RATES",
    "GUILDHALL_MAIL_CAMPAIGN_RATE",
    "GUILDHALL_MAIL_ALLIANCE_RATE",
    "GUILDHALL_MAIL_ALLIANCE_PER_DAY",
    "GUILDHALL_MAIL_ANSWER_WAIT_S",
    "GUILDHALL_MAIL_RETRY",
];

/// A number of messages per span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    span_s: u32,
}

impl Rate {
    /// Parses `10/s`, `600/m`, `5000/h` or `100000/d`.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.trim().split_once('/')?;
        let span_s = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let count = count.parse().ok().filter(|count| *count > 0)?;
        Some(Self { count, span_s })
    }

    /// So many messages a minute; none is one.
    pub fn per_minute(count: i64) -> Self {
        Self {
            count: u32::try_from(count.max(1)).unwrap_or(u32::MAX),
            span_s: 60,
        }
    }

    /// Distance of two messages in microseconds, at least one.
    pub fn distance_us(self) -> u64 {
        (u64::from(self.span_s) * 1_000_000 / u64::from(self.count)).max(1)
    }
}

/// How fast mail leaves, and how long it is tried.
#[derive(Debug, Clone)]
pub struct DeliverySettings {
    /// `GUILDHALL_MAIL_RATE`, default none: all mail of the installation.
    pub rate: Option<Rate>,
    /// `GUILDHALL_MAIL_RECEIVER_RATES`, default none: per group of domains or domain.
    pub receiver_rates: Vec<(String, Rate)>,
    /// `GUILDHALL_MAIL_CAMPAIGN_RATE`, default none: each campaign that has none of its own.
    pub campaign_rate: Option<Rate>,
    /// `GUILDHALL_MAIL_ALLIANCE_RATE`, default none: all mail of one alliance.
    pub alliance_rate: Option<Rate>,
    /// `GUILDHALL_MAIL_ALLIANCE_PER_DAY`, default none: mails of campaigns of one alliance in a day of UTC.
    pub alliance_per_day: Option<u32>,
    /// `GUILDHALL_MAIL_ANSWER_WAIT_S`, default 780: how long the answer to the content is waited for.
    pub answer_wait: Duration,
    /// `GUILDHALL_MAIL_RETRY`, default `2m,10m,30m,1h,2h,4h,8h,12h`: pauses after each try; the last repeats.
    pub retry: Vec<TimeDelta>,
}

impl DeliverySettings {
    /// The rate of a receiver, by its group or domain.
    pub fn receiver_rate(&self, name: &str) -> Option<Rate> {
        self.receiver_rates
            .iter()
            .find(|(receiver, _)| receiver == name)
            .map(|(_, rate)| *rate)
    }
}

const RATE: &str = "a rate such as 10/s, 600/m, 5000/h or 100000/d";
const RETRY: &str = "2m,10m,30m,1h,2h,4h,8h,12h";

pub(super) fn read(reader: &mut Reader<'_>) -> DeliverySettings {
    DeliverySettings {
        rate: reader.parsed("GUILDHALL_MAIL_RATE", RATE, Rate::parse),
        receiver_rates: reader
            .parsed(
                "GUILDHALL_MAIL_RECEIVER_RATES",
                "a list such as gmail=10/s,qq=5/s,example.org=60/m",
                receiver_rates,
            )
            .unwrap_or_default(),
        campaign_rate: reader.parsed("GUILDHALL_MAIL_CAMPAIGN_RATE", RATE, Rate::parse),
        alliance_rate: reader.parsed("GUILDHALL_MAIL_ALLIANCE_RATE", RATE, Rate::parse),
        alliance_per_day: reader.parsed(
            "GUILDHALL_MAIL_ALLIANCE_PER_DAY",
            "a positive number",
            |text| text.parse().ok().filter(|count| *count > 0),
        ),
        answer_wait: reader
            .parsed(
                "GUILDHALL_MAIL_ANSWER_WAIT_S",
                "a number of seconds from 1 to 840",
                |text| text.parse().ok().filter(|s| (1..=840).contains(s)),
            )
            // Three minutes for the content, ten for the answer to it (RFC 5321, 4.5.3.2).
            .map_or(Duration::from_secs(780), Duration::from_secs),
        retry: reader
            .parsed("GUILDHALL_MAIL_RETRY", "a list such as 2m,10m,1h", steps)
            .or_else(|| steps(RETRY))
            .unwrap_or_default(),
    }
}

fn receiver_rates(text: &str) -> Option<Vec<(String, Rate)>> {
    text.split(',')
        .map(|part| {
            let (name, rate) = part.trim().split_once('=')?;
            Some((name.trim().to_lowercase(), Rate::parse(rate)?))
        })
        .collect()
}

fn steps(text: &str) -> Option<Vec<TimeDelta>> {
    text.split(',').map(step).collect()
}

fn step(text: &str) -> Option<TimeDelta> {
    let text = text.trim();
    let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    let count: i64 = count.parse().ok().filter(|n| (1..=86_400).contains(n))?;
    TimeDelta::try_seconds(count * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_steps_are_read_or_refused() {
        assert_eq!(Rate::parse("10/s").expect("a rate").distance_us(), 100_000);
        assert_eq!(
            Rate::parse("60/m").expect("a rate").distance_us(),
            1_000_000
        );
        for wrong in ["", "10", "0/s", "-1/s", "1/y", "x/s"] {
            assert_eq!(Rate::parse(wrong), None, "{wrong}");
        }
        let rates = receiver_rates("Gmail=10/s, example.org=1/m").expect("rates");
        assert_eq!(rates[0].0, "gmail");
        assert_eq!(receiver_rates("gmail"), None);
        let some = steps("2s, 4s,1h").expect("steps");
        assert_eq!(some[2], TimeDelta::hours(1));
        assert_eq!(steps(RETRY).map(|steps| steps.len()), Some(8));
        for wrong in ["", "2", "m", "0s", "2x", "1m,,2m"] {
            assert_eq!(steps(wrong), None, "{wrong}");
        }
    }
}
