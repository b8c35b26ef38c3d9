//! Routes of credit notes, and of what members' credits are used for.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::CreditNote;
use crate::funds::repo::Fund;
use crate::funds::routes::fields;
use crate::funds::routes::payments::AllocationView;
use crate::funds::routes::payments::NamedAllocation;
use crate::funds::routes::payments::named;
use crate::funds::service::credit_notes;
use crate::funds::service::credits;
use crate::funds::service::credits::Used;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::CreditNoteId;
use crate::kernel::ids::CreditUseId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(credit_levy_notice)
        .service(list_credit_notes)
        .service(read_credit_note)
        .service(approve_credit_note)
        .service(reject_credit_note)
        .service(allocate_credit)
        .service(pay_out_credit)
        .service(list_credit_uses);
}

/// A credit note to issue.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"amount_minor": 50_000, "reason": "Closed for half of the season"}))]
struct CreditLevyNotice {
    /// How much is taken off; all that was billed where it is missing.
    #[garde(inner(range(min = 1, max = fields::MOST)))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: Option<i64>,
    /// What the member reads.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reason: String,
}

/// A document that lowers what was billed.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CreditNoteView {
    id: CreditNoteId,
    fund_id: FundId,
    notice_id: LevyNoticeId,
    membership_id: MembershipId,
    /// The fund's code and a running number of its own; none before it is issued.
    #[schema(max_length = 60)]
    number: Option<String>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// What went to the member's credit, because it was paid already.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    returned_minor: i64,
    #[schema(max_length = 400)]
    reason: String,
    /// `requested`, `issued` or `rejected`.
    #[schema(max_length = 20)]
    state: String,
    /// The members' decision, where the by-laws ask for one.
    mandate_id: Option<MandateId>,
    transaction_id: Option<LedgerTransactionId>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
    issued_at: Option<Instant>,
}

fn view(fund: &Fund, row: CreditNote) -> CreditNoteView {
    CreditNoteView {
        number: credit_notes::number(fund, &row),
        id: row.id,
        fund_id: row.fund_id,
        notice_id: row.notice_id,
        membership_id: row.membership_id,
        amount_minor: row.amount_minor,
        returned_minor: row.returned_minor,
        reason: row.reason,
        state: row.state,
        mandate_id: row.mandate_id,
        transaction_id: row.transaction_id,
        version: row.version,
        created_at: row.created_at,
        issued_at: row.issued_at,
    }
}

/// Credit a levy notice
///
/// Organizers and treasurers. Lowers what was billed, in whole or in part; it is issued at once or waits for a second
/// person or a mandate, as the by-laws say (`credit_note_consent`). It answers a dispute.
#[utoipa::path(tag = "money", params(("notice_id" = LevyNoticeId, Path)), request_body = CreditLevyNotice,
    responses((status = 201, body = CreditNoteView, description = "The credit note")))]
#[post("/v1/levy-notices/{notice_id}/credit")]
async fn credit_levy_notice(
    call: Call,
    id: Path<LevyNoticeId>,
    body: Json<CreditLevyNotice>,
) -> Answer {
    call.run(&body, async |act| {
        let found = credit_notes::credit(act, *id, body.amount_minor, &body.reason).await?;
        let location = format!("/v1/credit-notes/{}", found.1.id);
        let version = found.1.version;
        Ok(Reply::created(location, view(&found.0, found.1)).version(version))
    })
    .await
}

/// List credit notes
///
/// Organizers, treasurers and observers see all; a member sees its own.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<CreditNoteView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/credit-notes")]
async fn list_credit_notes(call: Call, id: Path<FundId>) -> Answer {
    let (fund, slice) = credit_notes::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(|row| view(&fund, row))))
}

/// Read a credit note
///
/// Organizers, treasurers and observers, and the member itself; for other members it does not exist.
#[utoipa::path(tag = "money", params(("credit_note_id" = CreditNoteId, Path)),
    responses((status = 200, body = CreditNoteView, description = "The credit note")))]
#[get("/v1/credit-notes/{credit_note_id}")]
async fn read_credit_note(call: Call, id: Path<CreditNoteId>) -> Answer {
    let (fund, row) = credit_notes::read(&call.look(), *id).await?;
    let version = row.version;
    Ok(call.show(view(&fund, row), version))
}

/// Approve a credit note
///
/// Organizers and treasurers, but not who asked for it. It is issued and posted; where the by-laws ask for a mandate,
/// it consumes one of the matter `write_off` for exactly this document.
#[utoipa::path(tag = "money", params(("credit_note_id" = CreditNoteId, Path)),
    responses((status = 200, body = CreditNoteView, description = "The credit note, issued")))]
