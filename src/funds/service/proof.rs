//! The chains of funds as a file, with which a member can prove that nothing was rewritten.

use std::collections::HashMap;
use std::collections::VecDeque;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::proof::ProofLine;
use crate::funds::domain::proof::Proven;
use crate::funds::domain::proof::Prover;
use crate::funds::domain::proof::Shown;
use crate::funds::domain::proof::Unproven;
use crate::funds::domain::proof::hex;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::service::chain;
use crate::funds::service::sight::Sight;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;
use crate::platform::db::Reader;
use crate::platform::random::digest;

/// Transactions read at once.
const CHUNK: u64 = 100;

/// Chains that are being written.
pub struct Proof {
    reader: Reader,
    funds: VecDeque<Fund>,
    standing: Standing,
    /// The fund being written, what of it is shown, and the place in its chain.
    at: Option<(Fund, Sight, i64)>,
}

impl Proof {
    /// The chain of one fund.
    ///
    /// # Errors
    /// 404 for strangers.
    pub async fn of_fund(look: &Look<'_>, id: FundId) -> Result<Self, Failure> {
        let (fund, standing) = visible::fund(look.reader(), look.asker(), id).await?;
        Ok(Self::open(look, standing, vec![fund]))
    }

    /// The chains of all funds of an alliance.
    ///
    /// # Errors
    /// 404 for strangers.
    pub async fn of_alliance(look: &Look<'_>, id: AllianceId) -> Result<Self, Failure> {
        let standing = alliances::admit(look.reader(), look.asker(), id).await?;
        let funds = repo::books::funds(look.reader(), id).await?;
        Ok(Self::open(look, standing, funds))
    }

    fn open(look: &Look<'_>, standing: Standing, funds: Vec<Fund>) -> Self {
        Self {
            reader: look.reader().clone(),
            funds: funds.into(),
            standing,
            at: None,
        }
    }

    /// The next lines; none at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        let Some((fund, sight, after)) = self.at.take() else {
            return self.begin_fund().await;
        };
        let rows = repo::ledger::chained(&self.reader, &fund, after, CHUNK).await?;
        let Some(newest) = rows.last() else {
            return self.begin_fund().await;
        };
        let newest = newest.sequence;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut legs: HashMap<_, Vec<_>> = HashMap::with_capacity(rows.len());
        for leg in repo::ledger::legs(&self.reader, &ids).await? {
            legs.entry(leg.0.transaction_id).or_default().push(leg);
        }
        let mut text = String::new();
        for row in rows {
            let own = legs.remove(&row.id).unwrap_or_default();
            let shown = |text: String, open: bool| match open {
                true => Shown::Text(text),
                false => Shown::Hash(hex(&digest(text.as_bytes()))),
            };
            let all = own.iter().all(|(_, a)| sight.tells_of(&a.kind, &a.party));
            let line = ProofLine::Link {
                sequence: row.sequence,
                previous_hash: hex(&row.previous_hash),
                hash: hex(&row.hash),
                head: shown(chain::head_text(&row), all),
                legs: own
                    .iter()
                    .map(|(posting, account)| {
                        let text = chain::leaf_text(posting, &account.kind, &account.party);
                        shown(text, sight.shows(&account.kind, &account.party))
                    })
                    .collect(),
            };
            push(&mut text, &line)?;
        }
        self.at = Some((fund, sight, newest));
        Ok(Some(text))
    }

    async fn begin_fund(&mut self) -> Result<Option<String>, Failure> {
        let Some(fund) = self.funds.pop_front() else {
            return Ok(None);
        };
        let mut text = String::new();
        let line = ProofLine::Fund {
            fund: fund.code.clone(),
            custodian: format!(
                "{}, {}, {}",
                fund.custodian_holder, fund.custodian_institution, fund.custodian_account_ref
            ),
        };
        push(&mut text, &line)?;
        let sight = Sight::of(&self.reader, &self.standing, &fund).await?;
        self.at = Some((fund, sight, 0));
        Ok(Some(text))
    }
}

fn push(text: &mut String, line: &ProofLine) -> Result<(), Failure> {
    text.push_str(&serde_json::to_string(line).map_err(anyhow::Error::new)?);
    text.push('\n');
    Ok(())
}

/// Proves a file that was exported as `chain`, without any database: the chain of each fund in it.
///
/// # Errors
/// The first line that is wrong; an input that cannot be read is a line that is none.
pub fn prove(file: impl std::io::BufRead) -> Result<Vec<Proven>, Unproven> {
    let mut prover = Prover::default();
    for (number, line) in (1..).zip(file.lines()) {
        let text = line.map_err(|cause| Unproven::NotALine {
            line: number,
            cause: cause.to_string(),
        })?;
        prover.pass(&text, digest)?;
    }
    Ok(prover.end())
}
