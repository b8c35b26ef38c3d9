//! A member that left or was expelled: its appointments end in every ballot that takes votes yet, those that it
//! gave and those that it holds. Its own vote and its link end by themselves, because only active members vote;
//! what it cast as a member is counted, because the electorate was fixed at the opening.

use serde::Deserialize;
use serde_json::json;

use crate::ballots::domain::life::BallotState;
use crate::ballots::repo;
use crate::ballots::service::closing;
use crate::ballots::service::letters;
use crate::ballots::service::state_of;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::platform::registry::Consumer;

/// Facts that ballots react to.
pub fn consumers() -> Vec<Consumer> {
    vec![
        closing::ENACT,
        Consumer {
            topic: "membership.left",
            name: "ballots.end_of_left",
            run: |ctx, event| Box::pin(async move { follow_departure(&ctx, &event).await }),
        },
        Consumer {
            topic: "membership.expelled",
            name: "ballots.end_of_expelled",
            run: |ctx, event| Box::pin(async move { follow_departure(&ctx, &event).await }),
        },
    ]
}

/// A membership that has ended, as its slice tells of it.
#[derive(Deserialize)]
struct Departed {
    membership_id: MembershipId,
}

async fn follow_departure(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let departed: Departed = serde_json::from_value(event.payload.clone())
        .map_err(|error| JobFailure::GiveUp(error.to_string()))?;
    let member = departed.membership_id;
    for ballot in repo::proxies::ballots_of(&ctx.db.reader(), member).await? {
        act::perform_as_system(ctx, "end_proxies", async |act| {
            end_in(act, ballot, member).await
        })
        .await?;
    }
    Ok(())
}

/// Ends the appointments of a member in one ballot, and tells the other side.
async fn end_in(act: &Act<'_>, id: BallotId, member: MembershipId) -> Result<(), Failure> {
    let Some(ballot) = repo::lock(act.tx(), id).await? else {
        return Ok(());
    };
    let state = state_of(&ballot)?;
    if state.is_counted() || state == BallotState::Withdrawn {
        return Ok(());
    }
    for proxy in repo::proxies::standing_of(act.tx(), id, member).await? {
        repo::proxies::end(act.tx(), proxy.id).await?;
        let data = json!({ "principal_id": proxy.principal_id, "holder_id": proxy.holder_id, "left": member });
        act.record("proxy.ended", Some(ballot.alliance_id), id.0, data)
            .await?;
        letters::tell_end(act, &ballot, &proxy, member).await?;
    }
    Ok(())
}
