//! The festivals that a feed shows: the catalogue's by moon and sun, the provisional ones, and what the alliances
//! add: festivals of their own, and the dates that they vouch for.
//!
//! They are single events, because few programs know how to repeat them. An event's id rests on what is computed,
//! so that it stays the same when another date is confirmed; each word on a date counts up its sequence.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;

use crate::kernel::locale::Locale;
use crate::promotions::domain::calendar::Event;
use crate::promotions::domain::calendar::EventStatus;
use crate::promotions::domain::calendar::When;
use crate::promotions::domain::festivals::catalogue::CATALOGUE;
use crate::promotions::domain::festivals::occurrences;
use crate::promotions::domain::festivals::own;
use crate::promotions::domain::festivals::own::AllianceCalendar;
use crate::promotions::domain::festivals::own::Dated;
use crate::promotions::domain::festivals::rule::Festival;
use crate::promotions::domain::festivals::rule::Rule;

/// The edition of the catalogue's rules: what calendars were told of festivals changed last then.
const CATALOGUE_OF: &str = "2026-01-01T00:00:00Z";

/// A date that an alliance vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Key of the festival.
    pub festival: String,
    /// The date.
    pub date: NaiveDate,
    /// When it was given.
    pub at: DateTime<Utc>,
}

/// What one alliance adds to a feed.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its id: part of the ids of its own festivals.
    pub alliance: String,
    /// Its name, as readers see it.
    pub name: String,
    /// The catalogue as it sees it, with festivals of its own.
    pub calendar: AllianceCalendar,
    /// Since when it has each festival of its own, by key.
    pub since: BTreeMap<String, DateTime<Utc>>,
    /// Everything that it vouched for, in the order in which it was given.
    pub words: Vec<Word>,
}

impl Source {
    /// What was said about the occurrence that is kept on `date`.
    fn words_on(&self, festival: &str, date: NaiveDate) -> impl Iterator<Item = &Word> {
        let same = move |word: &&Word| (word.date - date).num_days().abs() <= own::SAME_DAYS;
        let of = self
            .words
            .iter()
            .filter(move |word| word.festival == festival);
        of.filter(same)
    }

    /// The date on which the id of an occurrence rests: the computed one, or the first that was vouched for
    /// where nothing is computed.
    fn anchor(&self, festival: &str, dated: Dated) -> NaiveDate {
        if !dated.confirmed {
            return dated.date;
        }
        let computed = self.calendar.nearest_computed(festival, dated.date);
        let near = computed.filter(|computed| own::near(*computed, dated.date));
        let first = || {
            self.words_on(festival, dated.date)
                .next()
                .map(|word| word.date)
        };
        near.or_else(first).unwrap_or(dated.date)
    }

    /// How often something was said about an occurrence, and when last.
    fn said(&self, festival: &str, dated: Dated) -> (i64, Option<DateTime<Utc>>) {
        let words = || self.words_on(festival, dated.date);
        let count = i64::try_from(words().count()).unwrap_or(i64::MAX);
        (count, words().map(|word| word.at).max())
    }
}

/// An occurrence as one or several alliances keep it.
struct Kept {
    date: NaiveDate,
    confirmed: bool,
    sequence: i64,
    changed: Option<DateTime<Utc>>,
    by: Vec<String>,
}

/// The festivals of a feed from `year` to the second year after it, by date: fixed dates of the catalogue are left
/// out, provisional dates are tentative until an alliance vouches for them. Where alliances vouch for different
/// dates each is shown, with their names.
pub fn feasts(year: i32, locale: Locale, sources: &[Source]) -> Vec<Event> {
    let (Some(from), Some(to)) = (
        NaiveDate::from_ymd_opt(year, 1, 1),
        NaiveDate::from_ymd_opt(year.saturating_add(2), 12, 31),
    ) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    for festival in CATALOGUE {
        if festival.provisional {
            provisional(festival, (from, to), locale, sources, &mut events);
        } else if moves(&festival.rule) {
            // Beyond the years that are vouched for there is nothing to show.
            let dates = occurrences::dates(&festival.rule, from, to).unwrap_or_default();
            let uid = |date: &NaiveDate| format!("festival-{}-{date}@guildhall", festival.id);
            let dates = dates.into_iter().map(|date| (uid(&date), sure(date)));
            events.extend(dates.filter_map(|(uid, kept)| listed(festival, locale, uid, kept)));
        }
    }
    for source in sources {
        own_events(source, (from, to), locale, &mut events);
    }
    events.sort_by(|a, b| day(a).cmp(&day(b)).then_with(|| a.uid.cmp(&b.uid)));
    events
}

