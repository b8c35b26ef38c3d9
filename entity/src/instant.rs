//! A point in time with millisecond precision, in UTC.
//!
//! It is stored as integer milliseconds on SQLite and as `timestamptz` on PostgreSQL. Binding always
//! produces a UTC date-time value; the database wrapper of `platform` turns it into milliseconds for SQLite.

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::TimeDelta;
use chrono::Utc;
use sea_orm::ColIdx;
use sea_orm::QueryResult;
use sea_orm::TryGetError;
use sea_orm::TryGetable;
use sea_orm::sea_query::ArrayType;
use sea_orm::sea_query::ColumnType;
use sea_orm::sea_query::Nullable;
use sea_orm::sea_query::Value;
use sea_orm::sea_query::ValueType;
use sea_orm::sea_query::ValueTypeErr;
use serde::Deserialize;
use serde::Serialize;

/// Milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 with milliseconds and `Z`;
/// read with any offset, which is required; years 2000 to 2199.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// Prefix by which a serde error says that a content rule (422) was broken, not the syntax (400).
pub const CONTENT_MARK: &str = "content rule: ";

impl Instant {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// From a UTC date-time; digits below the millisecond are dropped.
    pub fn from_utc(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_millis())
    }

    /// As a UTC date-time.
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or(if self.0 < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        })
    }

    /// This instant moved by `span`, saturating at the ends of time.
    #[must_use]
    pub const fn plus(self, span: TimeDelta) -> Self {
        Self(self.0.saturating_add(span.num_milliseconds()))
    }

    /// Parses RFC 3339 with an offset, years 2000 to 2199.
    ///
    /// # Errors
    /// The code of the broken rule: `offset_missing`, `invalid_time` or `out_of_range`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let at = DateTime::parse_from_rfc3339(text).map_err(|_| {
            if text.parse::<chrono::NaiveDateTime>().is_ok() {
                "offset_missing"
            } else {
                "invalid_time"
            }
        })?;
        let at = Self::from_utc(at.with_timezone(&Utc));
        if (FIRST_MILLIS..END_MILLIS).contains(&at.0) {
            Ok(at)
        } else {
            Err("out_of_range")
        }
    }
}

/// 2000-01-01T00:00:00Z.
const FIRST_MILLIS: i64 = 946_684_800_000;
/// 2200-01-01T00:00:00Z.
const END_MILLIS: i64 = 7_258_118_400_000;

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(|code| serde::de::Error::custom(format!("{CONTENT_MARK}{code}")))
    }
}

impl From<Instant> for Value {
    fn from(instant: Instant) -> Self {
        Value::ChronoDateTimeUtc(Some(instant.to_utc()))
    }
}

impl sea_orm::TryFromU64 for Instant {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("Instant"))
    }
}

impl Nullable for Instant {
    fn null() -> Value {
        Value::ChronoDateTimeUtc(None)
    }
}

impl ValueType for Instant {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        match value {
            Value::ChronoDateTimeUtc(Some(at)) => Ok(Self::from_utc(at)),
            Value::BigInt(Some(millis)) => Ok(Self(millis)),
            _ => Err(ValueTypeErr),
        }
    }

    fn type_name() -> String {
        "Instant".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::ChronoDateTimeUtc
    }

    fn column_type() -> ColumnType {
        ColumnType::TimestampWithTimeZone
    }
}

impl TryGetable for Instant {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        match row.try_as_sqlite_row() {
            Some(_) => i64::try_get_by(row, index).map(Self),
            None => DateTime::<Utc>::try_get_by(row, index).map(Self::from_utc),
        }
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::schema::SchemaFormat::KnownFormat(
                utoipa::openapi::schema::KnownFormat::DateTime,
            )))
            .description(Some(
                "RFC 3339 with an offset; answered in UTC with milliseconds",
            ))
            .max_length(Some(40))
            .examples([serde_json::json!("2026-11-11T00:00:00.000Z")])
            .into()
    }
}

impl utoipa::ToSchema for Instant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_needs_an_offset_and_a_year_from_2000_to_2199() {
        assert_eq!(Instant::parse("2026-11-11T00:00:00"), Err("offset_missing"));
        assert_eq!(Instant::parse("1999-12-31T23:59:59Z"), Err("out_of_range"));
        assert_eq!(
            Instant::parse("2199-12-31T23:59:59-01:00"),
            Err("out_of_range")
        );
        assert_eq!(Instant::parse("yesterday"), Err("invalid_time"));
        let at = Instant::parse("2026-11-11T00:00:00+08:00").expect("valid");
        assert_eq!(at.to_string(), "2026-11-10T16:00:00.000Z");
    }
}
