//! Writing to the members: a link for each at the opening, the count after the close.
//!
//! A decision leaves one job; the job writes in portions, and may begin again without writing twice.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Contact;
use crate::ballots::calculators::TallyAnswer;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::letters;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::links;
use crate::ballots::service::spoilt;
use crate::ballots::service::state_of;
use crate::kernel::ids::BallotId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::queue::Job;
use crate::platform::queue::JobFailure;
use crate::platform::registry::JobHandler;

/// Jobs of ballots.
pub const JOBS: &[JobHandler] = &[
    JobHandler {
        kind: ASK,
        run: |ctx, job| Box::pin(async move { ask_all(&ctx, &job).await }),
    },
    JobHandler {
        kind: ANNOUNCE,
        run: |ctx, job| Box::pin(async move { announce_to_all(&ctx, &job).await }),
    },
];

const ASK: &str = "ballots.ask";
const ANNOUNCE: &str = "ballots.announce";
/// Letters of one transaction.
const PORTION: usize = 200;

/// Asks every member for its vote, once the opening is committed.
pub(super) async fn ask_for_votes(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    enqueue(act, ASK, ballot).await
}

/// Tells every member the result, once the declaration is committed.
pub(super) async fn announce(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    enqueue(act, ANNOUNCE, ballot).await
}

async fn enqueue(act: &Act<'_>, kind: &str, ballot: &Ballot) -> Result<(), Failure> {
    let payload = json!({ "ballot_id": ballot.id });
    act.enqueue(kind, payload, act.now()).await?;
    Ok(())
}

/// A ballot with those to whom a job writes.
struct Mailing {
    ballot: Ballot,
    alliance: Alliance,
    contacts: Vec<Contact>,
}

async fn mailing(ctx: &Ctx, job: &Job) -> Result<Mailing, JobFailure> {
    let id: BallotId = serde_json::from_value(job.payload["ballot_id"].clone())
        .map_err(|error| JobFailure::GiveUp(error.to_string()))?;
    let reader = ctx.db.reader();
    let gone = || Failure::from(Refused::not_found("ballot"));
    let ballot = repo::ballot(&reader, id).await?.ok_or_else(gone)?;
    let alliance = alliances::alliance(&reader, ballot.alliance_id)
        .await?
        .ok_or_else(gone)?;
    let contacts = alliances::contacts(&reader, ballot.alliance_id).await?;
    Ok(Mailing {
        ballot,
        alliance,
        contacts,
    })
}

async fn ask_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mut mailing = mailing(ctx, job).await?;
    if state_of(&mailing.ballot)? != BallotState::Open {
        return Ok(());
    }
    let electorate = repo::electorate(&ctx.db.reader(), mailing.ballot.id).await?;
    mailing
        .contacts
        .retain(|c| electorate.contains_key(&c.membership));
    for some in mailing.contacts.chunks(PORTION) {
        ctx.db
            .write(async |tx| {
                let mut portion = Vec::with_capacity(some.len());
                for contact in some {
                    portion.push(invitation(ctx, tx, &mailing, contact).await?);
                }
                mail::send_all(tx, ctx.ids, &portion).await
            })
            .await?;
    }
    Ok(())
}

async fn invitation(
    ctx: &Ctx,
    tx: &Tx,
    mailing: &Mailing,
    contact: &Contact,
) -> Result<Letter, Failure> {
    let Mailing {
        ballot, alliance, ..
    } = mailing;
    let left = ballot.closes_at.millis().saturating_sub(tx.now().millis());
    let lifetime = TimeDelta::milliseconds(std::cmp::max(left, 0));
    let link = links::create(ctx, tx, ballot, contact, lifetime).await?;
    let mut vars = facts(ballot, alliance, contact);
    vars["closes_at"] = json!(local(alliance, ballot.closes_at));
    vars["link"] = json!(link);
    let mut letter = write(&letters::ASK, ballot, contact, &vars, "ask")?;
    letter.expires_at = Some(ballot.closes_at);
    Ok(letter)
}

async fn announce_to_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mailing = mailing(ctx, job).await?;
    let Mailing {
        ballot,
        alliance,
        contacts,
    } = &mailing;
    let record: TallyAnswer = ballot
        .record
        .clone()
        .and_then(|record| serde_json::from_value(record).ok())
        .ok_or_else(|| spoilt(ballot, "record"))?;
    for some in contacts.chunks(PORTION) {
        let portion = some
            .iter()
            .map(|contact| result_letter(ballot, alliance, contact, &record))
            .collect::<Result<Vec<_>, _>>()?;
        ctx.db
            .write(async |tx| mail::send_all(tx, ctx.ids, &portion).await)
            .await?;
    }
    Ok(())
}

fn result_letter(
    ballot: &Ballot,
    alliance: &Alliance,
    contact: &Contact,
    record: &TallyAnswer,
) -> Result<Letter, Failure> {
    let mut vars = facts(ballot, alliance, contact);
    vars["result"] = json!(in_words(record.result, contact.person.locale));
    let sides = [
        ("for", record.in_favour),
        ("against", record.against),
        ("abstain", record.abstain),
        ("eligible", record.eligible),
    ];
    for (name, side) in sides {
        vars[format!("{name}_head")] = json!(side.head);
        vars[format!("{name}_weight")] = json!(side.weight);
    }
    write(&letters::RESULT, ballot, contact, &vars, "result")
}

fn facts(ballot: &Ballot, alliance: &Alliance, contact: &Contact) -> Value {
    json!({
        "alliance": alliance.name,
        "title": ballot.title,
        "explanation": ballot.explanation.as_deref().unwrap_or_default(),
        "merchant": contact.merchant_name,
        "name": contact.person.name,
    })
}

fn write(
    text: &LetterText<'_>,
    ballot: &Ballot,
    contact: &Contact,
    vars: &Value,
    occasion: &str,
) -> Result<Letter, Failure> {
    let person = &contact.person;
    let content = mail::compose(text, person.locale, vars)?;
    let to = Recipient {
        email: person.email.clone(),
        name: person.name.clone(),
        locale: person.locale,
    };
    let mut letter = Letter::new(to, Category::Ballot, content);
    letter.alliance = Some(ballot.alliance_id);
    letter.dedupe_key = Some(format!(
        "ballot:{}:{occasion}:{}:{}",
        ballot.id, contact.membership, person.id
    ));
    Ok(letter)
}

/// A result as people say it.
pub(super) fn in_words(result: Outcome, locale: Locale) -> &'static str {
    match result {
        Outcome::Carried => locale.pick("通过", "carried"),
        Outcome::Lost => locale.pick("未通过", "lost"),
        Outcome::Inquorate => locale.pick("参加人数不足", "too few took part"),
        Outcome::CastingVote => locale.pick("待主席决定", "the chair decides"),
    }
}

/// An instant on the clocks of the alliance.
pub(super) fn local(alliance: &Alliance, at: Instant) -> String {
    let here = at.to_utc().with_timezone(&alliance.time_zone);
    format!("{} ({})", here.format("%Y-%m-%d %H:%M"), alliance.time_zone)
}
