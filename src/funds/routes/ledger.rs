//! Routes of the open ledger, of the books and of balances.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::web::Bytes;
use actix_web::web::Path;
use actix_web::web::Query;
use chrono::NaiveDate;
use futures_util::stream;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::funds::domain::books::Format;
use crate::funds::repo::Fund;
use crate::funds::routes::fields::hex;
use crate::funds::routes::fields::invalid;
use crate::funds::service::books::Books;
use crate::funds::service::ledger;
use crate::funds::service::ledger::Balance;
use crate::funds::service::ledger::Line;
use crate::funds::service::proof::Proof;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::kernel::ids::AccountId;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::MandateId;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_ledger)
        .service(read_alliance_ledger)
        .service(list_balances);
}

/// One leg of a transaction, or several legs of other members added up.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PostingView {
    #[schema(value_type = String, format = Uuid, max_length = 36)]
    id: Uuid,
    /// Place in the fund's ledger, from 1, without gaps; null where legs were added up.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: Option<i64>,
    transaction_id: LedgerTransactionId,
    /// Place of the transaction in the fund's chain, from 1.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    transaction_sequence: i64,
    #[schema(value_type = String, format = Date, max_length = 10)]
    effective_date: NaiveDate,
    recorded_at: Instant,
    /// Such as `levy`, `payment` or `expense`.
    #[schema(max_length = 20)]
    kind: String,
    /// The assessment, payment, expense … that it is written for.
    #[schema(max_length = 36, format = "uuid")]
    document_ref: String,
    /// By which mandate it was decided.
    mandate_id: Option<MandateId>,
    /// Who was paid.
    #[schema(max_length = 200)]
    supplier: Option<String>,
    /// The transaction that it takes back.
    reverses: Option<LedgerTransactionId>,
    /// Null where legs were added up.
    account_id: Option<AccountId>,
    #[schema(max_length = 200)]
    account: String,
    /// The account as the books write it: `Assets:Receivable:D11-2026:M-000123`.
    #[schema(max_length = 200)]
    book_account: String,
    /// Whom the last part of the account's name stands for; of other members who were added up, the band of each in
    /// minor units where the levy policy lets it be seen.
    #[schema(max_length = 1000)]
    party_name: String,
    /// Debit positive, credit negative.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// The account's balance after it; null where legs were added up.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    balance_minor: Option<i64>,
    #[schema(max_length = 400)]
    narration: String,
    /// Hash of the transaction in the fund's chain, in hexadecimal digits.
    #[schema(max_length = 64)]
    hash: String,
}

impl From<Line> for PostingView {
    fn from(line: Line) -> Self {
        let (leg, transaction) = (line.leg, line.transaction);
        Self {
            id: line.id,
            sequence: leg.sequence,
            transaction_id: transaction.id,
            transaction_sequence: transaction.sequence,
            effective_date: transaction.effective_date,
            recorded_at: transaction.recorded_at,
            kind: transaction.kind,
            document_ref: transaction.document_ref.to_string(),
            mandate_id: transaction.mandate_id,
            supplier: line.supplier,
            reverses: transaction.reverses,
            account_id: leg.account_id,
            account: line.account,
            book_account: line.book_account,
            party_name: line.label,
            amount_minor: leg.amount_minor,
            balance_minor: leg.balance_minor,
            narration: line.narration,
            hash: hex(&transaction.hash),
        }
    }
}

/// Who keeps the money: the ledger is a record, not a bank.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct KeptBy {
    #[schema(max_length = 80)]
    holder: String,
    #[schema(max_length = 80)]
    institution: String,
    #[schema(max_length = 80)]
    account_ref: String,
}

/// One page of a fund's ledger.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct LedgerPage {
    fund_id: FundId,
    #[schema(max_length = 20)]
    code: String,
    #[schema(max_length = 3)]
    currency: String,
    custodian: KeptBy,
    /// The postings, oldest first.
    #[schema(max_items = 100)]
    items: Vec<PostingView>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(max_length = 200)]
    next_cursor: Option<String>,
    /// Whether there is another page.
    has_more: bool,
}

fn ledger_page(fund: Fund, list: ListOf<PostingView>) -> LedgerPage {
    LedgerPage {
        fund_id: fund.id,
        code: fund.code,
        currency: fund.currency,
        custodian: KeptBy {
            holder: fund.custodian_holder,
            institution: fund.custodian_institution,
            account_ref: fund.custodian_account_ref,
        },
        items: list.items,
        next_cursor: list.next_cursor,
        has_more: list.has_more,
    }
}

