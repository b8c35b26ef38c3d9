//! A tier reached later: what was paid at the prices of each order against the price of the whole.
//!
//! Everybody ends at the same average price. Where nobody paid less than that, the difference is paid back
//! by entitlement; otherwise the final cost is shared again by quantity and some members owe.

use std::collections::HashMap;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::sharing;
use crate::tenders::domain::sharing::Part;
use crate::tenders::domain::sharing::SharingError;

crate::words! {
    /// How the difference is settled.
    pub enum RebateRule {
        /// The pool is shared by what each member overpaid.
        Entitlement = "entitlement",
        /// The final cost is shared again by quantity; some members owe.
        Reshare = "reshare",
    }
}

/// One order of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidOrder {
    /// Whose order.
    pub member: String,
    /// Order of ordering; a member's lowest breaks ties.
    pub sequence: i64,
    /// Units.
    pub quantity: i64,
    /// What was paid, in minor units.
    pub paid_minor: i64,
}

/// One member's settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRebate {
    pub member: String,
    pub quantity: i64,
    pub paid_minor: i64,
    /// Paid back; negative when the member owes.
    pub adjustment_minor: i64,
    /// Paid less adjustment.
    pub final_minor: i64,
}

/// The settlement of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebate {
    pub total_quantity: i64,
    pub tier_index: Option<usize>,
    pub paid_minor: i64,
    /// What the whole quantity costs.
    pub final_minor: i64,
    /// Paid less final.
    pub rebate_pool_minor: i64,
    pub rule: RebateRule,
    /// In order of each member's first order.
    pub members: Vec<MemberRebate>,
}

struct Account<'a> {
    member: &'a str,
    sequence: i64,
    quantity: i128,
    paid: i128,
}

/// Settles orders against the price of their total quantity.
///
/// # Errors
/// [`SharingError`] for numbers out of range, no quantity at all, and results beyond amounts.
pub fn settle(
    schedule: &PriceSchedule,
    base_quantity: i64,
    minor_per_major: i128,
    orders: &[PaidOrder],
) -> Result<Rebate, SharingError> {
    exact::within("base_quantity", base_quantity, 1, MAX_QUANTITY)?;
    let accounts = accounts(orders)?;
    let total = exact::amount(accounts.iter().map(|a| a.quantity).sum())?;
    let paid = exact::amount(accounts.iter().map(|a| a.paid).sum())?;
    exact::within(
        "total_quantity",
        total,
        schedule.first_quantity(),
        MAX_QUANTITY,
    )?;
    let final_minor = schedule.goods_minor(total, base_quantity, minor_per_major)?;
    let mut entitlements = vec![];
    for account in &accounts {
        let all = exact::product(&[account.paid, total.into()])?;
        let own = exact::product(&[final_minor.into(), account.quantity])?;
        entitlements.push(all - own);
    }
    let by = |total: i64, weights: &dyn Fn(usize) -> i128| {
        let part = |(index, account): (usize, &Account)| Part {
            weight: weights(index),
            sequence: account.sequence,
        };
        let parts: Vec<Part> = accounts.iter().enumerate().map(part).collect();
        sharing::share(total, &parts)
    };
    let (rule, adjustments) = if entitlements.iter().all(|e| *e >= 0) {
        let shares = by(paid - final_minor, &|index| entitlements[index])?;
        (RebateRule::Entitlement, shares)
    } else {
        let shares = by(final_minor, &|index| accounts[index].quantity)?;
        let owed = accounts.iter().zip(shares);
        let adjustments: Result<Vec<i64>, Overflow> = owed
            .map(|(account, share)| exact::amount(account.paid - i128::from(share)))
            .collect();
        (RebateRule::Reshare, adjustments?)
    };
    let mut members = vec![];
    for (account, adjustment_minor) in accounts.iter().zip(adjustments) {
        members.push(MemberRebate {
            member: account.member.to_owned(),
            quantity: exact::amount(account.quantity)?,
            paid_minor: exact::amount(account.paid)?,
            adjustment_minor,
            final_minor: exact::amount(account.paid - i128::from(adjustment_minor))?,
        });
    }
    Ok(Rebate {
        total_quantity: total,
        tier_index: schedule.tier_at(total),
        paid_minor: paid,
        final_minor,
        rebate_pool_minor: paid - final_minor,
        rule,
        members,
    })
}

/// Sums by member, in order of each member's lowest sequence.
fn accounts(orders: &[PaidOrder]) -> Result<Vec<Account<'_>>, SharingError> {
    exact::few_enough("orders", orders.len())?;
    let mut places = HashMap::new();
    let mut accounts: Vec<Account> = vec![];
    for order in orders {
        exact::within("quantity", order.quantity, 0, MAX_QUANTITY)?;
        exact::within("paid_minor", order.paid_minor, 0, MAX_AMOUNT)?;
        let place = *places.entry(order.member.as_str()).or_insert_with(|| {
            accounts.push(Account {
                member: &order.member,
                sequence: order.sequence,
                quantity: 0,
                paid: 0,
            });
            accounts.len() - 1
        });
        let account = &mut accounts[place];
        account.sequence = account.sequence.min(order.sequence);
        account.quantity += i128::from(order.quantity);
        account.paid += i128::from(order.paid_minor);
    }
    accounts.sort_by_key(|account| account.sequence);
    Ok(accounts)
}
