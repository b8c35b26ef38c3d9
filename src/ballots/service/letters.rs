//! Writing to the members: notice, a link for each at the opening, news, and the count after the close.
//!
//! A decision leaves one job; the job writes in portions, and may begin again without writing twice.

mod wording;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Contact;
use crate::ballots::domain::life::BallotState;
use crate::ballots::letters;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::repo::Proxy;
use crate::ballots::service::amending::EXTENSION_DAYS;
use crate::ballots::service::links;
use crate::ballots::service::paper_of;
use crate::ballots::service::record_of;
use crate::ballots::service::reminding;
use crate::ballots::service::spoilt;
use crate::ballots::service::state_of;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
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

pub(super) use wording::News;
pub(super) use wording::in_words;
pub(super) use wording::local;

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
    JobHandler {
        kind: NOTICE,
        run: |ctx, job| Box::pin(async move { notify_all(&ctx, &job).await }),
    },
    JobHandler {
        kind: NEWS,
        run: |ctx, job| Box::pin(async move { tell_all(&ctx, &job).await }),
    },
    JobHandler {
        kind: reminding::REMIND,
        run: |ctx, job| Box::pin(async move { reminding::remind_all(&ctx, &job).await }),
    },
];

const ASK: &str = "ballots.ask";
const ANNOUNCE: &str = "ballots.announce";
const NOTICE: &str = "ballots.notice";
const NEWS: &str = "ballots.news";
/// Letters of one transaction.
pub(super) const PORTION: usize = 200;

/// Asks every member for its vote, once the opening is committed.
pub(super) async fn ask_for_votes(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    enqueue(act, ASK, ballot, Value::Null).await
}

/// Tells every member the result, once the declaration is committed.
pub(super) async fn announce(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    enqueue(act, ANNOUNCE, ballot, Value::Null).await
}

/// Tells every member what will be voted on.
pub(super) async fn give_notice(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    enqueue(act, NOTICE, ballot, Value::Null).await
}

/// Tells every member what happened to a ballot.
pub(super) async fn tell(act: &Act<'_>, ballot: &Ballot, news: News) -> Result<(), Failure> {
    enqueue(act, NEWS, ballot, json!(news)).await
}

pub(super) async fn enqueue(
    act: &Act<'_>,
    kind: &str,
    ballot: &Ballot,
    news: Value,
) -> Result<(), Failure> {
    let payload = json!({ "ballot_id": ballot.id, "version": ballot.version, "news": news });
    act.enqueue(kind, payload, act.now()).await?;
    Ok(())
}

/// A ballot with those to whom a job writes.
pub(super) struct Mailing {
    pub ballot: Ballot,
    pub alliance: Alliance,
    pub contacts: Vec<Contact>,
}

pub(super) async fn mailing(ctx: &Ctx, job: &Job) -> Result<Mailing, JobFailure> {
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

impl Mailing {
    /// Leaves only the people of members that have a vote.
    pub async fn keep_electors(&mut self, ctx: &Ctx) -> Result<(), Failure> {
        let electors = repo::electors::all(&ctx.db.reader(), self.ballot.id).await?;
        self.contacts
            .retain(|c| electors.contains_key(&c.membership));
        Ok(())
    }

    /// Writes one letter to everybody.
    async fn send(
        &self,
        ctx: &Ctx,
        letter: impl Fn(&Contact) -> Result<Letter, Failure>,
    ) -> Result<(), JobFailure> {
        for some in self.contacts.chunks(PORTION) {
            let portion = some.iter().map(&letter).collect::<Result<Vec<_>, _>>()?;
            ctx.db
                .write(async |tx| mail::send_all(tx, ctx.ids, &portion).await)
                .await?;
        }
        Ok(())
    }
}

async fn ask_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mut mailing = mailing(ctx, job).await?;
    if state_of(&mailing.ballot)? != BallotState::Open {
        return Ok(());
    }
    mailing.keep_electors(ctx).await?;
    let occasion = format!("ask:{}", mailing.ballot.round);
    for some in mailing.contacts.chunks(PORTION) {
        ctx.db
            .write(async |tx| {
                let mut portion = Vec::with_capacity(some.len());
                for contact in some {
                    let letter = invitation(ctx, tx, &mailing, contact, &letters::ASK, &occasion);
                    portion.push(letter.await?);
                }
                mail::send_all(tx, ctx.ids, &portion).await
            })
            .await?;
    }
    Ok(())
}

