//! What members were billed and paid, as ballots weigh it, and whose arrears suspend its vote.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;

use crate::funds::repo;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;

/// What one member contributed in a season, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contribution {
    pub billed_minor: i64,
    pub paid_minor: i64,
}

/// What every member was billed and paid in the newest season that was billed at all; `None` before the first
/// notices of an alliance.
///
/// # Errors
/// When the database fails, or sums leave the range of amounts.
pub async fn of_last_season(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Option<BTreeMap<MembershipId, Contribution>>, Failure> {
    let funds = repo::funds::by_season(c, alliance).await?;
    for season in funds.chunk_by(|a, b| a.season_from == b.season_from) {
        let ids: Vec<FundId> = season.iter().map(|fund| fund.id).collect();
        let sums = repo::notices::sums(c, alliance, &ids).await?;
        if sums.is_empty() {
            continue;
        }
        let mut contributions: BTreeMap<MembershipId, Contribution> = BTreeMap::new();
        for (member, billed, credited, paid, returned) in sums {
            let sum = contributions.entry(member).or_default();
            let beyond = || anyhow::anyhow!("contributions leave the range of amounts");
            sum.billed_minor = sum
                .billed_minor
                .checked_add(billed - credited)
                .ok_or_else(beyond)?;
            sum.paid_minor = sum
                .paid_minor
                .checked_add(paid - returned)
                .ok_or_else(beyond)?;
        }
        return Ok(Some(contributions));
    }
    Ok(None)
}

/// The members that owe something which fell due more than `days` days before `today`.
///
/// # Errors
/// When the database fails.
pub async fn in_arrears(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    today: NaiveDate,
    days: u32,
) -> Result<BTreeSet<MembershipId>, Failure> {
    let Some(limit) = today.checked_sub_signed(TimeDelta::days(i64::from(days))) else {
        return Ok(BTreeSet::new());
    };
    let unpaid = repo::notices::unpaid_before(c, alliance, limit).await?;
    Ok(unpaid.into_iter().map(|row| row.membership_id).collect())
}
