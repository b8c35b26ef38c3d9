//! Bills that follow from no assessment: debit notes and pledges.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state::NoticeKind;
use crate::funds::domain::state::NoticeState;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// A bill to one member.
#[derive(Debug, Clone)]
pub struct Bill {
    pub kind: NoticeKind,
    pub membership: MembershipId,
    /// Minor units, above zero.
    pub amount_minor: i64,
    pub due_on: NaiveDate,
    pub reason: String,
}

/// Numbers, stores and posts bills with one transaction `(kind, document, mandate)`, at most one per member. Nothing is
/// mailed.
///
/// # Errors
/// As the ledger refuses.
pub async fn bill(
    act: &Act<'_>,
    fund: &Fund,
    today: NaiveDate,
    bills: &[Bill],
    (kind, document, mandate): (TransactionKind, Uuid, Option<MandateId>),
) -> Result<Vec<Notice>, Failure> {
    let newest = repo::notices::newest(act.tx(), fund).await?;
    let rows: Vec<Notice> = (newest + 1..)
        .zip(bills)
        .map(|(number, bill)| notice(act, fund, number, bill))
        .collect();
    if rows.is_empty() {
        return Ok(rows);
    }
    repo::notices::insert(act.tx(), &rows).await?;
    let entry = Entry {
        kind,
        document,
        mandate,
        effective: today,
        narration: bills
            .first()
            .map_or_else(String::new, |bill| bill.reason.clone()),
        legs: rows.iter().flat_map(legs).collect(),
    };
    journal::post(act, fund, entry).await?;
    Ok(rows)
}

fn notice(act: &Act<'_>, fund: &Fund, number: i64, bill: &Bill) -> Notice {
    Notice {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        assessment_id: None,
        line_id: None,
        membership_id: bill.membership,
        number,
        amount_minor: bill.amount_minor,
        paid_minor: 0,
        state: NoticeState::Issued.as_str().to_owned(),
        due_on: bill.due_on,
        version: 1,
        issued_at: act.now(),
        kind: bill.kind.as_str().to_owned(),
        reason: bill.reason.clone(),
        credited_minor: 0,
        returned_minor: 0,
        written_off_minor: 0,
        next_due_on: Some(bill.due_on),
        overdue_since: None,
        checked_on: None,
        write_off_mandate_id: None,
    }
}

/// What a notice posts: the member owes it, and the fund earns it.
pub fn legs(notice: &Notice) -> [Leg; 2] {
    let party = notice.membership_id.to_string();
    [
        Leg::new(AccountKind::Receivable, party.clone(), notice.amount_minor),
        Leg::new(AccountKind::Levy, party, -notice.amount_minor),
    ]
}
