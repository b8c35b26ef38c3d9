//! The books: a fund's ledger, or that of all funds of an alliance, written piece by piece for whoever may read it.
//!
//! The books stand still while they are written: the newest transaction of each fund is read first, and what is
//! posted later is left out. Only a piece is in memory at a time.

use std::collections::BTreeMap;
use std::collections::HashMap;

use chrono::NaiveDate;

use crate::alliances;
use crate::funds::domain::books;
use crate::funds::domain::books::BookAccount;
use crate::funds::domain::books::BookBalance;
use crate::funds::domain::books::BookFund;
use crate::funds::domain::books::Format;
use crate::funds::domain::books::code;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Transaction;
use crate::funds::repo::books::Leg;
use crate::funds::repo::books::Reading;
use crate::funds::service::book_names::Names;
use crate::funds::service::book_names::names_of;
use crate::funds::service::book_parts::Part;
use crate::funds::service::book_parts::name;
use crate::funds::service::book_parts::of_others;
use crate::funds::service::book_parts::part;
use crate::funds::service::book_parts::written;
use crate::funds::service::sight;
use crate::funds::service::visible;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::problem::Failure;
use crate::platform::act::Look;
use crate::platform::db::Reader;

/// Accounts read at once.
const ACCOUNTS: u64 = 500;
/// Transactions read at once.
const TRANSACTIONS: u64 = 100;

/// Where the writing stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Preamble,
    /// Accounts of the fund of a number, after one of them.
    Accounts(usize, Option<AccountId>),
    Transactions(Option<(NaiveDate, LedgerTransactionId)>),
    /// Balances of the fund of a number, after one of its accounts.
    Balances(usize, Option<AccountId>),
    /// Balances of what was added up.
    Others,
    End,
}

/// Books that are being written.
pub struct Books {
    reader: Reader,
    alliance: AllianceId,
    title: String,
    format: Format,
    parts: Vec<Part>,
    place: Place,
    last: Option<NaiveDate>,
    /// What other members' accounts of a kind hold together, per fund.
    others: BTreeMap<(usize, AccountKind), i64>,
}

impl Books {
    /// Opens the books of a fund.
    ///
    /// # Errors
    /// 404 for strangers.
    pub async fn of_fund(look: &Look<'_>, id: FundId, format: Format) -> Result<Self, Failure> {
        let (fund, standing) = visible::fund(look.reader(), look.asker(), id).await?;
        let title = format!("Ledger of {}, {}", fund.code, fund.name);
        Self::open(look, &standing, title, vec![fund], format).await
    }

    /// Opens the books of all funds of an alliance.
    ///
    /// # Errors
    /// 404 for strangers.
    pub async fn of_alliance(
        look: &Look<'_>,
        id: AllianceId,
        format: Format,
    ) -> Result<Self, Failure> {
        let standing = alliances::admit(look.reader(), look.asker(), id).await?;
        let funds = repo::books::funds(look.reader(), id).await?;
        let title = format!("Ledger of {}", standing.alliance.name);
        Self::open(look, &standing, title, funds, format).await
    }

    async fn open(
        look: &Look<'_>,
        standing: &alliances::Standing,
        title: String,
        funds: Vec<Fund>,
        format: Format,
    ) -> Result<Self, Failure> {
        let mut parts = Vec::with_capacity(funds.len());
        for fund in funds {
            parts.push(part(look.reader(), standing, fund).await?);
        }
        Ok(Self {
            reader: look.reader().clone(),
            alliance: standing.alliance.id,
            title,
            format,
            parts,
            place: Place::Preamble,
            last: None,
            others: BTreeMap::new(),
        })
    }

    /// How the books are written.
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The codes of the funds, for the name of a file.
    pub fn codes(&self) -> Vec<&str> {
        self.parts
            .iter()
            .map(|part| part.fund.code.as_str())
            .collect()
    }