/// Read the ledger of a fund
///
/// Organizers, treasurers and observers read every posting; a member reads the fund's own accounts and those in its
/// own name, and what other members owe and pay added up per transaction. `format=json` is paged; the others are
/// everything, sent piece by piece: `csv` with amounts in minor units, `beancount`, `ledger` (also for hledger), and
/// `chain`: the hashes, one transaction on a line, for `guildhall verify-ledger`.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path),
    ("format" = Option<String>, Query, description = "`json` (default), `csv`, `beancount`, `ledger` or `chain`", pattern = "^(json|csv|beancount|ledger|chain)$", max_length = 9), PageParams),
    responses((status = 200, description = "One page, or the whole as a text",
        content((LedgerPage = "application/json"), (String = "text/csv"), (String = "text/plain"), (String = "application/jsonl")))))]
#[get("/v1/funds/{fund_id}/ledger")]
async fn read_ledger(
    call: Call,
    id: Path<FundId>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    match query.get("format").map_or("json", String::as_str) {
        "json" => {
            let (fund, slice) = ledger::page(&call.look(), *id, call.page()?).await?;
            let slice = slice.map(PostingView::from);
            Ok(call.list_as(slice, |list| ledger_page(fund, list)))
        }
        "chain" => Ok(chain(&call, Proof::of_fund(&call.look(), *id).await?)),
        word => {
            let format = format(word)?;
            let books = Books::of_fund(&call.look(), *id, format).await?;
            let name = format!("{}-ledger", books.codes().concat());
            Ok(whole(&call, books, &name))
        }
    }
}

/// Read the ledger of an alliance
///
/// The ledgers of all its funds as one: money that moves between funds is seen on both sides. Read as the ledger of
/// a fund is.
#[utoipa::path(tag = "money", params(("alliance_id" = AllianceId, Path),
    ("format" = String, Query, description = "`csv`, `beancount`, `ledger` or `chain`", example = "csv", pattern = "^(csv|beancount|ledger|chain)$", max_length = 9)),
    responses((status = 200, description = "The whole as a text",
        content((String = "text/csv"), (String = "text/plain"), (String = "application/jsonl")))))]
#[get("/v1/alliances/{alliance_id}/ledger")]
async fn read_alliance_ledger(
    call: Call,
    id: Path<AllianceId>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    match query.get("format").map_or("", String::as_str) {
        "chain" => Ok(chain(&call, Proof::of_alliance(&call.look(), *id).await?)),
        word => {
            let format = format(word)?;
            let books = Books::of_alliance(&call.look(), *id, format).await?;
            Ok(whole(&call, books, "alliance-ledger"))
        }
    }
}

fn format(word: &str) -> Result<Format, crate::http::problem::Problem> {
    let wanted = "'csv', 'beancount', 'ledger' or 'chain'";
    Format::parse(word).ok_or_else(|| invalid("format", wanted))
}

fn whole(call: &Call, books: Books, name: &str) -> HttpResponse {
    let format = books.format();
    let file = format!("{name}.{}", format.extension());
    let pieces = stream::try_unfold(books, async |mut books| {
        let piece = books.next().await?;
        Ok(piece.map(|text| (Bytes::from(text), books)))
    });
    call.stream(format.media_type(), &file, pieces)
}

fn chain(call: &Call, proof: Proof) -> HttpResponse {
    let pieces = stream::try_unfold(proof, async |mut proof| {
        let piece = proof.next().await?;
        Ok(piece.map(|text| (Bytes::from(text), proof)))
    });
    call.stream(
        "application/jsonl; charset=utf-8",
        "ledger-chain.jsonl",
        pieces,
    )
}

/// An account and what it holds.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct BalanceView {
    account_id: AccountId,
    #[schema(max_length = 200)]
    account: String,
    /// The account as the books write it.
    #[schema(max_length = 200)]
    book_account: String,
    /// Whom the last part of the account's name stands for.
    #[schema(max_length = 200)]
    party_name: String,
    /// Such as `bank`, `receivable` or `spend`.
    #[schema(max_length = 20)]
    kind: String,
    /// Debit positive, credit negative.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    balance_minor: i64,
}

impl From<Balance> for BalanceView {
    fn from(found: Balance) -> Self {
        Self {
            account: found.name,
            book_account: found.book_name,
            party_name: found.label,
            account_id: found.account.id,
            kind: found.account.kind,
            balance_minor: found.account.balance_minor,
        }
    }
}

/// List the balances of a fund
///
/// The accounts that the caller may read; together all accounts of a fund read zero.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<BalanceView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/balances")]
async fn list_balances(call: Call, id: Path<FundId>) -> Answer {
    let (_, slice) = ledger::balances(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(BalanceView::from)))
}
