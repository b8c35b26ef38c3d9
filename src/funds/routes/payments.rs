//! Routes of payments.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Allocation;
use crate::funds::routes::fields;
use crate::funds::service::bounces;
use crate::funds::service::payments;
use crate::funds::service::payments::Allocated;
use crate::funds::service::payments::NewPayment;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LedgerTransactionId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PaymentId;
use crate::kernel::money::Currency;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(record_payment)
        .service(list_payments)
        .service(bounce_payment)
        .service(read_payment);
}

/// Money that came in from a member.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"membership_id": "01890a5d-ac96-774b-bcce-b302099a8057", "amount_minor": 233_505, "received_on": "2026-10-12", "reference": "bank line 17"}))]
struct RecordPayment {
    membership_id: MembershipId,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    /// What the payer paid in; the fund's where it is missing, and no other is taken.
    #[schema(max_length = 3)]
    currency: Option<Currency>,
    /// The day on which the bank received it; not a day to come.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    received_on: NaiveDate,
    /// Where it stands on the bank's statement.
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reference: String,
    /// What its sender calls it, such as the bank's own id. Sent again with the same content it answers the payment that
    /// is there, with other content it is refused.
    #[garde(inner(custom(text::line)))]
    #[schema(min_length = 1, max_length = 80)]
    external_id: Option<String>,
    /// What it pays first, as the payer says; the rest pays the oldest notices.
    #[garde(length(max = 100), dive)]
    #[schema(max_items = 100)]
    #[serde(default)]
    allocations: Vec<NamedAllocation>,
}

/// A part of money for one notice.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"notice_id": "01890a5d-ac96-774b-bcce-b302099a8057", "amount_minor": 100}))]
pub(super) struct NamedAllocation {
    notice_id: LevyNoticeId,
    #[garde(range(min = 1, max = fields::MOST))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

/// The parts as the domain takes them.
pub(super) fn named(parts: &[NamedAllocation]) -> Vec<(LevyNoticeId, i64)> {
    parts
        .iter()
        .map(|part| (part.notice_id, part.amount_minor))
        .collect()
}

/// A payment that came to nothing.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"bounced_on": "2026-10-14", "reason": "Account closed"}))]
struct BouncePayment {
    /// The day on which the bank took it back; not before it was received.
    #[garde(custom(fields::day))]
    #[schema(value_type = String, format = Date, max_length = 10)]
    bounced_on: NaiveDate,
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reason: String,
}

/// What a payment pays.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AllocationView {
    notice_id: LevyNoticeId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
}

impl AllocationView {
    /// A part of one notice.
    pub(super) const fn new(notice_id: LevyNoticeId, amount_minor: i64) -> Self {
        Self {
            notice_id,
            amount_minor,
        }
    }
}

/// A payment.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct PaymentView {
    id: PaymentId,
    fund_id: FundId,
    membership_id: MembershipId,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    amount_minor: i64,
    #[schema(value_type = String, format = Date, max_length = 10)]
    received_on: NaiveDate,
    #[schema(max_length = 80)]
    reference: String,
    #[schema(max_length = 80)]
    external_id: Option<String>,
    /// `allocated` or `bounced`.
    #[schema(max_length = 20)]
    state: &'static str,
    /// What it pays; together with `credit_minor` it adds up to the payment.
    #[schema(max_items = 1000)]
    allocations: Vec<AllocationView>,
    /// What was above the dues and stands in the member's credit.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    credit_minor: i64,
    /// When the bank took it back.
    #[schema(value_type = Option<String>, format = Date, max_length = 10)]
    bounced_on: Option<NaiveDate>,
    #[schema(max_length = 80)]
    bounce_reason: Option<String>,
    transaction_id: LedgerTransactionId,
    recorded_at: Instant,
}

