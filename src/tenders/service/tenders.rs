//! Use cases of tenders and their items: write, publish, cancel, read.

use serde_json::json;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mail::Category;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::tenders::domain::lifecycle::CancelReason;
use crate::tenders::domain::lifecycle::CommitmentState;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::letters;
use crate::tenders::problems;
use crate::tenders::repo::demand;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Round;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::service::clock;
use crate::tenders::service::clock::Present;
use crate::tenders::service::invitations;
use crate::tenders::service::mailing;
use crate::tenders::service::mailing::Post;
use crate::tenders::service::viewer;
use crate::tenders::views::TenderChange;
use crate::tenders::views::TenderDraft;

/// Drafts a tender with one sealed round.
///
/// # Errors
/// 404, 403; a currency that is not the alliance's, windows that do not fit.
pub async fn create(
    act: &Act<'_>,
    alliance: AllianceId,
    draft: &TenderDraft,
) -> Result<Present, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let currency = standing.alliance.currency;
    if draft.currency.is_some_and(|wanted| wanted != currency) {
        return Err(Refused::field(
            "#/currency",
            "currency_differs",
            "A tender is in the alliance's currency.",
        )
        .into());
    }
    let tender = Tender {
        id: act.fresh::<TenderId>(),
        alliance_id: alliance,
        title: draft.title.clone(),
        currency: currency.code().to_owned(),
        min_quotes: draft.min_quotes.unwrap_or(2),
        commitment_opens_at: draft.commitment_opens_at,
        commitment_closes_at: draft.commitment_closes_at,
        award_by: draft.award_by,
        state: TenderState::Draft.as_str().to_owned(),
        reason_code: None,
        created_by: standing.user,
        published_at: None,
        version: 1,
        created_at: act.now(),
    };
    let round = Round {
        id: act.fresh::<RoundId>(),
        alliance_id: alliance,
        tender_id: tender.id,
        number: 1,
        kind: "sealed".to_owned(),
        opens_at: draft.round.opens_at,
        closes_at: draft.round.closes_at,
        state: "scheduled".to_owned(),
        opened_at: None,
        version: 1,
        created_at: act.now(),
    };
    check_windows(&tender, &round, act.now())?;
    repo::insert_tender(act.tx(), tender.clone()).await?;
    repo::insert_round(act.tx(), round).await?;
    act.record("tender.drafted", Some(alliance), tender.id.0, json!({}))
        .await?;
    clock::present(act.tx(), tender, act.now()).await
}

fn check_windows(tender: &Tender, round: &Round, now: Instant) -> Result<(), Refused> {
    let mut errors = vec![];
    let mut need = |holds: bool, pointer: &str, detail: &str| {
        if !holds {
            errors.push(FieldError::new(pointer, "window_invalid", detail));
        }
    };
    need(
        tender.commitment_opens_at < tender.commitment_closes_at,
        "#/commitment_closes_at",
        "A window ends after it begins.",
    );
    need(
        round.opens_at < round.closes_at,
        "#/round/closes_at",
        "A window ends after it begins.",
    );
    need(
        now < tender.commitment_closes_at && now < round.closes_at,
        "#/round/closes_at",
        "A window ends in the future.",
    );
    need(
        tender.award_by >= tender.commitment_closes_at && tender.award_by >= round.closes_at,
        "#/award_by",
        "The award comes after both windows.",
    );
    if errors.is_empty() {
        return Ok(());
    }
    Err(Refused::new(
        &problems::WINDOWS_INVALID,
        "The windows of the tender do not fit each other.",
    )
    .with_errors(errors))
}

/// The tender for one who runs it: visible, the role right, locked and as the clock has it.
pub async fn mine(act: &Act<'_>, id: TenderId) -> Result<Present, Failure> {
    let (tender, _) = viewer::see(act.tx(), act.asker(), id).await?;
    alliances::admit(act.tx(), act.asker(), tender.alliance_id).await?;
    clock::settle(act, id).await
}

/// Refuses `event` unless `allowed` holds for the present state.
///
/// # Errors
/// `illegal_transition`.
pub fn require(present: &Present, event: &str, allowed: bool) -> Result<(), Failure> {
    let state = present.state()?;
    if allowed {
        return Ok(());
    }
    Err(Refused::illegal_transition(state.as_str(), event, state.events()).into())
}

