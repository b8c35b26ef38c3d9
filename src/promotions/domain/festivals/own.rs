//! Festivals of an alliance's own, and the dates that it confirmed: its calendar beside the catalogue.

use std::collections::BTreeMap;

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::promotions::domain::festivals::catalogue;
use crate::promotions::domain::festivals::catalogue::CATALOGUE;
use crate::promotions::domain::festivals::occurrences;
use crate::promotions::domain::festivals::own_rule;
use crate::promotions::domain::festivals::rule::LunarCalendar;
use crate::promotions::domain::refusal::CalendarRefused;
use crate::words;

/// Most dates of one table.
pub const TABLE_MAX: usize = 400;

/// A confirmed date stands for a computed one that is at most this many days away.
pub const NEAR_DAYS: i64 = 5;

/// A later confirmation within this many days corrects an earlier one.
pub const SAME_DAYS: i64 = 20;

words! {
    /// A weekday, as RFC 5545 spells it.
    pub enum DayOfWeek {
        Monday = "MO", Tuesday = "TU", Wednesday = "WE", Thursday = "TH", Friday = "FR", Saturday = "SA",
        Sunday = "SU",
    }
}

/// How the dates of an alliance's own festival are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = FestivalRule, example = json!({"kind": "lunar", "month": 3, "day": 23}))]
pub enum OwnRule {
    /// The same date every year; 29 February comes in leap years only.
    Gregorian {
        #[schema(minimum = 1, maximum = 12)]
        month: u32,
        #[schema(minimum = 1, maximum = 31)]
        day: u32,
    },
    /// The n-th weekday of a month; -1 is the last, and a month may have no fifth.
    NthWeekday {
        #[schema(minimum = 1, maximum = 12)]
        month: u32,
        weekday: DayOfWeek,
        #[schema(minimum = -1, maximum = 5)]
        n: i8,
    },
    /// Days after a festival of the catalogue.
    Offset {
        #[schema(max_length = 40)]
        of: String,
        #[schema(minimum = -366, maximum = 366)]
        days: i64,
    },
    /// A day of a lunar month, never of a leap month.
    Lunar {
        #[serde(default = "chinese")]
        calendar: LunarCalendar,
        #[schema(minimum = 1, maximum = 12)]
        month: u8,
        #[schema(minimum = 1, maximum = 30)]
        day: u8,
    },
    /// Dates that nobody computes.
    Table {
        #[schema(min_items = 1, max_items = 400)]
        dates: Vec<NaiveDate>,
    },
}

const fn chinese() -> LunarCalendar {
    LunarCalendar::Chinese
}

/// An alliance's own festival.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFestival {
    /// Unique in the alliance, and no id of the catalogue.
    pub key: String,
    pub name_zh: String,
    pub name_en: String,
    pub rule: OwnRule,
    /// Its dates are advisory until confirmed, whatever the rule.
    pub provisional: bool,
}

/// A festival on a date, as one alliance sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub key: String,
    pub name_zh: String,
    pub name_en: String,
    pub date: NaiveDate,
    /// Advisory, and not confirmed.
    pub provisional: bool,
    /// Confirmed by the alliance.
    pub confirmed: bool,
    /// Of the alliance's own making.
    pub own: bool,
}

/// What has no table for a part of a range, both ends inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub key: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

/// A date, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dated {
    pub date: NaiveDate,
    pub provisional: bool,
    pub confirmed: bool,
}

/// The catalogue with an alliance's own festivals and confirmations.
#[derive(Debug, Clone, Default)]
pub struct AllianceCalendar {
    own: Vec<OwnFestival>,
    /// By festival; in the order in which they were confirmed, so that the last word counts.
    confirmed: BTreeMap<String, Vec<NaiveDate>>,
}

impl AllianceCalendar {
    /// From its rows; confirmations in the order in which they were made.
    pub fn new(
        own: Vec<OwnFestival>,
        confirmations: impl IntoIterator<Item = (String, NaiveDate)>,
    ) -> Self {
        let mut confirmed: BTreeMap<String, Vec<NaiveDate>> = BTreeMap::new();
        for (key, date) in confirmations {
            let dates = confirmed.entry(key).or_default();
            dates.retain(|other| (*other - date).num_days().abs() > SAME_DAYS);
            dates.push(date);
        }
        Self { own, confirmed }
    }

    /// The alliance's own festivals.
    pub fn own(&self) -> &[OwnFestival] {
        &self.own
    }

    /// Whether there is a festival of this name.
    pub fn knows(&self, key: &str) -> bool {
        catalogue::find(key).is_some() || self.own.iter().any(|own| own.key == key)
    }

    /// Whether the dates of a festival are advisory until confirmed.
    pub fn is_provisional(&self, key: &str) -> bool {
        let listed = catalogue::find(key).is_some_and(|festival| festival.provisional);
        let rests_on = |own: &OwnFestival| match &own.rule {
            OwnRule::Offset { of, .. } => {
                catalogue::find(of).is_some_and(|festival| festival.provisional)
            }
            _ => false,
        };
        let made = self.own.iter().filter(|own| own.key == key);
        listed || made.into_iter().any(|own| own.provisional || rests_on(own))
    }

