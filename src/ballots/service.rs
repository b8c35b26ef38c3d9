//! Use cases of ballots.

mod closing;
mod letters;
mod links;
mod opening;
mod proposing;
mod reading;
mod voting;

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Standing;
use crate::ballots::domain::life::BallotEvent;
use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::role::Role;
use crate::platform::act::Act;
use crate::platform::act::Asker;

pub use closing::CONSUMERS;
pub use closing::close;
pub use letters::JOBS;
pub use links::LINKS;
pub use opening::publish;
pub use opening::withdraw;
pub use proposing::Proposal;
pub use proposing::propose;
pub use reading::list;
pub use reading::show;
pub use reading::votes;
pub use voting::vote;

/// Who sees drafts.
const BACKSTAGE: [Role; 3] = [Role::Organizer, Role::Treasurer, Role::Observer];

/// Opens and closes what is due. One ballot at fault does not hold up the others.
///
/// # Errors
/// When the database does not answer.
pub async fn tick(ctx: crate::platform::ctx::Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let due = repo::due(&reader, reader.now().await?).await?;
    let mut done = 0;
    for id in due {
        let outcome = crate::platform::act::perform_as_system(&ctx, "ballots.tick", async |act| {
            step(act, id).await
        })
        .await;
        match outcome {
            Ok(()) => done += 1,
            Err(failure) => tracing::error!(%id, ?failure, "a ballot is stuck"),
        }
    }
    Ok(done)
}

/// What the clock asks of one ballot, if somebody else did not do it meanwhile.
async fn step(act: &Act<'_>, id: BallotId) -> Result<(), Failure> {
    let Some(mut ballot) = repo::lock(act.tx(), id).await? else {
        return Ok(());
    };
    match state_of(&ballot)? {
        BallotState::Notice if ballot.opens_at.is_some_and(|at| at <= act.now()) => {
            opening::open(act, &mut ballot).await
        }
        BallotState::Open if ballot.closes_at <= act.now() => {
            closing::declare(act, &mut ballot).await
        }
        _ => Ok(()),
    }
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

fn spoilt(ballot: &Ballot, part: &str) -> Failure {
    anyhow::anyhow!("ballot {} has a spoilt {part}", ballot.id).into()
}