impl From<Allocated> for PaymentView {
    fn from(found: Allocated) -> Self {
        let credit_minor = found.credit();
        let (row, bounce) = (found.payment, found.bounce);
        let part = |part: Allocation| AllocationView::new(part.notice_id, part.amount_minor);
        Self {
            id: row.id,
            fund_id: row.fund_id,
            membership_id: row.membership_id,
            amount_minor: row.amount_minor,
            received_on: row.received_on,
            reference: row.reference,
            external_id: row.external_id,
            state: if bounce.is_some() {
                "bounced"
            } else {
                "allocated"
            },
            allocations: found.allocations.into_iter().map(part).collect(),
            credit_minor,
            bounced_on: bounce.as_ref().map(|bounce| bounce.bounced_on),
            bounce_reason: bounce.map(|bounce| bounce.reason),
            transaction_id: row.transaction_id,
            recorded_at: row.recorded_at,
        }
    }
}

/// Record a payment
///
/// Treasurers. It pays the notices that the payer names, then the oldest; what is above the dues stands in the
/// member's credit. Sent again under its `external_id` it is 200 with the payment that is there, or 409
/// `payment_id_taken` where that one says something else.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path)), request_body = RecordPayment,
    responses((status = 201, body = PaymentView, description = "The payment, allocated and posted"),
        (status = 200, body = PaymentView, description = "The payment that has this name already")))]
#[post("/v1/funds/{fund_id}/payments")]
async fn record_payment(call: Call, id: Path<FundId>, body: Json<RecordPayment>) -> Answer {
    let named = named(&body.allocations);
    call.run(&body, async |act| {
        let new = NewPayment {
            membership: body.membership_id,
            amount_minor: body.amount_minor,
            currency: body.currency,
            received_on: body.received_on,
            reference: &body.reference,
            external_id: body.external_id.as_deref(),
            named: &named,
        };
        let (found, is_new) = payments::record(act, *id, &new).await?;
        let version = found.version();
        let location = format!("/v1/payments/{}", found.payment.id);
        let view = PaymentView::from(found);
        Ok(if is_new {
            Reply::created(location, view).version(version)
        } else {
            Reply::ok(view).version(version)
        })
    })
    .await
}

/// List payments
///
/// Organizers, treasurers and observers see all; a member sees its own.
#[utoipa::path(tag = "money", params(("fund_id" = FundId, Path), PageParams),
    responses((status = 200, body = ListOf<PaymentView>, description = "One page")))]
#[get("/v1/funds/{fund_id}/payments")]
async fn list_payments(call: Call, id: Path<FundId>) -> Answer {
    let slice = payments::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(slice.map(PaymentView::from)))
}

/// Read a payment
///
/// Organizers, treasurers and observers, and the member itself; for other members it does not exist.
#[utoipa::path(tag = "money", params(("payment_id" = PaymentId, Path)),
    responses((status = 200, body = PaymentView, description = "The payment")))]
#[get("/v1/payments/{payment_id}")]
async fn read_payment(call: Call, id: Path<PaymentId>) -> Answer {
    let (_, found) = payments::read(&call.look(), *id).await?;
    let version = found.version();
    Ok(call.show(PaymentView::from(found), version))
}

/// Take a payment back that came to nothing
///
/// Treasurers. What it paid is due again, and the credit that it left is taken back; where that credit was used
/// meanwhile it is 409 `credit_spent`, where the money was spent 409 `fund_overdrawn`.
#[utoipa::path(tag = "money", params(("payment_id" = PaymentId, Path)), request_body = BouncePayment,
    responses((status = 200, body = PaymentView, description = "The payment, bounced")))]
#[post("/v1/payments/{payment_id}/bounce")]
async fn bounce_payment(call: Call, id: Path<PaymentId>, body: Json<BouncePayment>) -> Answer {
    call.run(&body, async |act| {
        let found = bounces::bounce(act, *id, body.bounced_on, &body.reason).await?;
        let version = found.version();
        Ok(Reply::ok(PaymentView::from(found)).version(version))
    })
    .await
}
