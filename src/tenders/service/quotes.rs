//! Use cases of quotes: submit, revise, withdraw, and who reads what of them.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::QuoteRevisionId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::platform::act::Act;
use crate::platform::act::Asker;
use crate::tenders::domain::lifecycle;
use crate::tenders::domain::lifecycle::Moment;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::domain::offer::Offer;
use crate::tenders::domain::offer::check::Call;
use crate::tenders::domain::offer::check::Wanted;
use crate::tenders::problems;
use crate::tenders::repo::offers as repo;
use crate::tenders::repo::offers::Quote;
use crate::tenders::repo::offers::Revision;
use crate::tenders::repo::tenders;
use crate::tenders::repo::tenders::Round;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::sealing;
use crate::tenders::sealing::Place;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::tenders::require;
use crate::tenders::service::viewer;
use crate::tenders::service::viewer::Viewer;
use crate::tenders::views::QuoteReceipt;

/// A content as it was sent, for its pointers, and in one spelling, for sealing.
pub struct Sent {
    pub offer: Offer,
    pub normalised: Offer,
}

impl From<Offer> for Sent {
    fn from(offer: Offer) -> Self {
        Self {
            normalised: offer.clone().normalised(),
            offer,
        }
    }
}

/// Makes a quote with its first content, as a draft or submitted at once.
///
/// # Errors
/// 404, 403; every rule of the content that is broken; `round_not_open`, `deadline_passed`, `quote_exists`.
pub async fn create(
    act: &Act<'_>,
    tender: TenderId,
    manufacturer: Option<ManufacturerId>,
    sent: &Sent,
    submit: bool,
) -> Result<QuoteReceipt, Failure> {
    let (_, viewer) = viewer::see(act.tx(), act.asker(), tender).await?;
    let manufacturer = viewer::acting(&viewer, act.caller(), manufacturer)?;
    let present = clock::settle(act, tender).await?;
    act.enter(None).await?;
    check(act, &present.tender, &sent.offer, submit).await?;
    let round = require_on_time(act, &present)?;
    if let Some(known) = repo::quote_of(act.tx(), tender, manufacturer).await? {
        return Err(Refused::new(
            &problems::QUOTE_EXISTS,
            "This manufacturer has a quote here: send a revision; a withdrawn quote is final.",
        )
        .with("quote_id", known.id.to_string())
        .into());
    }
    let state = match submit {
        true => QuoteState::Submitted,
        false => QuoteState::Draft,
    };
    let quote = Quote {
        id: act.fresh::<QuoteId>(),
        alliance_id: present.tender.alliance_id,
        tender_id: tender,
        round_id: round.id,
        manufacturer_id: manufacturer,
        state: state.as_str().to_owned(),
        revision: 1,
        received_at: act.now(),
        submitted_at: submit.then(|| act.now()),
        version: 1,
        created_at: act.now(),
    };
    repo::insert_quote(act.tx(), quote.clone()).await?;
    let mac = add_revision(act, &quote, round, &sent.normalised).await?;
    note(act, &quote, "quote.created").await?;
    Ok(QuoteReceipt::of(
        &quote,
        sent.offer.lines.len(),
        &mac,
        false,
    ))
}

/// What the items of a tender want, by their references.
pub async fn wanted(
    c: &impl ConnectionTrait,
    tender: TenderId,
) -> Result<HashMap<String, Wanted>, Failure> {
    let items = tenders::items(c, tender).await?.into_iter();
    Ok(items
        .map(|item| {
            let wanted = Wanted {
                unit_code: item.unit_code,
                order_multiple: item.order_multiple,
                gtin: item.gtin,
            };
            (item.line_ref, wanted)
        })
        .collect())
}

/// Every rule of a content; a draft may still be without lines.
pub async fn check(
    act: &Act<'_>,
    tender: &Tender,
    offer: &Offer,
    submits: bool,
) -> Result<(), Failure> {
    let items = wanted(act.tx(), tender.id).await?;
    let call = Call {
        currency: &tender.currency,
        award_by: tender.award_by,
        items: &items,
    };
    let mut errors: Vec<FieldError> = offer.check(&call);
    errors.retain(|error| submits || error.code != "no_lines");
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refused::fields(errors).into())
    }
}

