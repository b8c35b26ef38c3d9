//! What members still owe: asked by those who remind them.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use crate::funds::repo;
use crate::funds::service::dues;
use crate::funds::service::issue;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;

/// A levy notice with something left to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub membership: MembershipId,
    /// Name of the fund.
    pub fund: String,
    /// Number as it stands on the notice.
    pub number: String,
    /// What is left, as people read it.
    pub amount: String,
    pub currency: String,
    pub due_on: NaiveDate,
}

/// The notices of an alliance that are not paid in full and payable until `day`, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn due_until(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    day: NaiveDate,
) -> Result<Vec<Due>, Failure> {
    let mut funds: HashMap<FundId, repo::Fund> = HashMap::new();
    let mut found = Vec::new();
    for notice in repo::notices::due_until(c, alliance, day).await? {
        if !funds.contains_key(&notice.fund_id)
            && let Some(fund) = repo::funds::find(c, notice.fund_id).await?
        {
            funds.insert(notice.fund_id, fund);
        }
        let Some(fund) = funds.get(&notice.fund_id) else {
            continue;
        };
        let currency = visible::currency_of(fund)?;
        found.push(Due {
            membership: notice.membership_id,
            fund: fund.name.clone(),
            number: issue::number(fund, &notice),
            amount: format_minor(dues::owed(&notice).due(), currency),
            currency: currency.code().to_owned(),
            due_on: notice.next_due_on.unwrap_or(notice.due_on),
        });
    }
    Ok(found)
}
