//! What happens without anybody asking: sales run, end and settle by the clock, carried ballots
//! publish, and new time zone rules move instants.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::json;

use crate::alliances;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::problem::Failure;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::platform::outbox::Event;
use crate::platform::queue::JobFailure;
use crate::platform::registry::Consumer;
use crate::platform::registry::Sweep;
use crate::promotions::domain::life::PromotionState;
use crate::promotions::repo;
use crate::promotions::service::enrolled;
use crate::promotions::service::entries;
use crate::promotions::service::loaded;
use crate::promotions::service::rechecking;
use crate::promotions::service::repeating;
use crate::promotions::service::retiming;
use crate::promotions::service::transitions;

/// Topic of the fact that a sale begins.
const STARTED: &str = "promotion.started";

/// Topic of the fact that a sale is over.
const ENDED: &str = "promotion.ended";

/// Topic of the fact that a settlement is over.
const SETTLED: &str = "promotion.settled";

/// The background work of this slice.
pub fn sweeps() -> Vec<Sweep> {
    vec![
        Sweep {
            name: "promotion clock",
            every: TimeDelta::seconds(1),
            run: |ctx| Box::pin(async move { advance_due(&ctx).await }),
        },
        Sweep {
            name: "phase clock",
            every: TimeDelta::seconds(1),
            run: |ctx| Box::pin(async move { entries::tell_due(&ctx).await }),
        },
        Sweep {
            name: "promotion zones",
            every: TimeDelta::hours(1),
            run: |ctx| Box::pin(async move { retiming::stale(&ctx).await }),
        },
    ]
}

/// What this slice makes of the facts of others.
pub fn consumers() -> Vec<Consumer> {
    vec![
        Consumer {
            topic: mandates::ISSUED,
            name: "promotions.schedule",
            run: |ctx, event| Box::pin(async move { follow_mandate(&ctx, &event).await }),
        },
        Consumer {
            topic: "membership.left",
            name: "promotions.end_of_left",
            run: |ctx, event| Box::pin(async move { follow_departure(&ctx, &event).await }),
        },
        Consumer {
            topic: "membership.expelled",
            name: "promotions.end_of_expelled",
            run: |ctx, event| Box::pin(async move { follow_departure(&ctx, &event).await }),
        },
        Consumer {
            topic: STARTED,
            name: "promotions.recheck_prices",
            run: |ctx, event| Box::pin(async move { rechecking::follow_start(&ctx, &event).await }),
        },
        // A long sleep may skip the start.
        Consumer {
            topic: ENDED,
            name: "promotions.recheck_prices_late",
            run: |ctx, event| Box::pin(async move { rechecking::follow_start(&ctx, &event).await }),
        },
        Consumer {
            topic: ENDED,
            name: "promotions.repeat_ended",
            run: |ctx, event| Box::pin(async move { follow_end(&ctx, &event).await }),
        },
        // A long sleep may skip the end.
        Consumer {
            topic: SETTLED,
            name: "promotions.repeat_settled",
            run: |ctx, event| Box::pin(async move { follow_end(&ctx, &event).await }),
        },
    ]
}

async fn advance_due(ctx: &Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let due = repo::due(&reader, now).await?;
    let mut done = 0;
    for id in due {
        done +=
            act::perform_as_system(ctx, "advance_promotion", async |act| advance(act, id).await)
                .await?;
    }
    Ok(done)
}

/// Brings one promotion to the state of the clock; answers whether that was news.
async fn advance(act: &Act<'_>, id: PromotionId) -> Result<u64, Failure> {
    let mut loaded = loaded::lock(act.tx(), id).await?;
    let state = loaded.state(act.now())?;
    if state == loaded.stored_state()? {
        return Ok(0);
    }
    loaded.enter_state(state);
    let fact = match state {
        PromotionState::Running => STARTED,
        PromotionState::Ended => ENDED,
        _ => SETTLED,
    };
    transitions::finish(act, &mut loaded, fact).await?;
    Ok(1)
}

/// A membership that has ended, as its slice tells of it.
#[derive(Deserialize)]
struct Departed {
    membership_id: MembershipId,
}

async fn follow_departure(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let departed: Departed = read(event)?;
    act::perform_as_system(ctx, "end_enrolments", async |act| {
        enrolled::end_with_membership(act, departed.membership_id).await
    })
    .await?;
    Ok(())
}

/// A promotion whose sale is over.
#[derive(Deserialize)]
struct Over {
    promotion_id: PromotionId,
}

/// A yearly promotion puts its next edition before the members; where that cannot be, the journal says why.
async fn follow_end(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let over: Over = read(event)?;
    let id = over.promotion_id;
    let outcome = act::perform_as_system(ctx, "repeat_promotion", async |act| {
        let old = loaded::lock(act.tx(), id).await?;
        let alliance = alliances::alliance(act.tx(), old.row.alliance_id).await?;
        if alliance.is_none_or(|alliance| alliance.dissolved) {
            return Ok(());
        }
        // An edition that was called off is not put forward again.
        if old.terms()?.yearly && !repo::has_edition(act.tx(), id).await? {
            repeating::next_edition(act, &old, None).await?;
        }
        Ok(())
    })
    .await;
    let Err(Failure::Refused(refusal)) = outcome else {
        return Ok(outcome?);
    };
    act::perform_as_system(ctx, "repeat_promotion", async |act| {
        let old = loaded::lock(act.tx(), id).await?;
        let data = json!({ "code": refusal.kind().code, "params": refusal.params() });
        let alliance = Some(old.row.alliance_id);
        act.record("promotion.not_repeated", alliance, id.0, data)
            .await?;
        Ok(())
    })
    .await?;
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(event: &Event) -> Result<T, JobFailure> {
    serde_json::from_value(event.payload.clone())
        .map_err(|error| JobFailure::GiveUp(error.to_string()))
}

/// A mandate as its issuer tells of it.
#[derive(Deserialize)]
struct Issued {
    subject_id: PromotionId,
}

async fn follow_mandate(ctx: &Ctx, event: &Event) -> Result<(), JobFailure> {
    let matter = event.payload["matter"].as_str();
    if matter != Some(Matter::Promotion.as_str()) {
        return Ok(());
    }
    let issued: Issued = read(event)?;
    act::perform_as_system(ctx, "schedule_promotion", async |act| {
        let mut loaded = loaded::lock(act.tx(), issued.subject_id).await?;
        // An organizer may have used the mandate already.
        if loaded.stored_state()? == PromotionState::Proposed {
            transitions::publish(act, &mut loaded, true).await?;
        }
        Ok(())
    })
    .await?;
    Ok(())
}
