//! Counting and declaring, and what follows from a carried ballot.

use std::collections::BTreeMap;

use serde_json::json;

use crate::ballots::calculators::TallyAnswer;
use crate::ballots::domain::early_close;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::tally;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Vote as Choice;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::advance;
use crate::ballots::service::letters;
use crate::ballots::service::matter_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::spoilt;
use crate::ballots::service::state_of;
use crate::ballots::service::take;
use crate::ballots::subjects;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::mandates;
use crate::mandates::Decision;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::platform::registry::Consumer;

/// Facts that ballots react to.
pub const CONSUMERS: &[Consumer] = &[Consumer {
    topic: mandates::CONSUMED,
    name: "ballots.enact",
    run: |ctx, event| Box::pin(async move { enact(&ctx, &event).await }),
}];

/// The source of a ballot's mandate.
const SOURCE: &str = "ballot:";

/// Everything that a count needs.
struct Papers {
    electorate: BTreeMap<MembershipId, i64>,
    votes: BTreeMap<MembershipId, Choice>,
}

/// Closes a ballot whose time is over, or whose result stands where its rule closes early.
///
/// # Errors
/// 404, 403, 412; 409 `illegal_transition` or `ballot_still_open`.
pub async fn close(act: &Act<'_>, id: BallotId) -> Result<Ballot, Failure> {
    let (mut ballot, _) = take(act, id).await?;
    act.enter(Some(ballot.version)).await?;
    state_of(&ballot)?.after(BallotEvent::Close)?;
    if act.now() < ballot.closes_at {
        let papers = papers(act, &ballot).await?;
        let rule = rule_of(&ballot)?;
        if early_close::closes_now(&rule, &papers.electorate, &papers.votes)?.is_none() {
            let closes_at = ballot.closes_at.millis();
            return Err(BallotRefused::StillOpen { closes_at }.into());
        }
    }
    declare(act, &mut ballot).await?;
    Ok(ballot)
}

/// Counts an open ballot that the caller holds locked. What is carried is permitted in the same transaction.
///
/// # Errors
/// When the database fails.
pub(super) async fn declare(act: &Act<'_>, ballot: &mut Ballot) -> Result<(), Failure> {
    let papers = papers(act, ballot).await?;
    let tally = tally::tally(&rule_of(ballot)?, &papers.electorate, &papers.votes)?;
    let record = TallyAnswer::from(tally);
    let result = record.result;
    advance(ballot, BallotEvent::Close)?;
    ballot.closed_at = Some(act.now());
    ballot.result = Some(result.as_str().to_owned());
    ballot.record = Some(json!(record));
    repo::save(act.tx(), ballot).await?;
    let alliance = Some(ballot.alliance_id);
    act.record("ballot.declared", alliance, ballot.id.0, json!(record))
        .await?;
    if result == Outcome::Carried {
        permit(act, ballot).await?;
    }
    letters::announce(act, ballot).await
}

async fn papers(act: &Act<'_>, ballot: &Ballot) -> Result<Papers, Failure> {
    let electorate = repo::electorate(act.tx(), ballot.id).await?;
    let mut votes = BTreeMap::new();
    for vote in repo::all_votes(act.tx(), ballot.id).await? {
        let choice = Choice::parse(&vote.choice).ok_or_else(|| spoilt(ballot, "vote"))?;
        votes.insert(vote.membership_id, choice);
    }
    Ok(Papers { electorate, votes })
}

/// Issues the mandate of a carried ballot, for exactly the content that was announced.
async fn permit(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    let (Some(matter), Some(subject)) = (subjects::permits(matter_of(ballot)?), ballot.subject_id)
    else {
        return Ok(());
    };
    let content_hash = ballot
        .content_hash
        .clone()
        .ok_or_else(|| spoilt(ballot, "content hash"))?;
    let decision = Decision {
        alliance: ballot.alliance_id,
        matter,
        subject,
        content_hash,
        source: format!("{SOURCE}{}", ballot.id),
    };
    mandates::issue(act, decision).await?;
    Ok(())
}

/// A ballot is effective once its mandate was used.
async fn enact(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let source = event.payload["source"].as_str().unwrap_or_default();
    let Some(id) = source
        .strip_prefix(SOURCE)
        .and_then(|id| id.parse::<BallotId>().ok())
    else {
        return Ok(());
    };
    act::perform_as_system(ctx, "ballots.enact", async |act| {
        let Some(mut ballot) = repo::lock(act.tx(), id).await? else {
            return Ok(());
        };
        if state_of(&ballot)? != BallotState::Declared {
            return Ok(());
        }
        advance(&mut ballot, BallotEvent::Enact)?;
        repo::save(act.tx(), &mut ballot).await?;
        act.record("ballot.enacted", Some(ballot.alliance_id), id.0, json!({}))
            .await?;
        Ok(())
    })
    .await?;
    Ok(())
}
