//! What happens when a schedule fires: jobs that may run twice and act once.
//!
//! The row of the fire is locked and says whether it was handled; its note commits with the effects. So a
//! job that is taken over after a crash finds either nothing done or everything.

use serde_json::json;

use crate::alliances;
use crate::campaigns::domain::action::Action;
use crate::campaigns::domain::action::ActionKind;
use crate::campaigns::domain::state::Event;
use crate::campaigns::repo;
use crate::campaigns::repo::Campaign;
use crate::campaigns::repo::schedules;
use crate::campaigns::repo::schedules::Schedule;
use crate::campaigns::service::campaigns;
use crate::campaigns::service::coming;
use crate::campaigns::service::recipients;
use crate::campaigns::service::schedules::draft;
use crate::campaigns::service::transitions;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::perform_as_system;
use crate::platform::ctx::Ctx;
use crate::platform::queue::Job;
use crate::platform::queue::JobFailure;
use crate::platform::registry::JobHandler;
use crate::platform::schedule::Fired;

/// The jobs of fires.
pub fn jobs() -> Vec<JobHandler> {
    ActionKind::ALL
        .iter()
        .map(|kind| JobHandler {
            kind: kind.job(),
            run: |ctx, job| Box::pin(async move { run(&ctx, &job).await }),
        })
        .collect()
}

async fn run(ctx: &Ctx, job: &Job) -> Result<(), JobFailure> {
    let unreadable = |error: serde_json::Error| JobFailure::GiveUp(error.to_string());
    let fired: Fired = serde_json::from_value(job.payload.clone()).map_err(unreadable)?;
    let outcome = perform_as_system(ctx, "run_schedule", async |act| handle(act, &fired).await);
    match outcome.await {
        // A rule said no: the history of the schedule tells why.
        Err(Failure::Refused(refusal)) if refusal.kind().status < 500 => {
            let code = refusal.kind().code;
            tracing::warn!(schedule = %fired.schedule_id, code, %refusal, "a fire came to nothing");
            perform_as_system(ctx, "run_schedule", async |act| {
                fail(act, &fired, code).await
            })
            .await
            .map_err(JobFailure::from)
        }
        outcome => outcome.map_err(JobFailure::from),
    }
}

/// What a fire came to.
struct Done {
    result: &'static str,
    campaign: Option<CampaignId>,
}

impl Done {
    const fn of(result: &'static str) -> Self {
        Self {
            result,
            campaign: None,
        }
    }
}

async fn handle(act: &Act<'_>, fired: &Fired) -> Result<(), Failure> {
    let schedule = schedules::of_fire(act.tx(), fired.schedule_id).await?;
    let Some((schedule, alliance)) = schedule.and_then(|s| s.alliance_id.map(|id| (s, id))) else {
        return Ok(());
    };
    // Whoever dissolves the alliance meanwhile waits, or was first: then nothing is sent.
    alliances::lock_living(act, alliance).await?;
    let fire = schedules::lock_fire(act.tx(), fired.schedule_id, fired.fire_at).await?;
    let Some(fire) = fire.filter(|fire| fire.result.is_none()) else {
        return Ok(());
    };
    let action: Action =
        serde_json::from_value(fired.payload.clone()).map_err(anyhow::Error::from)?;
    let key = format!("schedule:{}:{}", fired.schedule_id, fired.fire_at.millis());
    let done = match action.kind {
        ActionKind::Campaign => campaign(act, &schedule, alliance, &action).await?,
        ActionKind::Reminder => {
            let told = coming::remind(act, alliance, action.looks_ahead(), &key).await?;
            Done::of(if told == 0 { "nothing_due" } else { "sent" })
        }
        ActionKind::Digest => {
            let told = coming::digest(act, alliance, action.looks_ahead(), &key).await?;
            Done::of(if told == 0 { "nothing_coming" } else { "sent" })
        }
    };
    schedules::note(act.tx(), &fire, done.result, done.campaign).await?;
    let data =
        json!({ "fire_at": fired.fire_at, "result": done.result, "campaign_id": done.campaign });
    act.record("schedule.ran", Some(alliance), schedule.id.0, data)
        .await?;
    Ok(())
}

async fn fail(act: &Act<'_>, fired: &Fired, code: &str) -> Result<(), Failure> {
    let fire = schedules::lock_fire(act.tx(), fired.schedule_id, fired.fire_at).await?;
    let Some(fire) = fire.filter(|fire| fire.result.is_none()) else {
        return Ok(());
    };
    schedules::note(act.tx(), &fire, code, None).await?;
    let schedule = schedules::of_fire(act.tx(), fired.schedule_id).await?;
    let alliance = schedule.and_then(|schedule| schedule.alliance_id);
    let data = json!({ "fire_at": fired.fire_at, "code": code });
    act.record("schedule.failed", alliance, fired.schedule_id.0, data)
        .await?;
    Ok(())
}

/// A new campaign of the template under the name of who made the schedule, or the prepared one; either
/// starts at once.
async fn campaign(
    act: &Act<'_>,
    schedule: &Schedule,
    alliance: AllianceId,
    action: &Action,
) -> Result<Done, Failure> {
    let gone = || Refused::not_found("object");
    let by = schedule.created_by.ok_or_else(gone)?;
    let campaign = match (draft(action), action.campaign_id) {
        (Some(draft), _) => {
            let alliance = alliances::alliance(act.tx(), alliance)
                .await?
                .ok_or_else(gone)?;
            let mut campaign = campaigns::prepare(act, &alliance, &draft, by).await?;
            campaign.approved_by = Some(by);
            transitions::advance(&mut campaign, Event::Approve)?;
            start(act, &mut campaign).await?;
            repo::insert_campaign(act.tx(), &campaign).await?;
            campaign
        }
        (None, Some(id)) => {
            let mut campaign = repo::lock_campaign(act.tx(), id).await?.ok_or_else(gone)?;
            start(act, &mut campaign).await?;
            repo::update_campaign(act.tx(), &campaign).await?;
            campaign
        }
        (None, None) => return Err(gone().into()),
    };
    let data = json!({ "schedule_id": schedule.id });
    act.record("campaign.scheduled", Some(alliance), campaign.id.0, data)
        .await?;
    Ok(Done {
        result: "sent",
        campaign: Some(campaign.id),
    })
}

async fn start(act: &Act<'_>, campaign: &mut Campaign) -> Result<(), Failure> {
    transitions::advance(campaign, Event::Schedule)?;
    recipients::refuse_too_many(act.tx(), campaign).await?;
    campaign.send_at = Some(act.now());
    act.wake_worker();
    Ok(())
}
