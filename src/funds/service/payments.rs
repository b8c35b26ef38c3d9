//! Payments: money that came in from a member pays what the payer names, then the oldest notice; what is above the
//! dues stands in the member's credit, not in the fund's income.

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::alliances;
use crate::funds::domain::allocation::allocate;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Allocation;
use crate::funds::repo::Bounce;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Payment;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::money::Currency;
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
    /// What the payer paid in; the fund's where nobody says.
    pub currency: Option<Currency>,
    pub received_on: NaiveDate,
    pub reference: &'a str,
    /// What the sender calls it: the bank's or the provider's own id. The same one comes once in a fund.
    pub external_id: Option<&'a str>,
    /// What the payer wants paid first.
    pub named: &'a [(LevyNoticeId, i64)],
}

/// A payment, what it pays, and whether it came to nothing.
#[derive(Debug, Clone)]
pub struct Allocated {
    pub payment: Payment,
    pub allocations: Vec<Allocation>,
    pub bounce: Option<Bounce>,
}

impl Allocated {
    /// What stands in the member's credit, in minor units.
    pub fn credit(&self) -> i64 {
        let paid: i64 = self.allocations.iter().map(|part| part.amount_minor).sum();
        self.payment.amount_minor - paid
    }

    /// 1, and 2 once it bounced.
    pub const fn version(&self) -> i64 {
        if self.bounce.is_some() { 2 } else { 1 }
    }
}

/// Records a payment, allocates it and posts it; answers whether it is new. A payment with the sender's name of an
/// earlier one and the same content is that one (F6).
///
/// # Errors
/// 404 for a membership of another alliance; 409 `payment_id_taken` where a payment of other content has the name; 422 for a day to come, `currency_mismatch`, `allocation_exceeds_due`
/// and its kin; 409 in a fund that receives nothing, and `period_closed`.
pub async fn record(
    act: &Act<'_>,
    fund: FundId,
    new: &NewPayment<'_>,
) -> Result<(Allocated, bool), Failure> {
    let (mut fund, standing) = visible::fund_to_change(act, fund).await?;
    visible::membership(act.tx(), fund.alliance_id, new.membership).await?;
    act.enter(None).await?;
    if let Some(known) = again(act, &fund, new).await? {
        return Ok((known, false));
    }
    let today = day_in(standing.alliance.time_zone, act.now());
    if new.received_on > today {
        let detail = "The day is yet to come.";
        return Err(Refused::field("#/received_on", "in_the_future", detail).into());
    }
    require_currency(&fund, new.currency)?;
    let notices = repo::notices::of_member(act.tx(), &fund, new.membership).await?;
    let open = dues::open(&notices)?;
    let (parts, excess) = allocate(new.amount_minor, &open, new.named)?;
    visible::require_event(&fund, "receive")?;
    let id: PaymentId = act.fresh();
    let entry = Entry {
        kind: TransactionKind::Payment,
        document: id.0,
        mandate: None,
        effective: new.received_on,
        narration: format!("Payment {}", new.reference),
        legs: legs(new, excess),
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
        external_id: new.external_id.map(str::to_owned),
    };
    let allocations = allocations(&payment, &parts);
    repo::payments::insert(act.tx(), payment.clone(), allocations.clone()).await?;
    dues::pay(act, &of_notices(&notices, &parts), today).await?;
    dues::follow(act, &mut fund).await?;
    let data = json!({ "fund_id": fund.id, "membership_id": new.membership,
        "amount_minor": new.amount_minor, "credit_minor": excess });
    act.record("payment.recorded", Some(fund.alliance_id), id.0, data)
        .await?;
    let found = Allocated {
        payment,
        allocations,
        bounce: None,
    };
    Ok((found, true))
}

/// What a payment pays, as it is stored.
fn allocations(payment: &Payment, parts: &[(LevyNoticeId, i64)]) -> Vec<Allocation> {
    let part = |(notice_id, amount_minor): &(LevyNoticeId, i64)| Allocation {
        payment_id: payment.id,
        notice_id: *notice_id,
        alliance_id: payment.alliance_id,
        amount_minor: *amount_minor,
    };
    parts.iter().map(part).collect()
}

