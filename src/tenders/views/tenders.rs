//! Bodies and views of tenders, items, rounds and invitations.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::ids::TenderInvitationId;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::tenders::domain::lifecycle::CancelReason;
use crate::tenders::repo::tenders::Invitation;
use crate::tenders::repo::tenders::Item;
use crate::tenders::repo::tenders::Round;
use crate::tenders::service::clock::Present;

/// A window, half open.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct Window {
    pub opens_at: Instant,
    /// What arrives then is late.
    pub closes_at: Instant,
}

/// A new tender.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"title": "Spring tea boxes", "currency": "CNY", "min_quotes": 2, "commitment_opens_at": "2027-01-01T00:00:00Z", "commitment_closes_at": "2027-01-20T00:00:00Z", "round": {"opens_at": "2027-01-01T00:00:00Z", "closes_at": "2027-01-20T00:00:00Z"}, "award_by": "2027-02-01T00:00:00Z"}))]
pub struct TenderDraft {
    #[garde(custom(text::line))]
    #[schema(max_length = 200)]
    pub title: String,
    /// The alliance's.
    pub currency: Option<Currency>,
    /// Fewer quotes make the tender unsuccessful; 2 unless given.
    #[garde(inner(range(min = 1, max = 100)))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_quotes: Option<i32>,
    pub commitment_opens_at: Instant,
    pub commitment_closes_at: Instant,
    /// When manufacturers quote.
    pub round: Window,
    /// Quotes bind at least until then.
    pub award_by: Instant,
}

/// Changes to a draft; what is absent stays.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"title": "Spring tea boxes, second try"}))]
pub struct TenderChange {
    #[garde(custom(text::line))]
    #[schema(max_length = 200)]
    pub title: Option<String>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_quotes: Option<i32>,
    pub commitment_opens_at: Option<Instant>,
    pub commitment_closes_at: Option<Instant>,
    pub round: Option<Window>,
    pub award_by: Option<Instant>,
}

/// Why a tender is given up.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"reason_code": "no_demand"}))]
pub struct TenderCancel {
    pub reason_code: CancelReason,
}

/// A product wanted.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ItemDraft {
    /// Stable key inside the tender, 1 to 40 characters.
    #[schema(max_length = 200)]
    pub line_ref: String,
    #[garde(custom(text::line))]
    #[schema(max_length = 200)]
    pub title: String,
    /// UN/ECE Rec 20 code.
    #[schema(max_length = 200)]
    pub unit_code: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub expected_quantity: i64,
    /// Members commit in multiples of it; 1 unless given.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub order_multiple: Option<i64>,
    #[schema(max_length = 200)]
    pub gtin: Option<String>,
}

/// Items to add, all or none.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"items": [{"line_ref": "L1", "title": "Gift box", "unit_code": "H87", "expected_quantity": 200, "order_multiple": 1}]}))]
pub struct ItemDrafts {
    #[schema(max_items = 50_000)]
    pub items: Vec<ItemDraft>,
}

/// Whom to ask: a manufacturer, or an address and its company.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"email": "sales@mill.example", "company_name": "Paper Mill", "locale": "en"}))]
pub struct InvitationDraft {
    pub manufacturer_id: Option<ManufacturerId>,
    #[garde(custom(text::email))]
    #[schema(max_length = 200)]
    pub email: Option<String>,
    /// Needed where the address is not known here.
    #[garde(custom(text::line))]
    #[schema(max_length = 200)]
    pub company_name: Option<String>,
    /// Language of the mails.
    pub locale: Option<Locale>,
}

/// The secret of a mailed link.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"token": "pJ4Yq0eW1m3v5x7z9B2D4F6H8J0L2N4P6R8T0V2X4Z6"}))]
pub struct LinkToken {
    /// The last part of the link.
    #[schema(max_length = 200)]
    pub token: String,
}

/// A session of a manufacturer that came through its link.
#[derive(Serialize, ToSchema)]
pub struct LinkSessionView {
    /// Shown once.
    #[schema(max_length = 200)]
    pub access_token: Option<String>,
    #[schema(max_length = 200)]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub expires_in: i64,
    pub tender_id: TenderId,
    pub manufacturer_id: ManufacturerId,
}

impl LinkSessionView {
    /// Without the secret: what is kept for a replay.
    pub fn without_secret(&self) -> Self {
        Self {
            access_token: None,
            token_type: self.token_type,
            expires_in: self.expires_in,
            tender_id: self.tender_id,
            manufacturer_id: self.manufacturer_id,
        }
    }
}

