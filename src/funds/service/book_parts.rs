//! The funds of the books, and their transactions as the books write them.

use crate::alliances::Standing;
use crate::funds::domain::books::BookAccount;
use crate::funds::domain::books::BookFund;
use crate::funds::domain::books::BookPosting;
use crate::funds::domain::books::BookTransaction;
use crate::funds::domain::books::Custodian;
use crate::funds::domain::books::code;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Transaction;
use crate::funds::repo::books::Leg;
use crate::funds::service::book_names::Names;
use crate::funds::service::book_names::account_name;
use crate::funds::service::book_names::narration;
use crate::funds::service::sight;
use crate::funds::service::sight::Sight;
use crate::funds::service::visible;
use crate::kernel::money::Currency;
use crate::kernel::problem::Failure;
use crate::platform::db::Reader;

/// A fund in the books, and where its ledger ends for them.
#[derive(Debug, Clone)]
pub struct Part {
    pub fund: Fund,
    pub book: BookFund,
    pub currency: Currency,
    /// What the reader sees of it.
    pub sight: Sight,
    /// The newest transaction, and the newest posting.
    pub end: (i64, i64),
}

/// Opens a fund of the books, whose ledger ends for them where it ends now.
///
/// # Errors
/// When the database fails.
pub async fn part(reader: &Reader, standing: &Standing, fund: Fund) -> Result<Part, Failure> {
    let currency = visible::currency_of(&fund)?;
    let newest = repo::ledger::head(reader, fund.id)
        .await?
        .map_or(0, |t| t.sequence);
    let book = BookFund {
        code: fund.code.clone(),
        name: fund.name.clone(),
        currency,
        custodian: Custodian {
            holder: fund.custodian_holder.clone(),
            institution: fund.custodian_institution.clone(),
            account_ref: fund.custodian_account_ref.clone(),
        },
    };
    Ok(Part {
        end: (
            newest,
            repo::books::last_posting(reader, &fund, newest).await?,
        ),
        sight: Sight::of(reader, standing, &fund).await?,
        currency,
        book,
        fund,
    })
}

/// The account of other members, added up.
pub fn of_others(part: &Part, account: String) -> BookAccount {
    BookAccount {
        account,
        currency: part.currency,
        label: "Other members, added up".to_owned(),
        custodian: None,
    }
}

/// Name and label of an account.
pub fn name(part: &Part, kind: &str, party: &str, names: &Names) -> (String, String) {
    account_name(&part.fund, kind, party, names)
}

/// A transaction with its legs as the books write it.
pub fn written(
    part: &Part,
    row: Transaction,
    legs: &[Leg],
    supplier: Option<String>,
    names: &Names,
) -> BookTransaction {
    let posting = |leg: &Leg| {
        let (account, label) = match &leg.party {
            Some(party) => name(part, &leg.kind, party, names),
            None => (name_of_others(part, &leg.kind), sight::bands(leg, names)),
        };
        BookPosting {
            sequence: leg.sequence,
            account,
            label,
            amount: leg.amount_minor,
            balance: leg.balance_minor,
        }
    };
    let hidden = legs.iter().any(|leg| !part.sight.tells(leg));
    BookTransaction {
        narration: narration(&row, hidden),
        id: row.id.to_string(),
        sequence: row.sequence,
        date: row.effective_date,
        recorded_at: row.recorded_at.to_string(),
        kind: row.kind,
        document: row.document_ref.to_string(),
        decision: row.mandate_id.map(|id| id.to_string()),
        supplier,
        reverses: row.reverses.map(|id| id.to_string()),
        hash: row.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        postings: legs.iter().map(posting).collect(),
    }
}

/// The name of other members' accounts of a kind.
fn name_of_others(part: &Part, kind: &str) -> String {
    AccountKind::parse(kind).map_or_else(
        || kind.to_owned(),
        |kind| kind.name(&part.fund.code, code::OTHERS),
    )
}
