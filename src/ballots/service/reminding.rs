//! Reminding those who have not voted, and only them, once in each round.

use serde_json::Value;

use crate::ballots::domain::life::BallotState;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::letters::REMIND as TEXT;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::letters;
use crate::ballots::service::letters::PORTION;
use crate::ballots::service::rule_of;
use crate::ballots::service::secrets;
use crate::ballots::service::state_of;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::mail;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::queue::Job;
use crate::platform::queue::JobFailure;

/// The job that writes the reminders.
pub(super) const REMIND: &str = "ballots.remind";

/// Notes that the hour of the reminder has come.
pub(super) async fn remind(act: &Act<'_>, ballot: &Ballot) -> Result<(), Failure> {
    repo::mark_reminded(act.tx(), ballot.id).await?;
    letters::enqueue(act, REMIND, ballot, Value::Null).await
}

/// Writes to the people of every member that has not voted when its letter is written.
pub(super) async fn remind_all(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let mut mailing = letters::mailing(ctx, job).await?;
    if state_of(&mailing.ballot)? != BallotState::Open {
        return Ok(());
    }
    mailing.keep_electors(ctx).await?;
    let occasion = format!("remind:{}", mailing.ballot.round);
    for some in mailing.contacts.chunks(PORTION) {
        let members: Vec<MembershipId> = some.iter().map(|c| c.membership).collect();
        ctx.db
            .write(async |tx| {
                let voted = voters_among(ctx, tx, &mailing.ballot, &members).await?;
                let mut portion = Vec::with_capacity(some.len());
                for contact in some.iter().filter(|c| !voted.contains(&c.membership)) {
                    let letter =
                        letters::invitation(ctx, tx, &mailing, contact, &TEXT, &occasion).await?;
                    portion.push(letter);
                }
                mail::send_all(tx, ctx.ids, &portion).await
            })
            .await?;
    }
    Ok(())
}

async fn voters_among(
    ctx: &Ctx,
    tx: &Tx,
    ballot: &Ballot,
    members: &[MembershipId],
) -> Result<Vec<MembershipId>, Failure> {
    if rule_of(ballot)?.secrecy == Secrecy::Secret {
        return secrets::voters_among(ctx, tx, ballot, members).await;
    }
    let voted = repo::votes::voters_among(tx, ballot, members).await?;
    Ok(voted.into_iter().collect())
}