#[post("/v1/credit-notes/{credit_note_id}/approve")]
async fn approve_credit_note(call: Call, id: Path<CreditNoteId>) -> Answer {
    call.run_bare(async |act| {
        let (fund, row) = credit_notes::approve(act, *id).await?;
        let version = row.version;
        Ok(Reply::ok(view(&fund, row)).version(version))
    })
    .await
}

/// Reject a credit note
///
/// Organizers and treasurers.
#[utoipa::path(tag = "money", params(("credit_note_id" = CreditNoteId, Path)),
    responses((status = 200, body = CreditNoteView, description = "The credit note, rejected")))]
#[post("/v1/credit-notes/{credit_note_id}/reject")]
async fn reject_credit_note(call: Call, id: Path<CreditNoteId>) -> Answer {
    call.run_bare(async |act| {
        let (fund, row) = credit_notes::reject(act, *id).await?;
        let version = row.version;
        Ok(Reply::ok(view(&fund, row)).version(version))
    })
    .await
}

/// Credit that pays notices.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"membership_id": "01890a5d-ac96-774b-bcce-b302099a8057", "amount_minor": 6_495}))]
struct AllocateCredit {
    membership_id: MembershipId,
    /// How much; as much as there is and is due where it is missing.
    #[garde(inner(range(min = 1, max = fields::MOST)))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: Option<i64>,
    /// What it pays first; the rest pays the oldest notices.
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    #[serde(default)]
    allocations: Vec<NamedAllocation>,
}

/// Credit that is paid out.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"membership_id": "01890a5d-ac96-774b-bcce-b302099a8057", "amount_minor": 6_495, "paid_on": "2026-11-02", "reference": "bank line 31"}))]
struct PayOutCredit {
    membership_id: MembershipId,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// The day on which the bank paid it; not a day to come.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    paid_on: NaiveDate,
    /// Where it stands on the bank's statement.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reference: String,
}

/// A use of a member's credit; it never changes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct CreditUseView {
    id: CreditUseId,
    fund_id: FundId,
    membership_id: MembershipId,
    /// `allocation` or `payout`.
    #[schema(max_length = 20)]
    kind: String,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(value_type = String, format = Date, max_length = 10)]
    used_on: NaiveDate,
    #[schema(max_length = 80)]
    reference: String,
    /// The notices that it paid.
    #[schema(max_items = 1000)]
    allocations: Vec<AllocationView>,
    transaction_id: LedgerTransactionId,
    recorded_at: Instant,
}

impl From<Used> for CreditUseView {
    fn from(used: Used) -> Self {
        let row = used.row;
        let parts = used.parts.into_iter();
        Self {
            id: row.id,
            fund_id: row.fund_id,
            membership_id: row.membership_id,
            kind: row.kind,
            amount_minor: row.amount_minor,
            used_on: row.used_on,
            reference: row.reference,
            allocations: parts
                .map(|part| AllocationView::new(part.notice_id, part.amount_minor))
                .collect(),
            transaction_id: row.transaction_id,
            recorded_at: row.recorded_at,
        }
    }
}

/// Use a member's credit for its notices
///
/// Treasurers. Pays the named notices, then the oldest, out of what stands in the member's credit.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = AllocateCredit,
    responses((status = 201, body = CreditUseView, description = "What was paid")))]
#[post("/v1/funds/{fund_id}/credit-allocations")]
async fn allocate_credit(call: Call, id: Path<FundId>, body: Json<AllocateCredit>) -> Answer {
    call.run(&body, async |act| {
        let parts = named(&body.allocations);
        let (member, amount) = (body.membership_id, body.amount_minor);
        let used = credits::allocate_credit(act, *id, member, amount, &parts).await?;
        let location = format!("/v1/funds/{}/credit-uses", *id);
        Ok(Reply::created(location, CreditUseView::from(used)))
    })
    .await
}

/// Pay a member's credit out
///
/// Treasurers. What a member paid above its notices goes back to it.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = PayOutCredit,
    responses((status = 201, body = CreditUseView, description = "The payout, posted")))]
#[post("/v1/funds/{fund_id}/credit-payouts")]
async fn pay_out_credit(call: Call, id: Path<FundId>, body: Json<PayOutCredit>) -> Answer {
    call.run(&body, async |act| {
        let (member, amount) = (body.membership_id, body.amount_minor);
        let used =
            credits::pay_out(act, *id, member, amount, body.paid_on, &body.reference).await?;
        let location = format!("/v1/funds/{}/credit-uses", *id);
        Ok(Reply::created(location, CreditUseView::from(used)))
    })
    .await
}

/// List what members' credits were used for
///
/// Organizers, treasurers and observers see all; a member sees its own.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<CreditUseView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/credit-uses")]
async fn list_credit_uses(call: Call, id: Path<FundId>) -> Answer {
    let slice = credits::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(CreditUseView::from)))
}