/// A letter with the link of one person. The link outlives the closing time, which may be extended.
pub(super) async fn invitation(
    ctx: &Ctx,
    tx: &Tx,
    mailing: &Mailing,
    contact: &Contact,
    text: &LetterText<'_>,
    occasion: &str,
) -> Result<Letter, Failure> {
    let Mailing {
        ballot, alliance, ..
    } = mailing;
    let left = ballot.closes_at.millis().saturating_sub(tx.now().millis());
    let lifetime =
        TimeDelta::milliseconds(std::cmp::max(left, 0)) + TimeDelta::days(EXTENSION_DAYS);
    let link = links::create(ctx, tx, ballot, contact, lifetime).await?;
    let mut vars = facts(ballot, alliance, contact);
    vars["closes_at"] = json!(local(alliance, ballot.closes_at));
    vars["link"] = json!(link);
    let mut letter = write(text, ballot, contact, &vars, occasion)?;
    letter.expires_at = Some(ballot.closes_at);
    Ok(letter)
}

async fn notify_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mailing = mailing(ctx, job).await?;
    let Mailing {
        ballot, alliance, ..
    } = &mailing;
    if state_of(ballot)? != BallotState::Notice {
        return Ok(());
    }
    let occasion = format!("notice:{}", ballot.edition);
    let opens_at = ballot.opens_at.unwrap_or(ballot.closes_at);
    mailing
        .send(ctx, |contact| {
            let mut vars = facts(ballot, alliance, contact);
            vars["opens_at"] = json!(local(alliance, opens_at));
            vars["closes_at"] = json!(local(alliance, ballot.closes_at));
            write(&letters::NOTICE, ballot, contact, &vars, &occasion)
        })
        .await
}

async fn tell_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mailing = mailing(ctx, job).await?;
    let news: News = serde_json::from_value(job.payload["news"].clone())
        .map_err(|error| JobFailure::GiveUp(error.to_string()))?;
    let (what, when) = (&job.payload["news"], &job.payload["version"]);
    let occasion = format!("news:{what}:{when}");
    let Mailing {
        ballot, alliance, ..
    } = &mailing;
    mailing
        .send(ctx, |contact| {
            let locale = contact.person.locale;
            let mut vars = facts(ballot, alliance, contact);
            vars["news"] = json!(news.in_words(locale));
            vars["detail"] = json!(news.detail(ballot, alliance, locale));
            write(&letters::NEWS, ballot, contact, &vars, &occasion)
        })
        .await
}

async fn announce_to_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mailing = mailing(ctx, job).await?;
    let Mailing {
        ballot, alliance, ..
    } = &mailing;
    let record = record_of(ballot)?.ok_or_else(|| spoilt(ballot, "record"))?;
    let paper = paper_of(ballot)?;
    let occasion = format!("result:{}", record.result);
    mailing
        .send(ctx, |contact| {
            let locale = contact.person.locale;
            let mut vars = facts(ballot, alliance, contact);
            vars["result"] = json!(wording::result(ballot, &paper, record.result, locale));
            vars["figures"] = json!(wording::figures(&record, &paper, locale));
            write(&letters::RESULT, ballot, contact, &vars, &occasion)
        })
        .await
}

/// Tells the people of the holder that it was appointed.
pub(super) async fn tell_holder(
    act: &Act<'_>,
    ballot: &Ballot,
    proxy: &Proxy,
) -> Result<(), Failure> {
    let alliance = alliances::alliance(act.tx(), ballot.alliance_id)
        .await?
        .ok_or_else(|| Refused::not_found("alliance"))?;
    let principal = alliances::member(act.tx(), ballot.alliance_id, proxy.principal_id).await?;
    let principal = principal.map(|member| member.name).unwrap_or_default();
    let people = alliances::contacts_of(act.tx(), ballot.alliance_id, proxy.holder_id).await?;
    let occasion = format!("proxy:{}", proxy.id);
    for contact in people {
        let mut vars = facts(ballot, &alliance, &contact);
        vars["principal"] = json!(principal);
        vars["closes_at"] = json!(local(&alliance, ballot.closes_at));
        let letter = write(&letters::PROXY, ballot, &contact, &vars, &occasion)?;
        mail::send(act, &letter).await?;
    }
    Ok(())
}

/// Tells the other side that an appointment has ended, by the doing of the member `by`.
pub(super) async fn tell_end(
    act: &Act<'_>,
    ballot: &Ballot,
    proxy: &Proxy,
    by: MembershipId,
) -> Result<(), Failure> {
    let id = ballot.alliance_id;
    let alliance = alliances::alliance(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("alliance"))?;
    let (other, text) = if by == proxy.principal_id {
        (proxy.holder_id, &letters::PROXY_REVOKED)
    } else {
        (proxy.principal_id, &letters::PROXY_LOST)
    };
    let gone = alliances::member(act.tx(), id, by).await?;
    let gone = gone.map(|member| member.name).unwrap_or_default();
    let occasion = format!("proxy-ended:{}", proxy.id);
    for contact in alliances::contacts_of(act.tx(), id, other).await? {
        let mut vars = facts(ballot, &alliance, &contact);
        vars["other"] = json!(gone);
        vars["closes_at"] = json!(local(&alliance, ballot.closes_at));
        let letter = write(text, ballot, &contact, &vars, &occasion)?;
        mail::send(act, &letter).await?;
    }
    Ok(())
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
