//! A calendar as iCalendar text (RFC 5545, 5546 and 7986): the same events give the same bytes.
//!
//! Written here and not with a library: those at hand know no `VTIMEZONE`, and fold by characters.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::Utc;
use chrono_tz::Tz;

use crate::kernel::locale::Locale;
use crate::promotions::domain::ics;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::time_zone;
use crate::promotions::domain::time_zone::utc;

crate::words! {
    /// How certain an event is.
    pub enum EventStatus {
        /// Before the decision.
        Tentative = "tentative",
        /// Decided.
        Confirmed = "confirmed",
        /// Will not take place; shown until its old end.
        Cancelled = "cancelled",
    }
}

crate::words! {
    /// How far the clock told of a phase.
    pub enum Stage {
        /// It has not begun.
        Ahead = "ahead",
        /// It has begun.
        Open = "open",
        /// It is over.
        Over = "over",
    }
}

impl EventStatus {
    /// What calendars tell of a promotion; `None`: nothing yet.
    pub const fn of(state: PromotionState) -> Option<Self> {
        match state {
            PromotionState::Draft => None,
            PromotionState::Proposed => Some(Self::Tentative),
            PromotionState::Scheduled
            | PromotionState::Running
            | PromotionState::Ended
            | PromotionState::Settled => Some(Self::Confirmed),
            PromotionState::Cancelled => Some(Self::Cancelled),
        }
    }

    const fn as_ical(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// When an event takes place, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Whole days; `to` is the first day after it.
    Days { from: NaiveDate, to: NaiveDate },
    /// Local times of a zone.
    Times {
        from: NaiveDateTime,
        to: NaiveDateTime,
        zone: Tz,
    },
}

impl When {
    /// From local midnight to local midnight is whole days, however long they are.
    pub fn of(from: NaiveDateTime, to: NaiveDateTime, zone: Tz) -> Self {
        let midnight = NaiveTime::MIN;
        if from.time() == midnight && to.time() == midnight {
            Self::Days {
                from: from.date(),
                to: to.date(),
            }
        } else {
            Self::Times { from, to, zone }
        }
    }
}

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Stable through every change.
    pub uid: String,
    pub summary: String,
    pub description: String,
    pub category: &'static str,
    pub url: Option<String>,
    pub when: When,
    pub status: EventStatus,
    pub sequence: i64,
    pub changed: DateTime<Utc>,
}

/// A published calendar.
#[derive(Debug, Clone)]
pub struct Calendar {
    pub name: String,
    /// Who publishes it, and where questions go.
    pub organizer: (String, String),
    /// Not earlier than any event's change.
    pub changed: DateTime<Utc>,
    /// Whether programs shall read it again; an attachment is not read again.
    pub refreshes: bool,
    pub events: Vec<Event>,
}

/// The text of a calendar.
pub fn write(calendar: &Calendar) -> String {
    let mut out = String::with_capacity(1_000 + calendar.events.len() * 600);
    let mut line = |text: &str| ics::fold_into(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Guildhall//Festival calendar//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    let name = ics::escape(&calendar.name);
    line(&format!("NAME:{name}"));
    line(&format!("X-WR-CALNAME:{name}"));
    line(&format!("LAST-MODIFIED:{}", utc(calendar.changed)));
    if calendar.refreshes {
        line("REFRESH-INTERVAL;VALUE=DURATION:PT12H");
        line("X-PUBLISHED-TTL:PT12H");
    }
    for (tz, (first, last)) in zones(&calendar.events) {
        if let Ok(tz) = tz.parse() {
            time_zone::write(&mut out, tz, first, last);
        }
    }
    let organizer = organizer(calendar);
    for event in &calendar.events {
        write_event(&mut out, event, &organizer);
    }
    ics::fold_into(&mut out, "END:VCALENDAR");
    out
}

/// The zones in use, by name, with the first and last local time in each.
fn zones(events: &[Event]) -> BTreeMap<&'static str, (NaiveDateTime, NaiveDateTime)> {
    let mut zones: BTreeMap<&'static str, (NaiveDateTime, NaiveDateTime)> = BTreeMap::new();
    for event in events {
        if let When::Times { from, to, zone } = event.when {
            let span = zones.entry(zone.name()).or_insert((from, to));
            *span = (span.0.min(from), span.1.max(to));
        }
    }
    zones
}

/// A name in a parameter stands in quotes, and cannot hold one.
fn organizer(calendar: &Calendar) -> String {
    let (name, mail) = &calendar.organizer;
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c == '"' { '\'' } else { c })
        .collect();
    format!("ORGANIZER;CN=\"{name}\":mailto:{mail}")
}

fn write_event(out: &mut String, event: &Event, organizer: &str) {
    let mut line = |text: &str| ics::fold_into(out, text);
    let changed = utc(event.changed);
    line("BEGIN:VEVENT");
    line(&format!("UID:{}", ics::escape(&event.uid)));
    line(&format!("DTSTAMP:{changed}"));
    line(&format!("LAST-MODIFIED:{changed}"));
    line(&format!("SEQUENCE:{}", event.sequence));
    line(&format!("STATUS:{}", event.status.as_ical()));
    line(&format!("SUMMARY:{}", ics::escape(&event.summary)));
    match event.when {
        When::Days { from, to } => {
            line(&format!("DTSTART;VALUE=DATE:{}", from.format("%Y%m%d")));
            line(&format!("DTEND;VALUE=DATE:{}", to.format("%Y%m%d")));
        }
        When::Times { from, to, zone } => {
            let zone = zone.name();
            let (from, to) = (from.format("%Y%m%dT%H%M%S"), to.format("%Y%m%dT%H%M%S"));
            line(&format!("DTSTART;TZID={zone}:{from}"));
            line(&format!("DTEND;TZID={zone}:{to}"));
        }
    }
    line("TRANSP:TRANSPARENT");
    line(&format!("CATEGORIES:{}", event.category));
    if !event.description.is_empty() {
        line(&format!("DESCRIPTION:{}", ics::escape(&event.description)));
    }
    if let Some(url) = &event.url {
        line(&format!("URL:{url}"));
    }
    line(organizer);
    line("END:VEVENT");
}

/// What people call a phase, and the category of its events.
pub fn label(phase: PhaseName, locale: Locale) -> (String, &'static str) {
    let (zh_cn, en, category) = match phase.kind {
        PhaseKind::Enrolment => ("商户报名", "enrolment", "ENROLMENT"),
        PhaseKind::ItemEnrolment => ("商品报名", "item enrolment", "ENROLMENT"),
        PhaseKind::Deposit => ("付定金", "deposits", "PRESALE"),
        PhaseKind::Warmup => ("预热", "warm-up", "PRESALE"),
        PhaseKind::FinalPayment => ("付尾款", "final payment", "PRESALE"),
        PhaseKind::Main => ("正式售卖", "sale", "SALE"),
        PhaseKind::Returns => ("退换货", "returns", "AFTER-SALE"),
        PhaseKind::Settlement => ("结算", "settlement", "AFTER-SALE"),
    };
    let text = match (phase.wave, locale) {
        (None, _) => locale.pick(zh_cn, en).to_owned(),
        (Some(wave), Locale::ZhCn) => format!("第{wave}波{zh_cn}"),
        (Some(wave), Locale::En) => format!("wave {wave}, {en}"),
    };
    (text, category)
}

#[cfg(test)]
mod tests;
