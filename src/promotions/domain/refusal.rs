//! Why a calendar question has no answer.

use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::promotions::problems;
use chrono::NaiveDate;
use serde_json::Map;
use serde_json::Value;

/// A rule of the calendar said no.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarRefused {
    /// A year for which no calendar is vouched for.
    #[error("The year {year} is outside {first} to {last}.")]
    YearOutOfRange { year: i32, first: i32, last: i32 },
    /// A range that ends before it begins, or is longer than ten years.
    #[error("From {from} to {to} is not a range of at most ten years.")]
    RangeInvalid { from: NaiveDate, to: NaiveDate },
    /// A zone that the time zone database does not name.
    #[error("'{zone}' is not an IANA time zone.")]
    TimeZoneUnknown { zone: String },
    /// A local time that no instant can be computed for.
    #[error("The time '{time}' is out of range.")]
    TimeOutOfRange { time: String },
    /// More pairs of windows overlap than can be compared.
    #[error("{work} comparisons are more than the {limit} allowed.")]
    TooComplex { work: u64, limit: u64 },
}

impl Refusal for CalendarRefused {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::YearOutOfRange { .. } => &problems::YEAR_OUT_OF_RANGE,
            Self::RangeInvalid { .. } => &problems::RANGE_INVALID,
            Self::TimeZoneUnknown { .. } => &problems::TIME_ZONE_UNKNOWN,
            Self::TimeOutOfRange { .. } => &kinds::OUT_OF_RANGE,
            Self::TooComplex { .. } => &kinds::TOO_COMPLEX,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let facts: Vec<(&str, Value)> = match self {
            Self::YearOutOfRange { year, first, last } => vec![
                ("year", Value::from(*year)),
                ("first", Value::from(*first)),
                ("last", Value::from(*last)),
            ],
            Self::RangeInvalid { from, to } => vec![
                ("from", Value::from(from.to_string())),
                ("to", Value::from(to.to_string())),
            ],
            Self::TimeZoneUnknown { zone } => vec![("time_zone", Value::from(zone.as_str()))],
            Self::TimeOutOfRange { time } => vec![("time", Value::from(time.as_str()))],
            Self::TooComplex { work, limit } => {
                vec![("work", Value::from(*work)), ("limit", Value::from(*limit))]
            }
        };
        facts
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}
