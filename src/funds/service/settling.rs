//! What a close writes: refunds, what is set off, what rolls over; and notices that are paid without money.

use chrono_tz::Tz;

use crate::alliances::Standing;
use crate::funds::domain::closing::Division;
use crate::funds::domain::documents::RefundState;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::settlement::Settled;
use crate::funds::repo;
use crate::funds::repo::Deal;
use crate::funds::repo::Fund;
use crate::funds::repo::Refund;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::RefundId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// Pays a member's notices with `amount` minor units, oldest first; answers what is left of it.
///
/// # Errors
/// When the database fails.
pub async fn pay_notices(
    act: &Act<'_>,
    fund: &Fund,
    membership: MembershipId,
    amount: i64,
    zone: Tz,
) -> Result<i64, Failure> {
    let notices = repo::notices::of_member(act.tx(), fund, membership).await?;
    let mut left = amount;
    let mut parts = Vec::new();
    for (notice, open) in notices.iter().zip(dues::open(&notices)?) {
        let part = left.min(open.due);
        if part > 0 {
            parts.push((notice, part));
            left -= part;
        }
    }
    dues::pay(act, &parts, day_in(zone, act.now())).await?;
    Ok(left)
}

/// Writes down what goes back to each sponsor.
///
/// # Errors
/// When the database fails.
pub async fn promise_sponsors(
    act: &Act<'_>,
    deals: &mut [Deal],
    division: &Division,
) -> Result<(), Failure> {
    for (deal, part) in deals.iter_mut().zip(&division.to_sponsors) {
        deal.return_minor = *part;
        deal.version += 1;
        repo::sponsors::update(act.tx(), deal).await?;
    }
    Ok(())
}

/// Writes what is due to a member, and sets off its arrears.
///
/// # Errors
/// When the database fails.
pub async fn insert_refund(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    member: &Settled<MembershipId>,
) -> Result<(), Failure> {
    let id: RefundId = act.fresh();
    if member.offset > 0 {
        let party = member.member.to_string();
        let entry = Entry {
            kind: TransactionKind::Offset,
            document: id.0,
            mandate: None,
            effective: day_in(standing.alliance.time_zone, act.now()),
            narration: format!("Refund of {} set off against arrears", fund.code),
            legs: vec![
                Leg::new(AccountKind::LevyRefunded, party.clone(), member.offset),
                Leg::new(AccountKind::Receivable, party, -member.offset),
            ],
        };
        journal::post(act, fund, entry).await?;
        let zone = standing.alliance.time_zone;
        pay_notices(act, fund, member.member, member.offset, zone).await?;
    }
    let state = if member.due() > 0 {
        RefundState::Due
    } else {
        RefundState::Offset
    };
    let row = Refund {
        id,
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        membership_id: member.member,
        paid_minor: member.paid,
        amount_minor: member.share,
        offset_minor: member.offset,
        credit_minor: member.credit,
        carried: member.carried,
        choice: None,
        rollover_fund_id: None,
        state: state.as_str().to_owned(),
        transaction_id: None,
        version: 1,
        created_at: act.now(),
    };
    repo::refunds::insert(act.tx(), row).await?;
    Ok(())
}

/// All of the members' part goes to another fund as that fund's money, because it is too little to be sent.
///
/// # Errors
/// When the database fails.
pub async fn roll_over_whole(
    act: &Act<'_>,
    fund: &Fund,
    target: &Fund,
    standing: &Standing,
    amount: i64,
) -> Result<(), Failure> {
    let entry = |kind, legs| Entry {
        kind,
        document: fund.id.0,
        mandate: None,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration: format!("{} rolls over to {}", fund.code, target.code),
        legs,
    };
    let out = vec![
        Leg::new(AccountKind::TransferOut, "", amount),
        Leg::bank(-amount),
    ];
    let arrived = vec![
        Leg::bank(amount),
        Leg::new(AccountKind::TransferIn, "", -amount),
    ];
    let entries = vec![
        (fund, entry(TransactionKind::TransferOut, out)),
        (target, entry(TransactionKind::TransferIn, arrived)),
    ];
    journal::post_across(act, entries).await?;
    Ok(())
}