/// Changes a draft.
///
/// # Errors
/// 404, 403, 412, 428; fields; `illegal_transition` once it is published.
pub async fn change(
    act: &Act<'_>,
    id: TenderId,
    change: &TenderChange,
) -> Result<Present, Failure> {
    let mut present = mine(act, id).await?;
    act.enter(Some(present.tender.version)).await?;
    require(&present, "change", present.state()? == TenderState::Draft)?;
    let tender = &mut present.tender;
    if let Some(title) = &change.title {
        tender.title.clone_from(title);
    }
    tender.min_quotes = change.min_quotes.unwrap_or(tender.min_quotes);
    tender.commitment_opens_at = change
        .commitment_opens_at
        .unwrap_or(tender.commitment_opens_at);
    tender.commitment_closes_at = change
        .commitment_closes_at
        .unwrap_or(tender.commitment_closes_at);
    tender.award_by = change.award_by.unwrap_or(tender.award_by);
    tender.version += 1;
    let round = present
        .rounds
        .last_mut()
        .ok_or_else(|| clock::broken("no round"))?;
    if let Some(window) = &change.round {
        round.opens_at = window.opens_at;
        round.closes_at = window.closes_at;
        round.version += 1;
    }
    check_windows(tender, round, act.now())?;
    repo::save_tender(act.tx(), tender).await?;
    repo::save_round(act.tx(), round).await?;
    let alliance = Some(tender.alliance_id);
    act.record("tender.changed", alliance, id.0, json!({}))
        .await?;
    Ok(present)
}

/// Publishes a draft and mails the invitations.
///
/// # Errors
/// 404, 403, 412, 428; `no_items`, `windows_invalid`; `illegal_transition`.
pub async fn publish(act: &Act<'_>, id: TenderId) -> Result<Present, Failure> {
    let mut present = mine(act, id).await?;
    act.enter(Some(present.tender.version)).await?;
    require(&present, "publish", present.state()? == TenderState::Draft)?;
    if repo::items(act.tx(), id).await?.is_empty() {
        return Err(Refused::new(&problems::NO_ITEMS, "Add the items first.").into());
    }
    check_windows(&present.tender, present.round()?, act.now())?;
    present.tender.state = TenderState::Published.as_str().to_owned();
    present.tender.published_at = Some(act.now());
    present.tender.version += 1;
    repo::save_tender(act.tx(), &present.tender).await?;
    let alliance = Some(present.tender.alliance_id);
    act.record("tender.published", alliance, id.0, json!({}))
        .await?;
    for invitation in repo::invitations(act.tx(), id).await? {
        invitations::mail(act, &present, invitation).await?;
    }
    clock::settle(act, id).await
}

/// Gives a tender up; everybody who was invited is told. Sealed quotes stay sealed.
///
/// # Errors
/// 404, 403, 412, 428; `illegal_transition`.
pub async fn cancel(act: &Act<'_>, id: TenderId, reason: CancelReason) -> Result<Present, Failure> {
    let mut present = mine(act, id).await?;
    act.enter(Some(present.tender.version)).await?;
    let state = present.state()?;
    let open = matches!(
        state,
        TenderState::Draft | TenderState::Published | TenderState::Evaluating
    );
    require(&present, "cancel", open)?;
    present.tender.state = TenderState::Cancelled.as_str().to_owned();
    present.tender.reason_code = Some(reason.as_str().to_owned());
    present.tender.version += 1;
    repo::save_tender(act.tx(), &present.tender).await?;
    for from in [CommitmentState::Submitted, CommitmentState::Locked] {
        demand::move_all(act.tx(), id, from, CommitmentState::Rejected).await?;
    }
    let alliance = Some(present.tender.alliance_id);
    let facts = json!({ "reason_code": reason });
    act.record("tender.cancelled", alliance, id.0, facts)
        .await?;
    if state != TenderState::Draft {
        let post = Post {
            tender: &present.tender,
            category: Category::Tender,
            text: &letters::CANCELLED,
            vars: json!({ "reason": reason }),
            once: None,
        };
        mailing::send_to_invited(act, &post).await?;
    }
    Ok(present)
}

/// One tender as the clock has it.
///
/// # Errors
/// 404.
pub async fn read(look: &Look<'_>, id: TenderId) -> Result<Present, Failure> {
    let (tender, _) = viewer::see(look.reader(), look.asker(), id).await?;
    clock::present(look.reader(), tender, look.reader().now().await?).await
}

/// The tenders of an alliance; members see no drafts.
///
/// # Errors
/// 404.
pub async fn list(
    look: &Look<'_>,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Present>, Failure> {
    let standing = alliances::admit(look.reader(), look.asker(), alliance).await?;
    let drafts = standing.is_any(&viewer::EVALUATORS);
    let rows = repo::list_tenders(look.reader(), alliance, drafts, page).await?;
    let now = look.reader().now().await?;
    let mut items = vec![];
    for tender in rows.items {
        items.push(clock::present(look.reader(), tender, now).await?);
    }
    Ok(Slice {
        items,
        next: rows.next,
    })
}
