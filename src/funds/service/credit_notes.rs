//! Credit notes: numbered documents that lower what was billed. An issued notice itself never changes.
//!
//! Who consents to one, the by-laws say: nobody more, a second person, or the members by a mandate. What is taken off
//! a notice that is paid already goes to the member's credit.

use serde_json::json;

use crate::alliances;
use crate::alliances::Consent;
use crate::alliances::Standing;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::domain::state::CreditNoteState;
use crate::funds::domain::state::NoticeState;
use crate::funds::letters;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::CreditNote;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::service::disputes;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::post;
use crate::funds::service::visible;
use crate::kernel::ids::CreditNoteId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// The number of a credit note as people write it: `D11-2026/C0007`.
pub fn number(fund: &Fund, note: &CreditNote) -> Option<String> {
    let number = note.number?;
    Some(format!("{}/C{number:04}", fund.code))
}

/// Asks for a credit note on a notice over `amount` minor units, or over all of it; where the by-laws ask for nobody's
/// consent it is issued at once.
///
/// # Errors
/// 422 `credit_exceeds_notice` with `creditable_minor`; 409 where the notice cannot be credited, and
/// `credit_note_open` where one waits already.
pub async fn credit(
    act: &Act<'_>,
    id: LevyNoticeId,
    amount: Option<i64>,
    reason: &str,
) -> Result<(Fund, CreditNote), Failure> {
    let (mut fund, mut row, standing) = dues::to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    let creditable = dues::owed(&row).creditable();
    let amount = amount.unwrap_or(creditable);
    if amount > creditable {
        return Err(exceeds(amount, creditable).into());
    }
    dues::require_event(&row, "credit")?;
    visible::require_event(&fund, "credit")?;
    if let Some(open) = repo::credits::requested_note(act.tx(), id).await? {
        let detail = "A credit note on this notice waits for consent already.";
        return Err(Refused::new(&problems::CREDIT_NOTE_OPEN, detail)
            .with("credit_note_id", open.id.to_string())
            .into());
    }
    let mut note = draft(act, &row, amount, reason);
    note.requested_by = Some(standing.user);
    repo::credits::insert_notes(act.tx(), std::slice::from_ref(&note)).await?;
    let data = json!({ "notice_id": row.id, "amount_minor": amount, "reason": reason });
    let alliance = Some(fund.alliance_id);
    act.record("credit_note.requested", alliance, note.id.0, data)
        .await?;
    let laws = alliances::by_laws(act.tx(), fund.alliance_id).await?;
    if laws.credit_note_consent == Consent::None {
        issue(act, &mut fund, &mut row, &standing, &mut note).await?;
    }
    Ok((fund, note))
}

/// 422 with the arithmetic.
pub fn exceeds(amount: i64, creditable: i64) -> Refused {
    let excess = amount - creditable;
    let detail = format!("{amount} is {excess} more than the {creditable} that can be credited.");
    Refused::new(&problems::CREDIT_EXCEEDS_NOTICE, detail)
        .with("creditable_minor", creditable)
        .with("excess_minor", excess)
}

/// A credit note that waits.
pub fn draft(act: &Act<'_>, row: &Notice, amount: i64, reason: &str) -> CreditNote {
    let id: CreditNoteId = act.fresh();
    let content = json!({
        "credit_note_id": id,
        "notice_id": row.id,
        "membership_id": row.membership_id,
        "amount_minor": amount,
        "reason": reason,
    });
    CreditNote {
        id,
        alliance_id: row.alliance_id,
        fund_id: row.fund_id,
        notice_id: row.id,
        membership_id: row.membership_id,
        number: None,
        amount_minor: amount,
        returned_minor: 0,
        reason: reason.to_owned(),
        state: CreditNoteState::Requested.as_str().to_owned(),
        content_hash: mandates::content_hash(&content),
        requested_by: None,
        decided_by: None,
        mandate_id: None,
        source_ref: None,
        transaction_id: None,
        version: 1,
        created_at: act.now(),
        issued_at: None,
    }
}