    /// The dates of one festival from `from` to `to`, both inclusive, ascending: a confirmed date takes the
    /// place of a computed one nearby, or stands alone where nothing is computed.
    ///
    /// # Errors
    /// `YearOutOfRange` outside 1901 to 2100; `RangeInvalid` for a range that runs backwards.
    pub fn dates(
        &self,
        key: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Dated>, CalendarRefused> {
        occurrences::check(from, to)?;
        let provisional = self.is_provisional(key);
        let confirmed = self.confirmed.get(key).map_or(&[][..], Vec::as_slice);
        let computed = self.computed(key, from, to);
        let kept = computed
            .into_iter()
            .filter(|date| !confirmed.iter().any(|other| near(*other, *date)))
            .map(|date| Dated {
                date,
                provisional,
                confirmed: false,
            });
        let sure = confirmed.iter().map(|date| Dated {
            date: *date,
            provisional: false,
            confirmed: true,
        });
        let mut all: Vec<Dated> = kept.chain(sure).collect();
        all.retain(|dated| (from..=to).contains(&dated.date));
        all.sort_unstable();
        Ok(all)
    }

    /// The dates that the rule gives, in a range that reaches a little further.
    fn computed(&self, key: &str, from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
        let around = TimeDelta::days(NEAR_DAYS);
        let from = from.checked_sub_signed(around).unwrap_or(from);
        let to = to.checked_add_signed(around).unwrap_or(to);
        match (
            catalogue::find(key),
            self.own.iter().find(|own| own.key == key),
        ) {
            (Some(festival), _) => occurrences::dates_between(&festival.rule, from, to),
            (None, Some(own)) => own_rule::dates(&own.rule, from, to),
            (None, None) => Vec::new(),
        }
    }

    /// The occurrence of a festival that is nearest to `day`, at most half a year away.
    ///
    /// # Errors
    /// `YearOutOfRange` outside 1901 to 2100.
    pub fn nearest(&self, key: &str, day: NaiveDate) -> Result<Option<Dated>, CalendarRefused> {
        let half = TimeDelta::days(183);
        let from = day.checked_sub_signed(half).unwrap_or(day);
        let to = day.checked_add_signed(half).unwrap_or(day);
        let found = self.dates(key, clamp(from), clamp(to))?;
        Ok(found
            .into_iter()
            .min_by_key(|dated| (dated.date - day).num_days().abs()))
    }

    /// The date that the rule gives nearest to `day`, at most half a year away; confirmed dates are not asked.
    pub fn nearest_computed(&self, key: &str, day: NaiveDate) -> Option<NaiveDate> {
        let half = TimeDelta::days(183);
        let from = day.checked_sub_signed(half).unwrap_or(day);
        let to = day.checked_add_signed(half).unwrap_or(day);
        self.computed(key, from, to)
            .into_iter()
            .min_by_key(|date| (*date - day).num_days().abs())
    }

    /// Everything from `from` to `to`, both inclusive, by date; and what has no table for a part of it.
    ///
    /// # Errors
    /// As [`occurrences::occurrences`].
    pub fn seen(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<(Vec<Seen>, Vec<Missing>), CalendarRefused> {
        let (_, gaps) = occurrences::occurrences(from, to)?;
        let mut seen = Vec::new();
        let listed = CATALOGUE
            .iter()
            .map(|festival| (festival.id, festival.name_zh, festival.name_en, false));
        let own = self.own.iter().map(|own| {
            let (key, zh, en) = (&own.key, &own.name_zh, &own.name_en);
            (key.as_str(), zh.as_str(), en.as_str(), true)
        });
        for (key, name_zh, name_en, own) in listed.chain(own) {
            let dates = self.dates(key, from, to)?;
            seen.extend(dates.into_iter().map(|dated| Seen {
                key: key.to_owned(),
                name_zh: name_zh.to_owned(),
                name_en: name_en.to_owned(),
                date: dated.date,
                provisional: dated.provisional,
                confirmed: dated.confirmed,
                own,
            }));
        }
        seen.sort_by_key(|one| one.date);
        let listed = gaps.into_iter().map(|gap| Missing {
            key: gap.festival.id.to_owned(),
            from: gap.from,
            to: gap.to,
        });
        let own = self
            .own
            .iter()
            .flat_map(|own| own_rule::gaps(own, from, to));
        Ok((seen, listed.chain(own).collect()))
    }
}

/// Whether two dates are the same occurrence.
pub fn near(one: NaiveDate, other: NaiveDate) -> bool {
    (one - other).num_days().abs() <= NEAR_DAYS
}

fn clamp(day: NaiveDate) -> NaiveDate {
    let end = |year, month, date| NaiveDate::from_ymd_opt(year, month, date);
    if day.year() < occurrences::FIRST_YEAR {
        end(occurrences::FIRST_YEAR, 1, 1).unwrap_or(day)
    } else if day.year() > occurrences::LAST_YEAR {
        end(occurrences::LAST_YEAR, 12, 31).unwrap_or(day)
    } else {
        day
    }
}

#[cfg(test)]
mod tests;
