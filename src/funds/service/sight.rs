//! What a member sees of other members in the books: at the level that the fund's levy policies set, or the by-laws
//! where they say nothing (fund.md 2.1, 3.4). Totals are everybody's at every level, and every transaction balances.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Standing;
use crate::alliances::Visibility;
use crate::funds::domain::band;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::books::Leg;
use crate::funds::service::book_names::Names;
use crate::funds::service::policies;
use crate::funds::service::visible;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::problem::Failure;

/// Bands that one line tells one by one.
const MOST_BANDS: usize = 20;

/// What somebody sees of the lines of a fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// Everything: for those who keep and audit the books.
    Whole,
    /// Everybody's amounts, but of others nothing that people wrote.
    Amounts(Vec<String>),
    /// Its own lines; others added up, with the band of each.
    Bands(Vec<String>),
    /// Its own lines; others added up.
    Own(Vec<String>),
}

impl Sight {
    /// What the caller sees of a fund. Where policies of one fund differ, the strictest holds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(
        c: &impl ConnectionTrait,
        standing: &Standing,
        fund: &Fund,
    ) -> Result<Self, Failure> {
        let Some(mine) = visible::lines_of(standing) else {
            return Ok(Self::Whole);
        };
        let mine = mine.iter().map(ToString::to_string).collect();
        let by_laws = alliances::by_laws(c, fund.alliance_id).await?.member_lines;
        let mut billed: Vec<_> = repo::assessments::standing(c, fund)
            .await?
            .iter()
            .map(|row| row.policy_id)
            .collect();
        billed.sort_unstable();
        billed.dedup();
        let mut levels = Vec::with_capacity(billed.len());
        for policy in billed {
            let known = policies::find(c, fund.alliance_id, policy).await?;
            levels.push(known.plan.terms.visibility.unwrap_or(by_laws));
        }
        let is = |level| levels.contains(&level) || (levels.is_empty() && by_laws == level);
        Ok(if is(Visibility::Hidden) {
            Self::Own(mine)
        } else if is(Visibility::Band) {
            Self::Bands(mine)
        } else {
            Self::Amounts(mine)
        })
    }

    /// Whose lines are shown by name; none: everybody's.
    pub fn named(&self) -> Option<&[String]> {
        match self {
            Self::Whole | Self::Amounts(_) => None,
            Self::Bands(mine) | Self::Own(mine) => Some(mine),
        }
    }

    /// Whether an account is shown by name.
    pub fn shows(&self, kind: &str, party: &str) -> bool {
        self.named()
            .is_none_or(|mine| !is_of_another(mine, kind, party))
    }

    /// Whether what people wrote on a transaction with this leg is the reader's business.
    pub fn tells(&self, leg: &Leg) -> bool {
        match (self, &leg.party) {
            (Self::Whole, _) => true,
            (_, Some(party)) => self.tells_of(&leg.kind, party),
            (_, None) => false,
        }
    }

    /// As [`Sight::tells`], of an account.
    pub fn tells_of(&self, kind: &str, party: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Amounts(mine) | Self::Bands(mine) | Self::Own(mine) => {
                !is_of_another(mine, kind, party)
            }
        }
    }

    /// The legs of some transactions as they are seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn legs(
        &self,
        c: &impl ConnectionTrait,
        ids: &[LedgerTransactionId],
    ) -> Result<Vec<Leg>, Failure> {
        match self {
            Self::Whole | Self::Amounts(_) => Ok(repo::books::legs(c, ids, None).await?),
            Self::Own(mine) => Ok(repo::books::legs(c, ids, Some(mine)).await?),
            Self::Bands(mine) => Ok(added_up(mine, repo::books::legs(c, ids, None).await?)),
        }
    }
}

fn is_of_another(mine: &[String], kind: &str, party: &str) -> bool {
    let of_member = AccountKind::parse(kind).is_none_or(AccountKind::is_of_member);
    of_member && !mine.iter().any(|own| own == party)
}

/// The legs of others, added up per transaction and kind of account with the band of each, before the reader's own.
fn added_up(mine: &[String], legs: Vec<Leg>) -> Vec<Leg> {
    let mut sums: BTreeMap<(LedgerTransactionId, String), Leg> = BTreeMap::new();
    let mut own = Vec::with_capacity(legs.len());
    for leg in legs {
        let another = leg.party.clone();
        let another = another.filter(|party| is_of_another(mine, &leg.kind, party));
        let Some(party) = another else {
            own.push(leg);
            continue;
        };
        let band = band::around(leg.amount_minor.saturating_abs());
        let amount = leg.amount_minor;
        let name = (leg.transaction_id, leg.kind.clone());
        let sum = sums.entry(name).or_insert_with(|| Leg {
            id: None,
            account_id: None,
            sequence: None,
            party: None,
            balance_minor: None,
            amount_minor: 0,
            bands: Vec::new(),
            ..leg
        });
        sum.amount_minor += amount;
        sum.bands.push((party, band));
    }
    let sums = sums.into_values().filter(|leg| leg.amount_minor != 0);
    sums.chain(own).collect()
}

/// The members whose bands a leg tells.
pub fn parties(legs: &[Leg]) -> impl Iterator<Item = &str> {
    let bands = legs
        .iter()
        .flat_map(|leg| leg.bands.iter().take(MOST_BANDS));
    let bands = bands.map(|(party, _)| party.as_str());
    legs.iter()
        .filter_map(|leg| leg.party.as_deref())
        .chain(bands)
}

/// The bands of those who were added up, in minor units: `M-000002 200000 to 500000; M-000005 …`.
pub fn bands(leg: &Leg, names: &Names) -> String {
    let mut told: Vec<String> = leg
        .bands
        .iter()
        .take(MOST_BANDS)
        .map(|(party, (from, to))| {
            let code = names.get(party).map_or("?", |(code, _)| code.as_str());
            format!("{code} {from} to {to}")
        })
        .collect();
    let more = leg.bands.len().saturating_sub(MOST_BANDS);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    told.join("; ")
}
