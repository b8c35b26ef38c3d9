//! Payments that come to nothing: the whole payment is taken back with everything that it paid, and with the credit
//! that it left.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::letters;
use crate::funds::repo;
use crate::funds::repo::Bounce;
use crate::funds::repo::Fund;
use crate::funds::repo::Payment;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::payments;
use crate::funds::service::payments::Allocated;
use crate::funds::service::post;
use crate::funds::service::visible;
use crate::kernel::ids::PaymentId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;

/// Takes a payment back: its notices are due again, and so is what they lost by credit notes meanwhile.
///
/// # Errors
/// 404 for strangers; 422 for a day before the payment or to come; 409 `illegal_transition` where it bounced before,
/// `credit_spent` where the credit that it left was used meanwhile, `fund_overdrawn` where its money was spent.
pub async fn bounce(
    act: &Act<'_>,
    id: PaymentId,
    bounced_on: NaiveDate,
    reason: &str,
) -> Result<Allocated, Failure> {
    let none = || Refused::not_found("payment");
    let payment = repo::payments::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), payment.alliance_id).await?;
    let mut fund = visible::locked(act, payment.fund_id).await?;
    let mut found = payments::with_parts(act.tx(), payment).await?;
    act.enter(Some(found.version())).await?;
    check_day(act, &standing, &found.payment, bounced_on)?;
    if found.bounce.is_some() {
        return Err(Refused::illegal_transition("bounced", "bounce", &[]).into());
    }
    visible::require_event(&fund, "receive")?;
    let (original, kind) = (found.payment.transaction_id, TransactionKind::Bounce);
    let narration = format!("Bounced: {}", found.payment.reference);
    let transaction_id =
        journal::reverse(act, &fund, original, kind, bounced_on, narration, None).await?;
    unpay(act, &fund, &standing, &found, bounced_on).await?;
    let bounce = Bounce {
        payment_id: id,
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        bounced_on,
        reason: reason.to_owned(),
        transaction_id,
        recorded_by: standing.user,
        recorded_at: act.now(),
    };
    repo::credits::insert_bounce(act.tx(), bounce.clone()).await?;
    found.bounce = Some(bounce);
    dues::follow(act, &mut fund).await?;
    let data =
        json!({ "fund_id": fund.id, "amount_minor": found.payment.amount_minor, "reason": reason });
    act.record("payment.bounced", Some(fund.alliance_id), id.0, data)
        .await?;
    let mut vars = post::facts(act, &fund).await?;
    vars["amount"] = post::amount(&fund, found.payment.amount_minor)?;
    vars["received_on"] = json!(found.payment.received_on);
    vars["reason"] = json!(reason);
    let key = format!("payment-bounced:{id}");
    let membership = found.payment.membership_id;
    post::to_member(act, &fund, membership, &letters::BOUNCED, &vars, &key).await?;
    Ok(found)
}

fn check_day(
    act: &Act<'_>,
    standing: &Standing,
    payment: &Payment,
    day: NaiveDate,
) -> Result<(), Refused> {
    if day > day_in(standing.alliance.time_zone, act.now()) {
        let detail = "The day is yet to come.";
        return Err(Refused::field("#/bounced_on", "in_the_future", detail));
    }
    if day < payment.received_on {
        let detail = "The payment arrived later.";
        return Err(Refused::field("#/bounced_on", "before_received_on", detail));
    }
    Ok(())
}

/// Takes back what the payment paid. Where a credit note had turned a part of it into credit, that credit pays the
/// part of the credit note that stands against the debt again.
async fn unpay(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    found: &Allocated,
    bounced_on: NaiveDate,
) -> Result<(), Failure> {
    let today = dues::today(act, standing);
    let mut back = 0;
    for part in &found.allocations {
        let notice = repo::notices::find(act.tx(), part.notice_id).await?;
        let mut notice = notice.ok_or_else(|| Refused::not_found("levy notice"))?;
        let mut owed = dues::owed(&notice);
        back += owed.unpay(part.amount_minor);
        let was = dues::state_of(&notice)?;
        dues::settle(act, &mut notice, was, owed, today).await?;
    }
    if back == 0 {
        return Ok(());
    }
    let party = found.payment.membership_id.to_string();
    let entry = Entry {
        kind: TransactionKind::CreditAllocation,
        document: found.payment.id.0,
        mandate: None,
        effective: bounced_on,
        narration: format!("Credit of {} taken back", found.payment.reference),
        legs: vec![
            Leg::new(AccountKind::Credit, party.clone(), back),
            Leg::new(AccountKind::Receivable, party, -back),
        ],
    };
    journal::post(act, fund, entry).await?;
    Ok(())
}