/// A later deadline.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"closes_at": "2027-01-25T00:00:00Z"}))]
pub struct RoundExtension {
    pub closes_at: Instant,
}

/// A tender as the clock has it.
#[derive(Serialize, ToSchema)]
pub struct TenderView {
    pub id: TenderId,
    pub alliance_id: AllianceId,
    #[schema(max_length = 200)]
    pub title: String,
    #[schema(max_length = 200)]
    pub currency: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_quotes: i32,
    pub commitment_opens_at: Instant,
    pub commitment_closes_at: Instant,
    /// The present round.
    pub round: Option<RoundView>,
    pub award_by: Instant,
    #[schema(max_length = 200)]
    pub state: String,
    #[schema(max_length = 200)]
    pub reason_code: Option<String>,
    pub published_at: Option<Instant>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    pub created_at: Instant,
}

impl From<Present> for TenderView {
    fn from(present: Present) -> Self {
        let round = present.rounds.last().map(RoundView::of);
        let tender = present.tender;
        Self {
            id: tender.id,
            alliance_id: tender.alliance_id,
            title: tender.title,
            currency: tender.currency,
            min_quotes: tender.min_quotes,
            commitment_opens_at: tender.commitment_opens_at,
            commitment_closes_at: tender.commitment_closes_at,
            round,
            award_by: tender.award_by,
            state: tender.state,
            reason_code: tender.reason_code,
            published_at: tender.published_at,
            version: tender.version,
            created_at: tender.created_at,
        }
    }
}

/// A product wanted.
#[derive(Serialize, ToSchema)]
pub struct TenderItemView {
    pub id: ItemId,
    pub tender_id: TenderId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    #[schema(max_length = 200)]
    pub title: String,
    #[schema(max_length = 200)]
    pub unit_code: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub expected_quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub order_multiple: i64,
    /// 14 digits.
    #[schema(max_length = 200)]
    pub gtin: Option<String>,
}

impl From<Item> for TenderItemView {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            tender_id: item.tender_id,
            line_ref: item.line_ref,
            title: item.title,
            unit_code: item.unit_code,
            expected_quantity: item.expected_quantity,
            order_multiple: item.order_multiple,
            gtin: item.gtin,
        }
    }
}

/// How many items were added.
#[derive(Serialize, ToSchema)]
pub struct ItemsAdded {
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub added: u64,
}

/// A submission window.
#[derive(Serialize, ToSchema)]
pub struct RoundView {
    pub id: RoundId,
    pub tender_id: TenderId,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub number: i32,
    #[schema(max_length = 200)]
    pub kind: String,
    pub opens_at: Instant,
    pub closes_at: Instant,
    #[schema(max_length = 200)]
    pub state: String,
    pub opened_at: Option<Instant>,
    /// For evaluators.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quotes_received: Option<u64>,
    /// Consents to the opening within the last 30 minutes; for evaluators.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub approvals: Option<u64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
}

impl RoundView {
    /// What everybody who sees the tender may know.
    pub fn of(round: &Round) -> Self {
        Self {
            id: round.id,
            tender_id: round.tender_id,
            number: round.number,
            kind: round.kind.clone(),
            opens_at: round.opens_at,
            closes_at: round.closes_at,
            state: round.state.clone(),
            opened_at: round.opened_at,
            quotes_received: None,
            approvals: None,
            version: round.version,
        }
    }
}

/// The rounds of a tender, first to last.
#[derive(Serialize, ToSchema)]
pub struct RoundsView {
    #[schema(max_items = 50_000)]
    pub items: Vec<RoundView>,
}

/// A manufacturer that was asked.
#[derive(Serialize, ToSchema)]
pub struct TenderInvitationView {
    pub id: TenderInvitationId,
    pub tender_id: TenderId,
    pub manufacturer_id: ManufacturerId,
    #[schema(max_length = 200)]
    pub email: Option<String>,
    #[schema(max_length = 200)]
    pub locale: String,
    pub mailed_at: Option<Instant>,
    pub created_at: Instant,
}

impl From<Invitation> for TenderInvitationView {
    fn from(row: Invitation) -> Self {
        Self {
            id: row.id,
            tender_id: row.tender_id,
            manufacturer_id: row.manufacturer_id,
            email: row.email,
            locale: row.locale,
            mailed_at: row.mailed_at,
            created_at: row.created_at,
        }
    }
}
