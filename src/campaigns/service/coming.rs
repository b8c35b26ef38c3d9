//! Reminders of what is due, and digests of what is coming up.

use std::collections::HashMap;

use chrono::Days;
use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Contact;
use crate::ballots;
use crate::campaigns::letters;
use crate::campaigns::service::unsubscribing;
use crate::funds;
use crate::funds::Due;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::ids::MembershipId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::Recipient;
use crate::mail::mailing;
use crate::mail::mailing::Parcel;
use crate::platform::act::Act;
use crate::promotions;

/// How letters write a local time.
const TIME: &str = "%Y-%m-%d %H:%M";

/// Reminds the people of every member of the notices that are overdue or fall due within `days`. Answers
/// the number of letters.
///
/// # Errors
/// When the database fails.
pub async fn remind(
    act: &Act<'_>,
    alliance: AllianceId,
    days: i64,
    key: &str,
) -> Result<u64, Failure> {
    let Some(alliance) = alliances::alliance(act.tx(), alliance).await? else {
        return Ok(0);
    };
    let until = last_day(act.now(), &alliance, days);
    let dues = by_member(funds::due_until(act.tx(), alliance.id, until).await?);
    let mut letters = Vec::new();
    for (member, dues) in &dues {
        for contact in alliances::contacts_of(act.tx(), alliance.id, *member).await? {
            let locale = contact.person.locale;
            let vars = json!({
                "name": contact.person.name,
                "merchant": contact.merchant_name,
                "alliance": alliance.name,
                "count": dues.len(),
                "notices": due_lines(dues, locale),
            });
            let content = mail::compose(&letters::REMINDER, locale, &vars)?;
            let mut letter = Letter::new(recipient(&contact), Category::LevyNotice, content);
            letter.alliance = Some(alliance.id);
            letter.dedupe_key = Some(format!("{key}:{member}:{}", contact.person.id));
            letters.push(letter);
        }
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await
}

/// Tells the people of every member what comes up within `days`; nobody where that is nothing. Answers the
/// number of letters.
///
/// # Errors
/// When the database fails.
pub async fn digest(
    act: &Act<'_>,
    alliance: AllianceId,
    days: i64,
    key: &str,
) -> Result<u64, Failure> {
    let Some(alliance) = alliances::alliance(act.tx(), alliance).await? else {
        return Ok(0);
    };
    let common = Common::gather(act, &alliance, days).await?;
    let until = last_day(act.now(), &alliance, days);
    let dues = by_member(funds::due_until(act.tx(), alliance.id, until).await?);
    let mut parcels = Vec::new();
    for contact in alliances::contacts(act.tx(), alliance.id).await? {
        let locale = contact.person.locale;
        let mut lines = common.lines(locale);
        let own = dues.get(&contact.membership);
        lines.extend(own.map(|dues| due_lines(dues, locale)));
        if lines.is_empty() {
            continue;
        }
        let id: DeliveryId = act.fresh();
        let link = unsubscribing::link(act.ctx, id);
        let vars = json!({
            "name": contact.person.name,
            "merchant": contact.merchant_name,
            "alliance": alliance.name,
            "days": days,
            "lines": lines.join("\n"),
            "link": link,
        });
        let content = mail::compose(&letters::DIGEST, locale, &vars)?;
        let letter = Letter {
            alliance: Some(alliance.id),
            unsubscribe: Some(link),
            dedupe_key: Some(format!("{key}:{}", contact.person.email.to_lowercase())),
            ..Letter::new(recipient(&contact), Category::Digest, content)
        };
        parcels.push(Parcel {
            id,
            letter,
            fault: None,
        });
    }
    let mut told = 0;
    for some in parcels.chunks(500) {
        told += mailing::queue(act.tx(), some).await?;
    }
    Ok(told)
}

fn recipient(contact: &Contact) -> Recipient {
    Recipient {
        email: contact.person.email.clone(),
        name: contact.person.name.clone(),
        locale: contact.person.locale,
    }
}

/// The last local day of those that are looked at.
fn last_day(now: Instant, alliance: &Alliance, days: i64) -> NaiveDate {
    let today = now.to_utc().with_timezone(&alliance.time_zone).date_naive();
    let days = u64::try_from(days).unwrap_or(0);
    today.checked_add_days(Days::new(days)).unwrap_or(today)
}

fn by_member(dues: Vec<Due>) -> HashMap<MembershipId, Vec<Due>> {
    let mut grouped: HashMap<MembershipId, Vec<Due>> = HashMap::new();
    for due in dues {
        grouped.entry(due.membership).or_default().push(due);
    }
    grouped
}

fn due_lines(dues: &[Due], locale: Locale) -> String {
    let line = |due: &Due| {
        let until = locale.pick("应付截止", "due");
        format!(
            "{} {}: {} {}, {until} {}",
            due.fund, due.number, due.amount, due.currency, due.due_on
        )
    };
    dues.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What is the same for every member.
struct Common {
    phases: Vec<promotions::Coming>,
    ballots: Vec<(String, String)>,
}

impl Common {
    async fn gather(act: &Act<'_>, alliance: &Alliance, days: i64) -> Result<Self, Failure> {
        let until = act.now().plus(chrono::TimeDelta::days(days));
        let local = |at: Instant| {
            let at = at.to_utc().with_timezone(&alliance.time_zone);
            at.format(TIME).to_string()
        };
        let ballots = ballots::closing_between(act.tx(), alliance.id, act.now(), until).await?;
        Ok(Self {
            phases: promotions::coming(act.tx(), alliance.id, act.now(), until).await?,
            ballots: ballots
                .into_iter()
                .map(|(title, at)| (title, local(at)))
                .collect(),
        })
    }

    fn lines(&self, locale: Locale) -> Vec<String> {
        let phase = |phase: &promotions::Coming| {
            let from = phase.from.format(TIME);
            format!("{from}  {}", phase.summary(locale))
        };
        let ballot = |(title, closes): &(String, String)| {
            format!(
                "{closes}  {}{title}",
                locale.pick("投票截止：", "ballot closes: ")
            )
        };
        let mut lines: Vec<String> = self.phases.iter().map(phase).collect();
        lines.extend(self.ballots.iter().map(ballot));
        lines.sort_unstable();
        lines
    }
}
