//! Who reads what of a quote.

use crate::kernel::caller::Caller;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::TenderId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::domain::offer::Offer;
use crate::tenders::problems;
use crate::tenders::repo::offers as repo;
use crate::tenders::repo::offers::Quote;
use crate::tenders::repo::tenders;
use crate::tenders::sealing;
use crate::tenders::service::clock;
use crate::tenders::service::quotes::find;
use crate::tenders::service::quotes::place;
use crate::tenders::service::quotes::state_of;
use crate::tenders::service::viewer;
use crate::tenders::views::QuoteView;
use crate::tenders::views::QuotesView;

/// A quote: its manufacturer reads its own content (a link only when it was received), evaluators read it
/// once the round is open.
///
/// # Errors
/// 404 for strangers; 403 `tender_sealed` to every role of the alliance before the opening.
pub async fn read(look: &Look<'_>, id: QuoteId) -> Result<QuoteView, Failure> {
    let c = look.reader();
    let (quote, tender, viewer) = find(c, look.asker(), id).await?;
    let own = viewer.manufacturers.contains(&quote.manufacturer_id);
    if own && matches!(look.asker().caller, Caller::Link { .. }) {
        return Ok(QuoteView::of(&quote, None));
    }
    if own {
        if viewer::require_scope(&look.asker().caller, "quotes:read").is_err() {
            viewer::require_scope(&look.asker().caller, "quotes:write")?;
        }
        let offer = content(look, &quote).await?;
        return Ok(QuoteView::of(&quote, Some(offer)));
    }
    let round = tenders::round(c, quote.round_id)
        .await?
        .ok_or_else(|| Refused::not_found("quote"))?;
    if round.opened_at.is_none() {
        return Err(Refused::new(
            &problems::TENDER_SEALED,
            "Nobody in the alliance reads a quote before two people have opened the round.",
        )
        .with("tender_id", tender.id.to_string())
        .into());
    }
    let read = !matches!(state_of(&quote)?, QuoteState::Draft | QuoteState::Expired);
    if !viewer.is_evaluator() || !read {
        return Err(Refused::new(
            &kinds::ROLE_REQUIRED,
            "Organizers, treasurers and observers read opened quotes.",
        )
        .into());
    }
    let offer = content(look, &quote).await?;
    Ok(QuoteView::of(&quote, Some(offer)))
}

async fn content(look: &Look<'_>, quote: &Quote) -> Result<Offer, Failure> {
    let row = repo::revision(look.reader(), quote)
        .await?
        .ok_or_else(|| clock::broken("a quote without content"))?;
    Ok(sealing::open_offer(look.ctx, place(quote), &row)?)
}

/// The content of a quote, for evaluation.
///
/// # Errors
/// When the content is missing, or does not open.
pub async fn open(act: &Act<'_>, quote: &Quote) -> Result<Offer, Failure> {
    let row = repo::revision(act.tx(), quote)
        .await?
        .ok_or_else(|| clock::broken("a quote without content"))?;
    Ok(sealing::open_offer(act.ctx, place(quote), &row)?)
}

/// The quotes of a tender: a manufacturer sees its own, evaluators their number, and after the opening all.
///
/// # Errors
/// 404; 403 for members.
pub async fn list(look: &Look<'_>, id: TenderId) -> Result<QuotesView, Failure> {
    let c = look.reader();
    let (tender, viewer) = viewer::see(c, look.asker(), id).await?;
    let all = repo::quotes(c, id).await?;
    if !viewer.is_evaluator() {
        if viewer.manufacturers.is_empty() {
            return Err(Refused::new(
                &kinds::ROLE_REQUIRED,
                "Members learn the result after the award.",
            )
            .into());
        }
        let mine: Vec<QuoteView> = all
            .iter()
            .filter(|quote| viewer.manufacturers.contains(&quote.manufacturer_id))
            .map(|quote| QuoteView::of(quote, None))
            .collect();
        return Ok(QuotesView::own(mine));
    }
    let present = clock::present(c, tender, c.now().await?).await?;
    let opened = present.round()?.opened_at.is_some();
    let items = all
        .iter()
        .filter(|quote| opened && quote.submitted_at.is_some())
        .map(|quote| QuoteView::of(quote, None))
        .collect();
    Ok(QuotesView {
        sealed: !opened,
        count: present.submitted,
        items,
    })
}
