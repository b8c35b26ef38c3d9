//! What the clock asks of ballots.

use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::repo;
use crate::ballots::service::after;
use crate::ballots::service::closing;
use crate::ballots::service::opening;
use crate::ballots::service::papers;
use crate::ballots::service::reminding;
use crate::ballots::service::state_of;
use crate::kernel::ids::BallotId;
use crate::kernel::problem::Failure;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;

/// Opens, closes, reminds, permits and settles what is due. One ballot at fault does not hold up the others.
///
/// # Errors
/// When the database does not answer.
pub async fn tick(ctx: Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let due = repo::due(&reader, reader.now().await?).await?;
    let mut done = 0;
    for id in due {
        let outcome =
            act::perform_as_system(&ctx, "ballots.tick", async |act| step(act, id).await).await;
        match outcome {
            Ok(()) => done += 1,
            Err(failure) => tracing::error!(%id, ?failure, "a ballot is stuck"),
        }
    }
    Ok(done)
}

/// The next thing that the clock asks of one ballot, if somebody else did not do it meanwhile.
async fn step(act: &Act<'_>, id: BallotId) -> Result<(), Failure> {
    let Some(mut ballot) = repo::lock(act.tx(), id).await? else {
        return Ok(());
    };
    let is_due = |at: Option<_>| at.is_some_and(|at| at <= act.now());
    let result = ballot.result.as_deref().and_then(Outcome::parse);
    match (state_of(&ballot)?, result) {
        (BallotState::Notice, _) if is_due(ballot.opens_at) => {
            opening::open(act, &mut ballot).await
        }
        (BallotState::Open, _) if ballot.closes_at <= act.now() => {
            closing::declare(act, &mut ballot).await
        }
        (BallotState::Open, _) if ballot.reminded_at.is_none() && is_due(ballot.remind_at) => {
            reminding::remind(act, &ballot).await
        }
        (BallotState::Declared, Some(Outcome::CastingVote)) if is_due(ballot.casting_until) => {
            after::silence(act, &mut ballot).await
        }
        (BallotState::Declared, Some(Outcome::Carried))
            if ballot.permitted_at.is_none() && is_due(ballot.effective_at) =>
        {
            after::permit(act, &mut ballot).await
        }
        _ => Ok(()),
    }
}

/// Closes ballots whose result stands, where their rule closes early. A vote costs the same however many there
/// are, so it does not look at the others; this does, and only where votes came since its last look.
///
/// # Errors
/// When the database does not answer.
pub async fn check_decided(ctx: Ctx) -> Result<u64, Failure> {
    let mut closed = 0;
    for (id, seen) in repo::to_check(&ctx.db.reader()).await? {
        let Some(ballot) = repo::ballot(&ctx.db.reader(), id).await? else {
            continue;
        };
        let votes = repo::votes::count(&ctx.db.reader(), &ballot).await?;
        let votes = i64::try_from(votes).unwrap_or(i64::MAX);
        if votes == seen {
            continue;
        }
        let outcome = act::perform_as_system(&ctx, "ballots.check_decided", async |act| {
            close_decided(act, id, votes).await
        })
        .await;
        match outcome {
            Ok(done) => closed += u64::from(done),
            Err(failure) => tracing::error!(%id, ?failure, "a ballot is stuck"),
        }
    }
    Ok(closed)
}

async fn close_decided(act: &Act<'_>, id: BallotId, votes: i64) -> Result<bool, Failure> {
    let Some(mut ballot) = repo::lock(act.tx(), id).await? else {
        return Ok(false);
    };
    if state_of(&ballot)? != BallotState::Open {
        return Ok(false);
    }
    if papers::load(act, &ballot).await?.is_decided(&ballot)? {
        closing::declare(act, &mut ballot).await?;
        return Ok(true);
    }
    repo::mark_checked(act.tx(), id, votes).await?;
    Ok(false)
}