/// Consents to a credit note that somebody else asked for, and issues it.
///
/// # Errors
/// 403 `separation_of_duties`; 409 in any state but `requested`, and `mandate_missing` where the by-laws ask for one.
pub async fn approve(act: &Act<'_>, id: CreditNoteId) -> Result<(Fund, CreditNote), Failure> {
    let (mut fund, mut note, standing) = to_change(act, id).await?;
    let laws = alliances::by_laws(act.tx(), fund.alliance_id).await?;
    let own = note.requested_by == Some(standing.user);
    if own && laws.credit_note_consent == Consent::SecondPerson {
        let detail = "Somebody else has to approve what you asked for.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    act.enter(Some(note.version)).await?;
    require_event(&note, "approve")?;
    visible::require_event(&fund, "credit")?;
    if laws.credit_note_consent == Consent::Mandate {
        let (alliance, matter) = (fund.alliance_id, Matter::WriteOff);
        let mandate =
            mandates::consume(act, alliance, matter, note.id.0, &note.content_hash).await?;
        note.mandate_id = Some(mandate);
    }
    let notice = repo::notices::find(act.tx(), note.notice_id).await?;
    let mut notice = notice.ok_or_else(|| Refused::not_found("levy notice"))?;
    note.decided_by = Some(standing.user);
    issue(act, &mut fund, &mut notice, &standing, &mut note).await?;
    Ok((fund, note))
}

/// Turns a credit note down.
///
/// # Errors
/// 409 in any state but `requested`.
pub async fn reject(act: &Act<'_>, id: CreditNoteId) -> Result<(Fund, CreditNote), Failure> {
    let (fund, mut note, standing) = to_change(act, id).await?;
    act.enter(Some(note.version)).await?;
    require_event(&note, "reject")?;
    note.decided_by = Some(standing.user);
    CreditNoteState::Rejected
        .as_str()
        .clone_into(&mut note.state);
    note.version += 1;
    repo::credits::update_note(act.tx(), &note).await?;
    let data = json!({ "notice_id": note.notice_id, "amount_minor": note.amount_minor });
    let alliance = Some(fund.alliance_id);
    act.record("credit_note.rejected", alliance, note.id.0, data)
        .await?;
    Ok((fund, note))
}

async fn issue(
    act: &Act<'_>,
    fund: &mut Fund,
    notice: &mut Notice,
    standing: &Standing,
    note: &mut CreditNote,
) -> Result<(), Failure> {
    dues::require_event(notice, "credit")?;
    let mut owed = dues::owed(notice);
    if note.amount_minor > owed.creditable() {
        return Err(exceeds(note.amount_minor, owed.creditable()).into());
    }
    note.number = Some(repo::credits::newest_note(act.tx(), fund).await? + 1);
    note.returned_minor = owed.credit(note.amount_minor);
    let today = dues::today(act, standing);
    let entry = Entry {
        kind: TransactionKind::CreditNote,
        document: note.id.0,
        mandate: note.mandate_id,
        effective: today,
        narration: format!("Credit note {}", number(fund, note).unwrap_or_default()),
        legs: legs(note),
    };
    note.transaction_id = Some(journal::post(act, fund, entry).await?);
    note.issued_at = Some(act.now());
    CreditNoteState::Issued.as_str().clone_into(&mut note.state);
    note.version += 1;
    repo::credits::update_note(act.tx(), note).await?;
    let was = match dues::state_of(notice)? {
        NoticeState::Disputed if owed.creditable() == 0 => NoticeState::Credited,
        NoticeState::Disputed => NoticeState::Issued,
        other => other,
    };
    disputes::decide(act, notice, standing, "credited", &note.reason).await?;
    dues::settle(act, notice, was, owed, today).await?;
    dues::follow(act, fund).await?;
    let data = json!({ "notice_id": notice.id, "amount_minor": note.amount_minor,
        "returned_minor": note.returned_minor, "mandate_id": note.mandate_id });
    let alliance = Some(fund.alliance_id);
    act.record("credit_note.issued", alliance, note.id.0, data)
        .await?;
    write(act, fund, notice, note).await
}

/// What a credit note posts: the income shrinks by what is not due any more, and by what goes to the member's credit.
pub fn legs(note: &CreditNote) -> Vec<Leg> {
    let party = note.membership_id.to_string();
    let unpaid = note.amount_minor - note.returned_minor;
    [
        (AccountKind::Levy, note.amount_minor),
        (AccountKind::Receivable, -unpaid),
        (AccountKind::Credit, -note.returned_minor),
    ]
    .into_iter()
    .filter(|(_, amount)| *amount != 0)
    .map(|(kind, amount)| Leg::new(kind, party.clone(), amount))
    .collect()
}

/// Tells the member.
///
/// # Errors
/// A refusal where a variable is missing.
pub async fn write(
    act: &Act<'_>,
    fund: &Fund,
    notice: &Notice,
    note: &CreditNote,
) -> Result<(), Failure> {
    let mut vars = post::notice_facts(act, fund, notice).await?;
    vars["credit_number"] = json!(number(fund, note).unwrap_or_default());
    vars["amount"] = post::amount(fund, note.amount_minor)?;
    vars["returned"] = post::amount(fund, note.returned_minor)?;
    vars["due"] = post::amount(fund, dues::owed(notice).due())?;
    vars["reason"] = json!(note.reason);
    let key = format!("credit-note:{}", note.id);
    post::to_member(
        act,
        fund,
        note.membership_id,
        &letters::CREDITED,
        &vars,
        &key,
    )
    .await
}

async fn to_change(
    act: &Act<'_>,
    id: CreditNoteId,
) -> Result<(Fund, CreditNote, Standing), Failure> {
    let none = || Refused::not_found("credit note");
    let seen = repo::credits::find_note(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::credits::find_note(act.tx(), id)
        .await?
        .ok_or_else(none)?;
    Ok((fund, row, standing))
}

fn require_event(note: &CreditNote, event: &str) -> Result<(), Failure> {
    let state = CreditNoteState::parse(&note.state)
        .ok_or_else(|| anyhow::anyhow!("credit note {} is '{}'", note.id, note.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

/// The credit notes of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<(Fund, Slice<CreditNote>), Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    let slice = repo::credits::list_notes(look.reader(), &fund, mine.as_deref(), page).await?;
    Ok((fund, slice))
}

/// One credit note.
///
/// # Errors
/// 404 for strangers, and for other members.
pub async fn read(look: &Look<'_>, id: CreditNoteId) -> Result<(Fund, CreditNote), Failure> {
    let c = look.reader();
    let none = || Refused::not_found("credit note");
    let note = repo::credits::find_note(c, id).await?.ok_or_else(none)?;
    let standing = alliances::admit(c, look.asker(), note.alliance_id).await?;
    visible::require_line(&standing, note.membership_id, "credit note")?;
    let fund = repo::funds::find(c, note.fund_id).await?.ok_or_else(none)?;
    Ok((fund, note))
}
