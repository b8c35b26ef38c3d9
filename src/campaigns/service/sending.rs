//! The sweep of campaigns: starts what is due, writes the letters chunk by chunk, tells the end.
//!
//! A chunk is one transaction that writes letters and moves the cursor: after a crash the next one begins
//! where the last commit ended, and an address that comes again meets its own key.

use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::campaigns::domain::state::CampaignState;
use crate::campaigns::domain::state::Event;
use crate::campaigns::promotion_facts;
use crate::campaigns::repo;
use crate::campaigns::repo::Campaign;
use crate::campaigns::service::recipients::Circle;
use crate::campaigns::service::recipients::Matter;
use crate::campaigns::service::transitions;
use crate::campaigns::service::transitions::LIFE;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::mail::Content;
use crate::mail::Letter;
use crate::mail::Recipient;
use crate::mail::mailing;
use crate::mail::mailing::Parcel;
use crate::mail::mailing::Plan;
use crate::mail::stencils;
use crate::platform::act::Act;
use crate::platform::act::perform_as_system;
use crate::platform::ctx::Ctx;

/// Members whose letters are written in one transaction.
const CHUNK: u64 = 200;
/// Chunks of one campaign before the others have their turn.
const TURN: usize = 25;

/// Moves every campaign on as far as it goes now. Answers the number of steps.
///
/// # Errors
/// When the database fails.
pub async fn advance(ctx: Ctx) -> Result<u64, Failure> {
    let reader = ctx.db.reader();
    let now = reader.now().await?;
    let mut steps = 0;
    for id in repo::at_work(&reader, now).await? {
        for _ in 0..TURN {
            let moved =
                perform_as_system(&ctx, "send_campaign", async |act| step(act, id).await).await?;
            if !moved {
                break;
            }
            steps += 1;
        }
    }
    Ok(steps)
}

/// One step of one campaign. `false`: there is nothing to do now.
async fn step(act: &Act<'_>, id: CampaignId) -> Result<bool, Failure> {
    let Some(mut campaign) = repo::lock_campaign(act.tx(), id).await? else {
        return Ok(false);
    };
    match transitions::state(&campaign)? {
        CampaignState::Scheduled if campaign.send_at.is_some_and(|at| at <= act.now()) => {
            start(act, &mut campaign).await
        }
        CampaignState::Sending if campaign.gathered_at.is_none() => {
            write_chunk(act, &mut campaign).await
        }
        CampaignState::Sending if !mailing::is_open(act.tx(), id).await? => {
            campaign.ended_at = Some(act.now());
            mailing::finish(act.tx(), id).await?;
            change(act, &mut campaign, Event::Finish, "campaign.finished").await
        }
        CampaignState::Cancelled if campaign.ended_at.is_none() => clear(act, &mut campaign).await,
        _ => Ok(false),
    }
}

/// Nobody is told of a promotion that is over by then.
async fn start(act: &Act<'_>, campaign: &mut Campaign) -> Result<bool, Failure> {
    let matter = Matter::of(act.tx(), campaign).await?;
    if matter.facts.is_some_and(|facts| facts.is_over) {
        campaign.ended_at = Some(act.now());
        return change(act, campaign, Event::Cancel, "campaign.cancelled").await;
    }
    campaign.started_at = Some(act.now());
    change(act, campaign, Event::Start, "campaign.started").await
}

async fn change(
    act: &Act<'_>,
    campaign: &mut Campaign,
    event: Event,
    action: &str,
) -> Result<bool, Failure> {
    transitions::advance(campaign, event)?;
    repo::update_campaign(act.tx(), campaign).await?;
    act.record(action, Some(campaign.alliance_id), campaign.id.0, json!({}))
        .await?;
    Ok(true)
}

/// A message that was on its way when the campaign was cancelled may have come back since.
async fn clear(act: &Act<'_>, campaign: &mut Campaign) -> Result<bool, Failure> {
    let cancelled = mailing::cancel(act.tx(), campaign.id).await?;
    if mailing::is_open(act.tx(), campaign.id).await? {
        return Ok(cancelled > 0);
    }
    campaign.ended_at = Some(act.now());
    repo::update_campaign(act.tx(), campaign).await?;
    Ok(true)
}

async fn write_chunk(act: &Act<'_>, campaign: &mut Campaign) -> Result<bool, Failure> {
    let (contacts, last) =
        alliances::contacts_after(act.tx(), campaign.alliance_id, campaign.cursor, CHUNK).await?;
    match last {
        Some(last) => {
            let circle = Circle::of(act.tx(), campaign).await?;
            let matter = Matter::of(act.tx(), campaign).await?;
            announce(act, campaign, &matter).await?;
            let files = match campaign.promotion_id {
                Some(promotion) => {
                    let alliance = &matter.alliance.name;
                    Some(promotion_facts::files(act, promotion, alliance).await?)
                }
                None => None,
            };
            let mut parcels = Vec::with_capacity(contacts.len());
            for contact in contacts.iter().filter(|contact| circle.takes_in(contact)) {
                let mut parcel = parcel(act, campaign, &matter, contact).await?;
                let locale = contact.person.locale;
                parcel.letter.attachments = files.as_ref().map_or_else(Vec::new, |f| f.of(locale));
                parcels.push(parcel);
            }
            mailing::queue(act.tx(), &parcels).await?;
            campaign.cursor = Some(last);
        }
        None => campaign.gathered_at = Some(act.now()),
    }
    repo::update_campaign(act.tx(), campaign).await?;
    Ok(true)
}

/// Tells the engine what all letters have in common; the first telling counts.
async fn announce(act: &Act<'_>, campaign: &Campaign, matter: &Matter) -> Result<(), Failure> {
    let plan = Plan::new(campaign.id, Some(campaign.alliance_id));
    mailing::open(act.tx(), &plan).await?;
    for locale in Locale::ALL {
        stencils::keep(act.tx(), campaign.id, *locale, matter.stencil(*locale)?).await?;
    }
    Ok(())
}

/// What is special about the letter to one person, in their language; the engine writes it when it is
/// sent. What cannot be sent is kept as failed, with its reason.
async fn parcel(
    act: &Act<'_>,
    campaign: &Campaign,
    matter: &Matter,
    contact: &Contact,
) -> Result<Parcel, Failure> {
    let id: DeliveryId = act.fresh();
    let mut vars = json!({"merchant_name": contact.merchant_name});
    if let Some(promotion) = campaign.promotion_id.filter(|_| matter.calls_to_enrol()) {
        let link = promotion_facts::enrol_link(act, promotion, contact.membership).await?;
        vars["enrol_link"] = link.into();
    }
    let person = &contact.person;
    let to = Recipient {
        email: person.email.clone(),
        name: person.name.clone(),
        locale: person.locale,
    };
    let empty = Content {
        subject: String::new(),
        html: String::new(),
        text: String::new(),
    };
    let letter = Letter {
        alliance: Some(campaign.alliance_id),
        campaign: Some(campaign.id),
        vars: Some(vars),
        dedupe_key: Some(person.email.to_lowercase()),
        expires_at: Some(expiry(act.now(), matter)),
        ..Letter::new(to, matter.category, empty)
    };
    let fault = letter.check().err().map(|error| error.to_string());
    Ok(Parcel { id, letter, fault })
}

fn expiry(now: Instant, matter: &Matter) -> Instant {
    let last = now.plus(LIFE);
    matter
        .facts
        .as_ref()
        .map_or(last, |facts| std::cmp::min(last, facts.ends_at))
}