/// The present round, where quotes are taken at the time of this transaction.
pub fn require_on_time<'a>(act: &Act<'_>, present: &'a Present) -> Result<&'a Round, Failure> {
    let round = present.round()?;
    let state = present.state()?;
    match lifecycle::moment(round.opens_at, round.closes_at, act.now()) {
        _ if state == TenderState::Cancelled => require(present, "quote", false)?,
        Moment::Before => {
            return Err(
                Refused::new(&problems::ROUND_NOT_OPEN, "The round has not opened yet.")
                    .with("opens_at", round.opens_at.to_string())
                    .into(),
            );
        }
        Moment::After => return Err(late(act.now(), round.closes_at).into()),
        Moment::Within => {}
    }
    Ok(round)
}

/// What arrived at or after the end.
pub fn late(received_at: Instant, closes_at: Instant) -> Refused {
    Refused::new(
        &kinds::DEADLINE_PASSED,
        "This was received at or after the end of the window.",
    )
    .with("received_at", received_at.to_string())
    .with("closes_at", closes_at.to_string())
}

pub async fn add_revision(
    act: &Act<'_>,
    quote: &Quote,
    round: &Round,
    offer: &Offer,
) -> Result<Vec<u8>, Failure> {
    let sealed = sealing::seal_offer(act.ctx, place(quote), offer)?;
    let row = Revision {
        id: act.fresh::<QuoteRevisionId>(),
        alliance_id: quote.alliance_id,
        quote_id: quote.id,
        number: quote.revision,
        wrapped_key: sealed.wrapped_key,
        sealed_content: sealed.sealed_content,
        content_mac: sealed.content_mac.clone(),
        received_at: act.now(),
        closes_at: round.closes_at,
    };
    repo::insert_revision(act.tx(), row).await?;
    Ok(sealed.content_mac)
}

pub fn place(quote: &Quote) -> Place {
    Place {
        tender: quote.tender_id,
        round: quote.round_id,
        quote: quote.id,
        number: quote.revision,
    }
}

/// The journal learns that something happened, never what the quote says.
pub async fn note(act: &Act<'_>, quote: &Quote, action: &str) -> Result<(), Failure> {
    let facts = json!({ "tender_id": quote.tender_id, "revision": quote.revision });
    let alliance = Some(quote.alliance_id);
    act.record(action, alliance, quote.id.0, facts).await?;
    Ok(())
}

/// A quote with what the caller is to it. People of the alliance learn that it exists once they name it.
pub async fn find(
    c: &impl ConnectionTrait,
    asker: &Asker,
    id: QuoteId,
) -> Result<(Quote, Tender, Viewer), Failure> {
    let none = || Failure::from(Refused::not_found("quote"));
    let quote = repo::quote(c, id).await?.ok_or_else(none)?;
    let tender = tenders::tender(c, quote.tender_id)
        .await?
        .ok_or_else(none)?;
    let viewer = viewer::look_at(c, &asker.caller, &tender).await?;
    if viewer.manufacturers.contains(&quote.manufacturer_id) || viewer.standing.is_some() {
        Ok((quote, tender, viewer))
    } else {
        Err(none())
    }
}

/// The quote for its own manufacturer, with the tender locked and as the clock has it.
pub async fn own(act: &Act<'_>, id: QuoteId) -> Result<(Quote, Present), Failure> {
    let (quote, _, viewer) = find(act.tx(), act.asker(), id).await?;
    viewer::acting(&viewer, act.caller(), Some(quote.manufacturer_id))?;
    let present = clock::settle(act, quote.tender_id).await?;
    // Read again: a rival may have changed it before the lock.
    let quote = repo::quote(act.tx(), id)
        .await?
        .ok_or_else(|| Refused::not_found("quote"))?;
    Ok((quote, present))
}

pub fn state_of(quote: &Quote) -> Result<QuoteState, Failure> {
    QuoteState::parse(&quote.state).ok_or_else(|| clock::broken(&quote.state))
}

