//! The statement of a fund: what came in, what went out by line, what is set aside, and what it is worth. Totals are
//! for everybody in the alliance (fund.md 3.4).

use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::worth::Worth;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;

/// What was paid for or given, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSum {
    pub name: String,
    pub amount_minor: i64,
}

/// A statement; amounts in minor units.
#[derive(Debug, Clone)]
pub struct FundStatement {
    pub fund: Fund,
    pub worth: Worth,
    /// Spending by line.
    pub spending: Vec<NamedSum>,
    /// Matches by sponsor.
    pub sponsors: Vec<NamedSum>,
    /// What is set aside and not paid yet.
    pub reserved_minor: i64,
    /// Hash and number of the newest transaction.
    pub chain: (i64, Vec<u8>),
}

/// The statement of a fund, as it stands now; of a closed fund, before the entries of its close.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: FundId) -> Result<FundStatement, Failure> {
    let c = look.reader();
    let (fund, _) = visible::fund(c, look.asker(), id).await?;
    let holdings = repo::statements::holdings(c, &fund).await?;
    let named = |kind: AccountKind, sign: i64| {
        holdings
            .iter()
            .filter(|row| row.kind == kind.as_str() && row.balance_minor != 0)
            .map(|row| NamedSum {
                name: row.party.clone(),
                amount_minor: sign * row.balance_minor,
            })
            .collect()
    };
    let kinds = holdings.iter().filter_map(|row| {
        let kind = AccountKind::parse(&row.kind)?;
        Some((kind, row.balance_minor))
    });
    let newest = repo::ledger::head(c, fund.id).await?;
    Ok(FundStatement {
        worth: Worth::of(kinds)?,
        spending: named(AccountKind::Spend, 1),
        sponsors: named(AccountKind::Match, -1),
        reserved_minor: repo::reservations::cash(c, &fund).await?.reserved,
        chain: newest.map_or((0, Vec::new()), |row| (row.sequence, row.hash)),
        fund,
    })
}
