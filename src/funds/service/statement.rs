//! A member's statement of a fund: what it owed, paid, got back, and what its money bought.

use crate::alliances;
use crate::funds::domain::bought::bought;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Refund;
use crate::funds::service::credits;
use crate::funds::service::dues;
use crate::funds::service::payments;
use crate::funds::service::payments::Allocated;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Look;

/// A statement; amounts in minor units.
#[derive(Debug, Clone)]
pub struct Statement {
    pub fund: Fund,
    pub membership: MembershipId,
    pub notices: Vec<Notice>,
    pub payments: Vec<Allocated>,
    pub refund: Option<Refund>,
    /// What the member owes still, less what stands in its credit.
    pub closing_minor: i64,
    /// What the fund spent.
    pub spent_minor: i64,
    /// The member's share of it, by cash paid.
    pub share_of_spend_minor: i64,
}

/// The statement of the member that the caller acts for.
///
/// # Errors
/// 404 for strangers and for a fund of another alliance; 422 where the caller acts for several members.
pub async fn mine(
    look: &Look<'_>,
    alliance: AllianceId,
    fund: FundId,
    membership: Option<MembershipId>,
) -> Result<Statement, Failure> {
    let c = look.reader();
    let standing = alliances::admit(c, look.asker(), alliance).await?;
    let membership = standing.acting_for(membership)?;
    let fund = repo::funds::find(c, fund)
        .await?
        .filter(|fund| fund.alliance_id == alliance)
        .ok_or_else(|| Refused::not_found("fund"))?;
    let notices = repo::notices::of_member(c, &fund, membership).await?;
    let all = repo::payments::all(c, &fund).await?;
    let mut paid: std::collections::BTreeMap<MembershipId, i64> = std::collections::BTreeMap::new();
    for payment in &all {
        *paid.entry(payment.membership_id).or_default() += payment.amount_minor;
    }
    let own: Vec<_> = all
        .into_iter()
        .filter(|payment| payment.membership_id == membership)
        .collect();
    let ids: Vec<PaymentId> = own.iter().map(|payment| payment.id).collect();
    let parts = repo::payments::allocations(c, alliance, &ids).await?;
    let due = sum(notices.iter().map(|notice| dues::owed(notice).due()))?;
    let credit = credits::held(c, &fund, membership).await?;
    let spent_minor = repo::ledger::posted(c, &fund, AccountKind::Spend.as_str()).await?;
    let named: Vec<(String, i64)> = paid.iter().map(|(id, p)| (id.to_string(), *p)).collect();
    let shares = bought(spent_minor, &named)?;
    let place = paid.keys().position(|id| *id == membership);
    Ok(Statement {
        refund: repo::refunds::of_member(c, &fund, membership).await?,
        share_of_spend_minor: place.and_then(|i| shares.get(i).copied()).unwrap_or(0),
        closing_minor: due - credit,
        payments: own
            .into_iter()
            .map(|payment| payments::joined(payment, &parts))
            .collect(),
        fund,
        membership,
        notices,
        spent_minor,
    })
}
