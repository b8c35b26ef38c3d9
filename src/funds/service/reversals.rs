//! What was wrongly recorded is taken back: a transaction with every leg turned round that names the original, and the
//! document behind it as if it had not been (fund.md 3.3, F2).
//!
//! Only what nothing else follows from is taken back this way. A payment bounces, a bill is credited, a transfer is
//! moved back: those have ways of their own, which move what depends on them too.

use serde_json::json;
use uuid::Uuid;

use crate::alliances;
use crate::alliances::Consent;
use crate::alliances::Standing;
use crate::funds::domain::documents::InKindState;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state::ExpenseState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Reversal;
use crate::funds::repo::Transaction;
use crate::funds::service::expenses;
use crate::funds::service::in_kind;
use crate::funds::service::sponsors;
use crate::funds::service::visible;
use crate::kernel::ids::ExpenseId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::InKindId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::SponsorReceiptId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

use super::day_in;
use super::journal;

/// Takes a transaction back. Where the by-laws ask for consent to credit notes it takes two: the first call asks for
/// it, the same call of another person does it.
///
/// # Errors
/// 404 for strangers; 409 `already_reversed`, `not_reversible` with what to do instead, `approval_repeated` where the
/// same person asks again, `fund_overdrawn` where the money is spent, and in a fund that is closing.
pub async fn reverse(
    act: &Act<'_>,
    id: LedgerTransactionId,
    reason: &str,
) -> Result<Reversal, Failure> {
    let none = || Refused::not_found("transaction");
    let original = repo::ledger::by_id(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), original.alliance_id).await?;
    let fund = visible::locked(act, original.fund_id).await?;
    act.enter(None).await?;
    if let Some(reversal) = repo::ledger::reversal_of(act.tx(), id).await? {
        return Err(journal::already_reversed(reversal).into());
    }
    let kind = reversible(act, &fund, &original).await?;
    let known = repo::reversals::of(act.tx(), id).await?;
    let laws = alliances::by_laws(act.tx(), fund.alliance_id).await?;
    let mut row = match known {
        Some(row) if row.requested_by == standing.user => {
            let detail = "Another person has to ask for it too.";
            return Err(Refused::new(&problems::APPROVAL_REPEATED, detail)
                .with("approvals_needed", 2)
                .into());
        }
        Some(row) => row,
        None => {
            let row = request(act, &fund, &original, &standing, reason).await?;
            if laws.credit_note_consent != Consent::None {
                return Ok(row);
            }
            row
        }
    };
    let document = row.id.0;
    let undone = undo(act, &fund, &standing, &original, kind, document).await?;
    row.transaction_id = Some(undone);
    "done".clone_into(&mut row.state);
    row.done_by = Some(standing.user);
    row.done_at = Some(act.now());
    repo::reversals::update(act.tx(), &row).await?;
    let data = json!({ "original_id": id, "transaction_id": undone, "reason": row.reason });
    let alliance = Some(fund.alliance_id);
    act.record("transaction.reversed", alliance, document, data)
        .await?;
    Ok(row)
}

async fn request(
    act: &Act<'_>,
    fund: &Fund,
    original: &Transaction,
    standing: &Standing,
    reason: &str,
) -> Result<Reversal, Failure> {
    let row = Reversal {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        original_id: original.id,
        kind: original.kind.clone(),
        reason: reason.to_owned(),
        state: "requested".to_owned(),
        transaction_id: None,
        requested_by: standing.user,
        requested_at: act.now(),
        done_by: None,
        done_at: None,
    };
    repo::reversals::insert(act.tx(), &row).await?;
    let data = json!({ "original_id": original.id, "kind": original.kind, "reason": reason });
    let (alliance, action) = (Some(fund.alliance_id), "transaction.reversal_requested");
    act.record(action, alliance, row.id.0, data).await?;
    Ok(row)
}

/// Passes a transaction from which nothing else follows, in a fund that may still move.
async fn reversible(
    act: &Act<'_>,
    fund: &Fund,
    original: &Transaction,
) -> Result<TransactionKind, Failure> {
    use TransactionKind as T;
    let kind = TransactionKind::parse(&original.kind)
        .ok_or_else(|| anyhow::anyhow!("transaction {} is '{}'", original.id, original.kind))?;
    let (event, instead) = match kind {
        T::Expense | T::CreditPayout => ("spend", ""),
        T::SponsorMatch => ("sponsor", ""),
        T::InKind => ("sponsor", counted(act, original.document_ref).await?),
        T::Payment => ("", "The payment bounces: what it paid is due again."),
        T::Payable => ("", "Reject the expense."),
        T::Levy | T::DebitNote | T::Pledge => ("", "Credit the notice."),
        T::TransferOut | T::TransferIn => ("", "Move the money back by another transfer."),
        T::Bounce | T::Reversal => (
            "",
            "It takes another transaction back: record that one again.",
        ),
        _ => ("", "Other documents follow from it."),
    };
    if !instead.is_empty() {
        return Err(Refused::new(&problems::NOT_REVERSIBLE, instead)
            .with("kind", kind.as_str())
            .with("document_id", original.document_ref.to_string())
            .into());
    }
    visible::require_event(fund, event)?;
    Ok(kind)
}

/// A gift that paid what its giver owes is not taken back by itself.
async fn counted(act: &Act<'_>, gift: Uuid) -> Result<&'static str, Failure> {
    let gift = repo::in_kind::find(act.tx(), InKindId(gift)).await?;
    let counts = gift.is_some_and(|gift| gift.counts_minor > 0);
    Ok(if counts {
        "The gift has paid a notice."
    } else {
        ""
    })
}

/// Turns the legs round and the document back.
async fn undo(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    original: &Transaction,
    kind: TransactionKind,
    document: Uuid,
) -> Result<LedgerTransactionId, Failure> {
    let today = day_in(standing.alliance.time_zone, act.now());
    let narration = format!("Taken back: {}", original.narration);
    let reversal = TransactionKind::Reversal;
    let id = journal::reverse(
        act,
        fund,
        original.id,
        reversal,
        today,
        narration,
        Some(document),
    )
    .await?;
    let of = original.document_ref;
    match kind {
        TransactionKind::Expense => {
            let row = repo::expenses::lock(act.tx(), ExpenseId(of)).await?;
            let mut row = row.filter(|row| row.state == ExpenseState::Paid.as_str());
            let row = row.as_mut().ok_or_else(|| strange(original))?;
            row.transaction_id = None;
            expenses::give_up(act, fund, row, standing, "expense.reversed").await?;
        }
        TransactionKind::SponsorMatch => {
            let receipt = repo::sponsors::receipt(act.tx(), SponsorReceiptId(of)).await?;
            let receipt = receipt.ok_or_else(|| strange(original))?;
            sponsors::take_back(act, &receipt).await?;
        }
        TransactionKind::InKind => {
            let row = repo::in_kind::lock(act.tx(), InKindId(of)).await?;
            let mut row = row.filter(|row| row.state == InKindState::Delivered.as_str());
            let row = row.as_mut().ok_or_else(|| strange(original))?;
            in_kind::take_back(act, row).await?;
        }
        // Of a payout nothing is left but the credit, which stands on its account again.
        _ => {}
    }
    Ok(id)
}

fn strange(original: &Transaction) -> Failure {
    anyhow::anyhow!("transaction {} has no document", original.id).into()
}

/// The reversals of a fund, asked for or done.
///
/// # Errors
/// 404 for strangers, 403 for members.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Reversal>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::reversals::list(look.reader(), &fund, page).await?)
}