pub fn require_state(quote: &Quote, event: &str, from: &[QuoteState]) -> Result<(), Failure> {
    let state = state_of(quote)?;
    if from.contains(&state) {
        Ok(())
    } else {
        Err(Refused::illegal_transition(state.as_str(), event, state.events()).into())
    }
}

/// Replaces the whole content; equal content changes nothing. A submitted quote stays submitted.
///
/// # Errors
/// 404, 403, 412, 428; rules of the content; `deadline_passed`, `illegal_transition`.
pub async fn revise(
    act: &Act<'_>,
    id: QuoteId,
    sent: &Sent,
    submit: bool,
) -> Result<QuoteReceipt, Failure> {
    let (mut quote, present) = own(act, id).await?;
    act.enter(Some(quote.version)).await?;
    let submits = submit || state_of(&quote)? == QuoteState::Submitted;
    check(act, &present.tender, &sent.offer, submits).await?;
    let round = require_on_time(act, &present)?;
    require_state(
        &quote,
        "revise",
        &[QuoteState::Draft, QuoteState::Submitted],
    )?;
    let lines = sent.offer.lines.len();
    let before = repo::revision(act.tx(), &quote).await?;
    let mac = sealing::offer_mac(act.ctx, id, &sent.normalised)?;
    let submits = submit && state_of(&quote)? == QuoteState::Draft;
    let same = before.is_some_and(|row| row.content_mac == mac);
    if same && !submits {
        return Ok(QuoteReceipt::of(&quote, lines, &mac, true));
    }
    if submits {
        quote.state = QuoteState::Submitted.as_str().to_owned();
        quote.submitted_at = Some(act.now());
    }
    if !same {
        quote.revision += 1;
        quote.received_at = act.now();
        add_revision(act, &quote, round, &sent.normalised).await?;
    }
    quote.version += 1;
    repo::save_quote(act.tx(), &quote).await?;
    note(act, &quote, "quote.revised").await?;
    Ok(QuoteReceipt::of(&quote, lines, &mac, same))
}

/// Submits a draft: what counts is the receipt of this call.
///
/// # Errors
/// 404, 403, 412, 428; `deadline_passed`, `illegal_transition`.
pub async fn submit(act: &Act<'_>, id: QuoteId) -> Result<QuoteReceipt, Failure> {
    let (mut quote, present) = own(act, id).await?;
    act.enter(Some(quote.version)).await?;
    require_on_time(act, &present)?;
    require_state(&quote, "submit", &[QuoteState::Draft])?;
    let row = repo::revision(act.tx(), &quote)
        .await?
        .ok_or_else(|| clock::broken("a quote without content"))?;
    let offer = sealing::open_offer(act.ctx, place(&quote), &row)?;
    check(act, &present.tender, &offer, true).await?;
    quote.state = QuoteState::Submitted.as_str().to_owned();
    quote.submitted_at = Some(act.now());
    quote.received_at = act.now();
    quote.version += 1;
    repo::save_quote(act.tx(), &quote).await?;
    note(act, &quote, "quote.submitted").await?;
    receipt(act, &quote).await
}

/// Takes a submitted quote back before the deadline; that is final for this round.
///
/// # Errors
/// 404, 403, 412, 428; `deadline_passed`, `illegal_transition`.
pub async fn withdraw(act: &Act<'_>, id: QuoteId) -> Result<QuoteReceipt, Failure> {
    let (mut quote, present) = own(act, id).await?;
    act.enter(Some(quote.version)).await?;
    require_on_time(act, &present)?;
    require_state(&quote, "withdraw", &[QuoteState::Submitted])?;
    quote.state = QuoteState::Withdrawn.as_str().to_owned();
    quote.version += 1;
    repo::save_quote(act.tx(), &quote).await?;
    note(act, &quote, "quote.withdrawn").await?;
    receipt(act, &quote).await
}

async fn receipt(act: &Act<'_>, quote: &Quote) -> Result<QuoteReceipt, Failure> {
    let row = repo::revision(act.tx(), quote)
        .await?
        .ok_or_else(|| clock::broken("a quote without content"))?;
    let offer = sealing::open_offer(act.ctx, place(quote), &row)?;
    Ok(QuoteReceipt::of(
        quote,
        offer.lines.len(),
        &row.content_mac,
        false,
    ))
}