/// No rule of iCalendar that programs know can repeat it.
fn moves(rule: &Rule) -> bool {
    matches!(
        rule,
        Rule::Lunar { .. } | Rule::LunarYearEnd | Rule::SolarTerm { .. }
    )
}

fn sure(date: NaiveDate) -> Kept {
    Kept {
        date,
        confirmed: true,
        sequence: 0,
        changed: None,
        by: Vec::new(),
    }
}

/// A provisional festival of the catalogue, as the alliances keep it.
fn provisional(
    festival: &Festival,
    (from, to): (NaiveDate, NaiveDate),
    locale: Locale,
    sources: &[Source],
    events: &mut Vec<Event>,
) {
    let mut kept: BTreeMap<NaiveDate, Vec<Kept>> = BTreeMap::new();
    let computed = occurrences::dates(&festival.rule, from, to).unwrap_or_default();
    for date in computed {
        kept.entry(date).or_default();
    }
    for source in sources {
        let dates = source.calendar.dates(festival.id, from, to);
        for dated in dates.unwrap_or_default() {
            if !dated.confirmed {
                continue;
            }
            let (sequence, changed) = source.said(festival.id, dated);
            let same = kept.entry(source.anchor(festival.id, dated)).or_default();
            match same.iter_mut().find(|other| other.date == dated.date) {
                Some(other) => {
                    other.sequence = other.sequence.max(sequence);
                    other.changed = other.changed.max(changed);
                    other.by.push(source.name.clone());
                }
                None => same.push(Kept {
                    date: dated.date,
                    confirmed: true,
                    sequence,
                    changed,
                    by: vec![source.name.clone()],
                }),
            }
        }
    }
    for (anchor, mut dates) in kept {
        if dates.is_empty() {
            dates.push(Kept {
                confirmed: false,
                ..sure(anchor)
            });
        }
        for (place, kept) in dates.into_iter().enumerate() {
            let further = if place == 0 {
                String::new()
            } else {
                format!("-{}", kept.date)
            };
            let uid = format!("festival-{}-{anchor}{further}@guildhall", festival.id);
            events.extend(listed(festival, locale, uid, kept));
        }
    }
}

fn listed(festival: &Festival, locale: Locale, uid: String, kept: Kept) -> Option<Event> {
    let name = locale.pick(festival.name_zh, festival.name_en);
    event(uid, name, kept)
}

/// The festivals of an alliance's own, whatever their rules.
fn own_events(
    source: &Source,
    (from, to): (NaiveDate, NaiveDate),
    locale: Locale,
    events: &mut Vec<Event>,
) {
    for own in source.calendar.own() {
        let dates = source.calendar.dates(&own.key, from, to);
        for dated in dates.unwrap_or_default() {
            let (sequence, said) = source.said(&own.key, dated);
            let anchor = source.anchor(&own.key, dated);
            let uid = format!(
                "festival-{}-{}-{anchor}@guildhall",
                source.alliance, own.key
            );
            let kept = Kept {
                date: dated.date,
                confirmed: !dated.provisional,
                sequence: if dated.confirmed { sequence } else { 0 },
                changed: said
                    .filter(|_| dated.confirmed)
                    .or_else(|| source.since.get(&own.key).copied()),
                by: vec![source.name.clone()],
            };
            events.extend(event(uid, locale.pick(&own.name_zh, &own.name_en), kept));
        }
    }
}

fn event(uid: String, name: &str, kept: Kept) -> Option<Event> {
    let edition = || CATALOGUE_OF.parse().unwrap_or_default();
    Some(Event {
        uid,
        summary: name.to_owned(),
        description: kept.by.join("\n"),
        category: "FESTIVAL",
        url: None,
        when: When::Days {
            from: kept.date,
            to: kept.date.succ_opt()?,
        },
        status: if kept.confirmed {
            EventStatus::Confirmed
        } else {
            EventStatus::Tentative
        },
        sequence: kept.sequence,
        changed: kept.changed.unwrap_or_else(edition),
    })
}

fn day(event: &Event) -> NaiveDate {
    match event.when {
        When::Days { from, .. } => from,
        When::Times { from, .. } => from.date(),
    }
}

#[cfg(test)]
mod tests;