/// The payment that has the sender's name already, where it says the same.
async fn again(
    act: &Act<'_>,
    fund: &Fund,
    new: &NewPayment<'_>,
) -> Result<Option<Allocated>, Failure> {
    let Some(name) = new.external_id else {
        return Ok(None);
    };
    let Some(known) = repo::payments::by_external_id(act.tx(), fund, name).await? else {
        return Ok(None);
    };
    let found = with_parts(act.tx(), known).await?;
    let payment = &found.payment;
    let has = |(notice, amount): &(LevyNoticeId, i64)| {
        let part = found.allocations.iter().find(|p| p.notice_id == *notice);
        part.is_some_and(|part| part.amount_minor >= *amount)
    };
    let same = payment.membership_id == new.membership
        && payment.amount_minor == new.amount_minor
        && payment.received_on == new.received_on
        && payment.reference == new.reference
        && new.named.iter().all(has);
    if same {
        return Ok(Some(found));
    }
    let detail = "A payment of other content has this name in the fund.";
    Err(Refused::new(&problems::PAYMENT_ID_TAKEN, detail)
        .with("external_id", name)
        .with("payment_id", payment.id.to_string())
        .with("amount_minor", payment.amount_minor)
        .into())
}

fn require_currency(fund: &Fund, paid_in: Option<Currency>) -> Result<(), Refused> {
    match paid_in {
        Some(currency) if currency.code() != fund.currency => {
            let detail = format!("The fund is kept in {}, not in {currency}.", fund.currency);
            Err(Refused::new(&problems::CURRENCY_MISMATCH, detail)
                .with("currency", currency.code())
                .with("fund_currency", fund.currency.as_str()))
        }
        _ => Ok(()),
    }
}

/// The bank holds it; the debt shrinks by what is allocated, and the excess is the member's.
fn legs(new: &NewPayment<'_>, excess: i64) -> Vec<Leg> {
    let party = new.membership.to_string();
    let paid = new.amount_minor - excess;
    let mut legs = vec![Leg::bank(new.amount_minor)];
    if paid > 0 {
        legs.push(Leg::new(AccountKind::Receivable, party.clone(), -paid));
    }
    if excess > 0 {
        legs.push(Leg::new(AccountKind::Credit, party, -excess));
    }
    legs
}

/// The notices that parts belong to.
pub fn of_notices<'a>(
    notices: &'a [Notice],
    parts: &[(LevyNoticeId, i64)],
) -> Vec<(&'a Notice, i64)> {
    parts
        .iter()
        .filter_map(|(id, part)| {
            let notice = notices.iter().find(|notice| notice.id == *id)?;
            Some((notice, *part))
        })
        .collect()
}

/// The payments of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Allocated>, Failure> {
    let c = look.reader();
    let (fund, standing) = visible::fund(c, look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    let slice = repo::payments::list(c, &fund, mine.as_deref(), page).await?;
    let ids: Vec<PaymentId> = slice.items.iter().map(|p| p.id).collect();
    let parts = repo::payments::allocations(c, fund.alliance_id, &ids).await?;
    let bounces = repo::credits::bounces(c, &ids).await?;
    Ok(slice.map(|payment| {
        let bounce = bounces
            .iter()
            .find(|bounce| bounce.payment_id == payment.id);
        Allocated {
            bounce: bounce.cloned(),
            ..joined(payment, &parts)
        }
    }))
}

/// A payment that did not bounce, with its own of many allocations.
pub fn joined(payment: Payment, parts: &[Allocation]) -> Allocated {
    let own = |part: &&Allocation| part.payment_id == payment.id;
    Allocated {
        allocations: parts.iter().filter(own).cloned().collect(),
        payment,
        bounce: None,
    }
}

/// A payment with its allocations and its bounce.
///
/// # Errors
/// When the database fails.
pub async fn with_parts(c: &impl ConnectionTrait, payment: Payment) -> Result<Allocated, Failure> {
    let ids = [payment.id];
    let parts = repo::payments::allocations(c, payment.alliance_id, &ids).await?;
    let mut bounces = repo::credits::bounces(c, &ids).await?;
    Ok(Allocated {
        bounce: bounces.pop(),
        ..joined(payment, &parts)
    })
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
    Ok((fund, with_parts(c, payment).await?))
}
