//! Use cases of ballots.

mod after;
mod amending;
mod challenging;
mod clock;
mod closing;
mod departing;
mod electorate;
mod following;
mod interests;
mod letters;
mod links;
mod opening;
mod papers;
mod proposing;
mod proxies;
mod reading;
mod reminding;
mod secrets;
mod voting;
mod withdrawing;

use sea_orm::ConnectionTrait;
use serde::Deserialize;
use serde::Serialize;

use crate::alliances;
use crate::alliances::Standing;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::paper::BallotOption;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::record::BallotRecord;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::platform::act::Asker;

pub use after::casting_vote;
pub use amending::Amendment;
pub use amending::amend;
pub use amending::extend;
pub use amending::reopen;
pub use amending::repeat;
pub use challenging::annul;
pub use challenging::challenge;
pub use challenging::uphold;
pub use clock::check_decided;
pub use clock::tick;
pub use closing::close;
pub use departing::consumers;
pub use interests::Interest;
pub use interests::declare_interest;
pub use letters::JOBS;
pub use links::LINKS;
pub use opening::publish;
pub use proposing::Proposal;
pub use proposing::propose;
pub use proxies::appoint;
pub use proxies::list as list_proxies;
pub use proxies::revoke;
pub use reading::Declared;
pub use reading::Mine;
pub use reading::electorate;
pub use reading::is_executed;
pub use reading::list;
pub use reading::receipts;
pub use reading::record;
pub use reading::show;
pub use reading::votes;
pub use secrets::Receipt;
pub use voting::Spoken;
pub use voting::Taken;
pub use voting::vote;
pub use withdrawing::withdraw;

/// Who sees drafts.
const BACKSTAGE: [Role; 3] = [Role::Organizer, Role::Treasurer, Role::Observer];

/// An option as it is stored: with what it permits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Candidate {
    id: String,
    title: String,
    /// Hash of what is permitted where it wins; empty where nothing is.
    #[serde(default)]
    content_hash: Vec<u8>,
}

/// Loads a ballot under the lock of a decision and admits the caller by the operation's rule.
async fn take(act: &Act<'_>, id: BallotId) -> Result<(Ballot, Standing), Failure> {
    let ballot = repo::lock(act.tx(), id).await?;
    admit(act.tx(), act.asker(), ballot).await
}

/// 404 for strangers, and for members as long as it is a draft; 403 for the wrong role.
async fn admit(
    c: &impl ConnectionTrait,
    asker: &Asker,
    ballot: Option<Ballot>,
) -> Result<(Ballot, Standing), Failure> {
    let ballot = ballot.ok_or_else(|| Refused::not_found("ballot"))?;
    let standing = alliances::standing(c, &asker.caller, ballot.alliance_id)
        .await?
        .ok_or_else(|| Refused::not_found("ballot"))?;
    if state_of(&ballot)? == BallotState::Draft && !standing.is_any(&BACKSTAGE) {
        return Err(Refused::not_found("ballot").into());
    }
    let standing = alliances::admit(c, asker, ballot.alliance_id).await?;
    Ok((ballot, standing))
}

/// Moves a ballot on.
fn advance(ballot: &mut Ballot, event: BallotEvent) -> Result<(), Failure> {
    ballot.state = state_of(ballot)?.after(event)?.as_str().to_owned();
    Ok(())
}

/// Where a ballot stands.
///
/// # Errors
/// When the row holds a word that is none of ours.
pub fn state_of(ballot: &Ballot) -> Result<BallotState, Failure> {
    BallotState::parse(&ballot.state).ok_or_else(|| spoilt(ballot, "state"))
}

/// What a ballot decides.
///
/// # Errors
/// When the row holds a word that is none of ours.
pub fn matter_of(ballot: &Ballot) -> Result<BallotMatter, Failure> {
    BallotMatter::parse(&ballot.matter).ok_or_else(|| spoilt(ballot, "matter"))
}

/// The rule that a ballot froze.
///
/// # Errors
/// When the row holds no rule.
pub fn rule_of(ballot: &Ballot) -> Result<BallotRule, Failure> {
    serde_json::from_value(ballot.rule.clone()).map_err(|_| spoilt(ballot, "rule"))
}

/// The declaration, once there is one.
///
/// # Errors
/// When the row holds something else.
pub fn record_of(ballot: &Ballot) -> Result<Option<BallotRecord>, Failure> {
    let record = ballot.record.clone().map(serde_json::from_value);
    record.transpose().map_err(|_| spoilt(ballot, "record"))
}

fn candidates_of(ballot: &Ballot) -> Result<Vec<Candidate>, Failure> {
    let options = ballot.options.clone().map(serde_json::from_value);
    Ok(options
        .transpose()
        .map_err(|_| spoilt(ballot, "option"))?
        .unwrap_or_default())
}

/// The ballot paper of the present round.
///
/// # Errors
/// When the row holds options that are none.
pub fn paper_of(ballot: &Ballot) -> Result<Paper, Failure> {
    if ballot.options.is_none() {
        return Ok(Paper::Motion);
    }
    let option = |candidate: Candidate| BallotOption {
        id: candidate.id,
        title: candidate.title,
    };
    let candidates = candidates_of(ballot)?;
    Ok(Paper::Choice(candidates.into_iter().map(option).collect()))
}

fn spoilt(ballot: &Ballot, part: &str) -> Failure {
    anyhow::anyhow!("ballot {} has a spoilt {part}", ballot.id).into()
}