    /// The next piece; none at the end. Pieces may be empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<String>, Failure> {
        match self.place {
            Place::Preamble => {
                self.place = Place::Accounts(0, None);
                let funds: Vec<BookFund> = self.parts.iter().map(|p| p.book.clone()).collect();
                Ok(Some(books::preamble(self.format, &self.title, &funds)))
            }
            // A CSV has neither accounts nor balances.
            Place::Accounts(..) if self.format == Format::Csv => {
                self.place = Place::Transactions(None);
                Ok(Some(String::new()))
            }
            Place::Accounts(number, after) => self.accounts(number, after).await.map(Some),
            Place::Transactions(after) => self.transactions(after).await.map(Some),
            Place::Balances(..) if self.format == Format::Csv => {
                self.place = Place::End;
                Ok(Some(String::new()))
            }
            Place::Balances(number, after) => self.balances(number, after).await.map(Some),
            Place::Others => {
                self.place = Place::End;
                Ok(Some(self.others()))
            }
            Place::End => Ok(None),
        }
    }

    async fn accounts(
        &mut self,
        number: usize,
        after: Option<AccountId>,
    ) -> Result<String, Failure> {
        let Some(part) = self.parts.get(number) else {
            self.place = Place::Transactions(None);
            return Ok(String::new());
        };
        let rows = self.readings(part, after).await?;
        let mut text = String::new();
        if after.is_none() && part.sight.named().is_some() {
            for kind in AccountKind::ALL.iter().filter(|kind| kind.is_of_member()) {
                let account = kind.name(&part.fund.code, code::OTHERS);
                text.push_str(&books::account(self.format, &of_others(part, account)));
            }
        }
        let names = self
            .names_of(rows.iter().map(|row| row.party.as_str()))
            .await?;
        for row in shown(part, &rows) {
            let (account, label) = name(part, &row.kind, &row.party, &names);
            let custodian =
                (row.kind == AccountKind::Bank.as_str()).then(|| part.book.custodian.clone());
            let account = BookAccount {
                account,
                currency: part.currency,
                label,
                custodian,
            };
            text.push_str(&books::account(self.format, &account));
        }
        self.place = match rows.last() {
            Some(row) => Place::Accounts(number, Some(row.id)),
            None => Place::Accounts(number + 1, None),
        };
        Ok(text)
    }

    async fn transactions(
        &mut self,
        after: Option<(NaiveDate, LedgerTransactionId)>,
    ) -> Result<String, Failure> {
        let funds: Vec<FundId> = self.parts.iter().map(|part| part.fund.id).collect();
        let rows =
            repo::books::by_day(&self.reader, self.alliance, &funds, after, TRANSACTIONS).await?;
        let Some(newest) = rows.last() else {
            self.place = Place::Balances(0, None);
            return Ok("\n".repeat(usize::from(self.format != Format::Csv)));
        };
        self.place = Place::Transactions(Some((newest.effective_date, newest.id)));
        let legs = self.legs(&rows).await?;
        let names = self.names_of(sight::parties(&legs)).await?;
        let documents: Vec<_> = rows.iter().map(|row| row.document_ref).collect();
        let suppliers = repo::books::suppliers(&self.reader, self.alliance, &documents).await?;
        let mut by_transaction: HashMap<LedgerTransactionId, Vec<Leg>> = HashMap::new();
        for leg in legs {
            by_transaction
                .entry(leg.transaction_id)
                .or_default()
                .push(leg);
        }
        let mut text = String::new();
        for row in rows {
            let number = self
                .parts
                .iter()
                .position(|part| part.fund.id == row.fund_id);
            let Some((number, part)) = number.and_then(|n| Some((n, self.parts.get(n)?))) else {
                continue;
            };
            if row.sequence > part.end.0 {
                continue;
            }
            self.last = Some(row.effective_date);
            let legs = by_transaction.remove(&row.id).unwrap_or_default();
            let supplier = suppliers.get(&row.document_ref).cloned();
            let written = written(part, row, &legs, supplier, &names);
            text.push_str(&books::transaction(self.format, &part.book, &written));
            for leg in legs.iter().filter(|leg| leg.id.is_none()) {
                if let Some(kind) = AccountKind::parse(&leg.kind) {
                    *self.others.entry((number, kind)).or_default() += leg.amount_minor;
                }
            }
        }
        Ok(text)
    }

    async fn balances(
        &mut self,
        number: usize,
        after: Option<AccountId>,
    ) -> Result<String, Failure> {
        let (Some(part), Some(last)) = (self.parts.get(number), self.last) else {
            self.place = Place::Others;
            return Ok(String::new());
        };
        let rows = self.readings(part, after).await?;
        let names = self
            .names_of(rows.iter().map(|row| row.party.as_str()))
            .await?;
        let mut text = String::new();
        for row in shown(part, &rows) {
            let balance = BookBalance {
                account: name(part, &row.kind, &row.party, &names).0,
                currency: part.currency,
                amount: row.balance_minor.unwrap_or(0),
            };
            text.push_str(&books::balance(self.format, last, &balance));
        }
        self.place = match rows.last() {
            Some(row) => Place::Balances(number, Some(row.id)),
            None => Place::Balances(number + 1, None),
        };
        Ok(text)
    }

    fn others(&self) -> String {
        let Some(last) = self.last else {
            return String::new();
        };
        let mut text = String::new();
        for ((number, kind), amount) in &self.others {
            if let Some(part) = self.parts.get(*number) {
                let balance = BookBalance {
                    account: kind.name(&part.fund.code, code::OTHERS),
                    currency: part.currency,
                    amount: *amount,
                };
                text.push_str(&books::balance(self.format, last, &balance));
            }
        }
        text
    }

    async fn readings(
        &self,
        part: &Part,
        after: Option<AccountId>,
    ) -> Result<Vec<Reading>, Failure> {
        let place = part.end.1;
        Ok(repo::books::accounts_at(&self.reader, &part.fund, place, after, ACCOUNTS).await?)
    }

    /// The legs of some transactions, each as its fund lets the reader see it.
    async fn legs(&self, rows: &[Transaction]) -> Result<Vec<Leg>, Failure> {
        let mut legs = Vec::new();
        for part in &self.parts {
            let own = rows.iter().filter(|row| row.fund_id == part.fund.id);
            let ids: Vec<LedgerTransactionId> = own.map(|row| row.id).collect();
            legs.extend(part.sight.legs(&self.reader, &ids).await?);
        }
        Ok(legs)
    }

    async fn names_of<'a>(&self, parties: impl Iterator<Item = &'a str>) -> Result<Names, Failure> {
        names_of(&self.reader, self.alliance, parties).await
    }
}

/// Accounts that are there already and that the reader may see by name.
fn shown<'a>(part: &'a Part, rows: &'a [Reading]) -> impl Iterator<Item = &'a Reading> {
    rows.iter()
        .filter(|row| row.balance_minor.is_some())
        .filter(|row| part.sight.shows(&row.kind, &row.party))
}
