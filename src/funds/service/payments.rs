//! Payments: money that came in from a member pays the oldest notice first.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::funds::domain::allocation::Due;
use crate::funds::domain::allocation::allocate;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state::FundState;
use crate::funds::domain::state::NoticeState;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Allocation;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Payment;
use crate::funds::service::day_in;
use crate::funds::service::funds;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What came in.
#[derive(Debug, Clone)]
pub struct NewPayment<'a> {
    pub membership: MembershipId,
    pub amount_minor: i64,
    pub received_on: NaiveDate,
    pub reference: &'a str,
}

/// A payment and what it pays.
#[derive(Debug, Clone)]
pub struct Allocated {
    pub payment: Payment,
    pub allocations: Vec<Allocation>,
}

/// Records a payment, allocates it and posts it.
///
/// # Errors
/// 404 for a membership of another alliance; 422 for a day to come, and `overpayment` with `due_minor`;
/// 409 in a fund that receives nothing.
pub async fn record(
    act: &Act<'_>,
    fund: FundId,
    new: &NewPayment<'_>,
) -> Result<Allocated, Failure> {
    let (mut fund, standing) = visible::fund_to_change(act, fund).await?;
    visible::membership(act.tx(), fund.alliance_id, new.membership).await?;
    act.enter(None).await?;
    if new.received_on > day_in(standing.alliance.time_zone, act.now()) {
        let detail = "The day is yet to come.";
        return Err(Refused::field("#/received_on", "in_the_future", detail).into());
    }
    visible::require_event(&fund, "receive")?;
    let notices = repo::notices::of_member(act.tx(), &fund, new.membership).await?;
    let parts = parts(new.amount_minor, &notices)?;
    let id: PaymentId = act.fresh();
    let entry = Entry {
        kind: TransactionKind::Payment,
        document: id.0,
        mandate: None,
        effective: new.received_on,
        narration: format!("Payment {}", new.reference),
        legs: vec![
            Leg::bank(new.amount_minor),
            Leg::new(
                AccountKind::Receivable,
                new.membership.to_string(),
                -new.amount_minor,
            ),
        ],
    };
    let transaction_id = journal::post(act, &fund, entry).await?;
    let payment = Payment {
        id,
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        membership_id: new.membership,
        amount_minor: new.amount_minor,
        received_on: new.received_on,
        reference: new.reference.to_owned(),
        transaction_id,
        recorded_by: standing.user,
        recorded_at: act.now(),
    };
    let allocations = settle(act, &payment, &parts).await?;
    if fund.state == FundState::Collecting.as_str()
        && !repo::notices::any_due(act.tx(), &fund).await?
    {
        funds::move_to(act, &mut fund, FundState::Active).await?;
    }
    let data = json!({ "fund_id": fund.id, "membership_id": new.membership, "amount_minor": new.amount_minor });
    act.record("payment.recorded", Some(fund.alliance_id), id.0, data)
        .await?;
    Ok(Allocated {
        payment,
        allocations,
    })
}

/// The notices that a payment pays, oldest first, with the part of each.
fn parts(amount: i64, notices: &[Notice]) -> Result<Vec<(&Notice, i64)>, Failure> {
    let open: Vec<_> = notices
        .iter()
        .map(|notice| Due {
            notice,
            due: notice.amount_minor - notice.paid_minor,
        })
        .collect();
    let (parts, left) = allocate(amount, &open);
    if left == 0 {
        return Ok(parts);
    }
    let due = sum(open.iter().map(|item| item.due))?;
    let detail = format!("{amount} is {left} more than the {due} that is due.");
    Err(Refused::new(&problems::OVERPAYMENT, detail)
        .with("due_minor", due)
        .with("excess_minor", left)
        .into())
}

async fn settle(
    act: &Act<'_>,
    payment: &Payment,
    parts: &[(&Notice, i64)],
) -> Result<Vec<Allocation>, Failure> {
    let mut allocations = Vec::with_capacity(parts.len());
    for (notice, part) in parts {
        let paid = notice.paid_minor + part;
        let state = NoticeState::by_amounts(notice.amount_minor, paid);
        repo::notices::set_paid(act.tx(), notice, paid, state.as_str()).await?;
        allocations.push(Allocation {
            payment_id: payment.id,
            notice_id: notice.id,
            alliance_id: payment.alliance_id,
            amount_minor: *part,
        });
    }
    repo::payments::insert(act.tx(), payment.clone(), allocations.clone()).await?;
    Ok(allocations)
}

/// The payments of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Allocated>, Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    let slice = repo::payments::list(look.reader(), &fund, mine.as_deref(), page).await?;
    let ids: Vec<PaymentId> = slice.items.iter().map(|p| p.id).collect();
    let parts = repo::payments::allocations(look.reader(), fund.alliance_id, &ids).await?;
    Ok(slice.map(|payment| joined(payment, &parts)))
}

/// A payment with its own of many allocations.
pub fn joined(payment: Payment, parts: &[Allocation]) -> Allocated {
    let own = |part: &&Allocation| part.payment_id == payment.id;
    Allocated {
        allocations: parts.iter().filter(own).cloned().collect(),
        payment,
    }
}

/// One payment.
///
/// # Errors
/// 404 for strangers, and for other members.
pub async fn read(look: &Look<'_>, id: PaymentId) -> Result<(Fund, Allocated), Failure> {
    let c = look.reader();
    let none = || Refused::not_found("payment");
    let payment = repo::payments::find(c, id).await?.ok_or_else(none)?;
    let standing = alliances::admit(c, look.asker(), payment.alliance_id).await?;
    visible::require_line(&standing, payment.membership_id, "payment")?;
    let fund = repo::funds::find(c, payment.fund_id)
        .await?
        .ok_or_else(none)?;
    let parts = repo::payments::allocations(c, payment.alliance_id, &[id]).await?;
    Ok((fund, joined(payment, &parts)))
}
