//! What goes over the wire: bodies and views of tenders.

use std::collections::HashMap;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AwardId;
use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::ids::TenderInvitationId;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::money::UnitPrice;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::tenders::domain::clearing::MemberStatus;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::commitments::Step;
use crate::tenders::domain::lifecycle::CancelReason;
use crate::tenders::domain::offer::Declarations;
use crate::tenders::domain::offer::Offer;
use crate::tenders::domain::offer::OfferLine;
use crate::tenders::domain::offer::PaymentTerms;
use crate::tenders::repo::awards::Award;
use crate::tenders::repo::awards::AwardLine;
use crate::tenders::repo::awards::Evaluation;
use crate::tenders::repo::awards::MemberLine;
use crate::tenders::repo::awards::Order;
use crate::tenders::repo::demand::Demand;
use crate::tenders::repo::offers::Quote;
use crate::tenders::repo::tenders::Invitation;
use crate::tenders::repo::tenders::Item;
use crate::tenders::repo::tenders::Round;
use crate::tenders::service::clock::Present;
use crate::tenders::service::commitments::DemandContent;
use crate::tenders::service::evaluations::MemberShare;

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

/// A complete quote. Unknown fields are refused: there is no place for a resale price.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"currency": "CNY", "valid_until": "2027-03-01T00:00:00Z", "declarations": {"no_resale_price_condition": true, "independent_quote": true}, "lines": [{"line_ref": "L1", "unit_code": "H87", "price_breaks": [{"min_quantity": 1, "unit_price": "12.00"}, {"min_quantity": 100, "unit_price": "10.00"}], "lead_time_days": 21}], "submit": true}))]
pub struct QuoteBody {
    /// Needed where the caller acts for several invited manufacturers.
    pub manufacturer_id: Option<ManufacturerId>,
    /// Submit at once.
    #[serde(default)]
    pub submit: bool,
    #[schema(max_length = 200)]
    pub currency: String,
    #[schema(max_length = 200)]
    pub incoterm: Option<String>,
    #[schema(max_length = 200)]
    pub incoterm_place: Option<String>,
    /// Not before the tender's award_by.
    pub valid_until: Instant,
    pub payment_terms: Option<PaymentTerms>,
    #[schema(max_length = 200)]
    pub country_of_origin_default: Option<String>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub supplier_fixed_cost_minor: i64,
    pub declarations: Declarations,
    /// For evaluators alone.
    #[garde(custom(text::paragraph))]
    #[schema(max_length = 200)]
    pub note: Option<String>,
    #[schema(max_items = 50_000)]
    pub lines: Vec<OfferLine>,
}

impl QuoteBody {
    /// The content, without what is about this call.
    pub fn offer(&self) -> Offer {
        Offer {
            currency: self.currency.clone(),
            incoterm: self.incoterm.clone(),
            incoterm_place: self.incoterm_place.clone(),
            valid_until: self.valid_until,
            payment_terms: self.payment_terms,
            country_of_origin_default: self.country_of_origin_default.clone(),
            supplier_fixed_cost_minor: self.supplier_fixed_cost_minor,
            declarations: self.declarations,
            note: self.note.clone(),
            lines: self.lines.clone(),
        }
    }
}

/// A member's conditional demand for one item.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"line_ref": "L1", "steps": [{"max_unit_price": "10.50", "quantity": 80}], "reference_unit_price": "11.00"}))]
pub struct CommitmentBody {
    /// Needed where the caller acts for several members.
    pub membership_id: Option<MembershipId>,
    pub item_id: Option<ItemId>,
    /// Instead of `item_id`.
    #[schema(max_length = 200)]
    pub line_ref: Option<String>,
    /// Limits falling, quantities rising; at most 50.
    #[schema(max_items = 50_000)]
    pub steps: Vec<Step>,
    /// Take the step in full or not at all.
    #[serde(default)]
    pub all_or_nothing: bool,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_quantity: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_group_quantity: Option<i64>,
    /// The member's own former price, for its savings.
    pub reference_unit_price: Option<UnitPrice>,
}

/// Which evaluation to award.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"evaluation_id": "01890a5d-ac96-774b-bcce-b302099a8057"}))]
pub struct AwardProposal {
    pub evaluation_id: EvaluationId,
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

/// What was received, without any of its prices.
#[derive(Serialize, ToSchema)]
pub struct QuoteReceipt {
    pub id: QuoteId,
    pub tender_id: TenderId,
    pub round_id: RoundId,
    pub manufacturer_id: ManufacturerId,
    #[schema(max_length = 200)]
    pub state: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub revision: i32,
    pub received_at: Instant,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub line_count: u64,
    /// Keyed hash of the content, hexadecimal: equal for equal contents.
    #[schema(max_length = 200)]
    pub content_digest: String,
    /// The content was the present one already.
    pub unchanged: bool,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
}

impl QuoteReceipt {
    /// Of the present revision.
    pub fn of(quote: &Quote, lines: usize, mac: &[u8], unchanged: bool) -> Self {
        Self {
            id: quote.id,
            tender_id: quote.tender_id,
            round_id: quote.round_id,
            manufacturer_id: quote.manufacturer_id,
            state: quote.state.clone(),
            revision: quote.revision,
            received_at: quote.received_at,
            line_count: lines as u64,
            content_digest: mac.iter().map(|byte| format!("{byte:02x}")).collect(),
            unchanged,
            version: quote.version,
        }
    }
}

/// A quote; its content where the caller may read it.
#[derive(Serialize, ToSchema)]
pub struct QuoteView {
    pub id: QuoteId,
    pub tender_id: TenderId,
    pub round_id: RoundId,
    pub manufacturer_id: ManufacturerId,
    #[schema(max_length = 200)]
    pub state: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub revision: i32,
    pub received_at: Instant,
    pub content: Option<Offer>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    pub created_at: Instant,
}

impl QuoteView {
    /// With the content, where it may be read.
    pub fn of(quote: &Quote, content: Option<Offer>) -> Self {
        Self {
            id: quote.id,
            tender_id: quote.tender_id,
            round_id: quote.round_id,
            manufacturer_id: quote.manufacturer_id,
            state: quote.state.clone(),
            revision: quote.revision,
            received_at: quote.received_at,
            content,
            version: quote.version,
            created_at: quote.created_at,
        }
    }
}

/// The quotes of a tender; while they are sealed their number alone.
#[derive(Serialize, ToSchema)]
pub struct QuotesView {
    pub sealed: bool,
    /// Quotes that count, or the own ones.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub count: u64,
    #[schema(max_items = 50_000)]
    pub items: Vec<QuoteView>,
}

impl QuotesView {
    /// A manufacturer's own.
    pub fn own(items: Vec<QuoteView>) -> Self {
        Self {
            sealed: false,
            count: items.len() as u64,
            items,
        }
    }
}

/// A commitment, for its owner alone.
#[derive(Serialize, ToSchema)]
pub struct CommitmentView {
    pub id: CommitmentId,
    pub tender_id: TenderId,
    pub item_id: ItemId,
    pub membership_id: MembershipId,
    #[schema(max_length = 200)]
    pub state: String,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub sequence: i64,
    /// Empty in a stored answer.
    #[schema(max_items = 50_000)]
    pub steps: Vec<Step>,
    pub all_or_nothing: bool,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_quantity: Option<i64>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub min_group_quantity: Option<i64>,
    pub reference_unit_price: Option<UnitPrice>,
    pub received_at: Instant,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    pub created_at: Instant,
}

impl CommitmentView {
    /// With what it says, where it may be told.
    pub fn of(row: &Demand, content: Option<DemandContent>) -> Self {
        let content = content.unwrap_or(DemandContent {
            steps: vec![],
            all_or_nothing: false,
            min_quantity: None,
            min_group_quantity: None,
            reference_unit_price: None,
        });
        Self {
            id: row.id,
            tender_id: row.tender_id,
            item_id: row.item_id,
            membership_id: row.membership_id,
            state: row.state.clone(),
            sequence: row.sequence,
            steps: content.steps,
            all_or_nothing: content.all_or_nothing,
            min_quantity: content.min_quantity,
            min_group_quantity: content.min_group_quantity,
            reference_unit_price: content.reference_unit_price,
            received_at: row.received_at,
            version: row.version,
            created_at: row.created_at,
        }
    }

    /// Without what it says: what is kept for a replay.
    pub fn without_content(&self) -> Self {
        Self {
            state: self.state.clone(),
            steps: vec![],
            all_or_nothing: false,
            min_quantity: None,
            min_group_quantity: None,
            reference_unit_price: None,
            ..*self
        }
    }
}

/// A quote with what its clearing comes to.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct RankedQuoteView {
    /// 1 is best; null without a deal.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub rank: Option<i64>,
    pub quote_id: QuoteId,
    pub manufacturer_id: ManufacturerId,
    pub outcome: Outcome,
    pub unit_price: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: Option<i32>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_quantity: i64,
}

/// An item with its winner. Never a limit, never a single member.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct EvaluatedItem {
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub outcome: Outcome,
    /// The winner.
    pub quote_id: Option<QuoteId>,
    pub manufacturer_id: Option<ManufacturerId>,
    /// What every buyer pays.
    pub unit_price: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: Option<i32>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub goods_minor: i64,
    #[schema(max_items = 50_000)]
    pub ranking: Vec<RankedQuoteView>,
}

impl EvaluatedItem {
    /// Before any quote is looked at.
    pub fn undecided(item_id: ItemId, line_ref: &str) -> Self {
        Self {
            item_id,
            line_ref: line_ref.to_owned(),
            outcome: Outcome::NoDeal,
            quote_id: None,
            manufacturer_id: None,
            unit_price: None,
            tier_index: None,
            total_quantity: 0,
            goods_minor: 0,
            ranking: vec![],
        }
    }
}

/// A stored clearing; it never changes.
#[derive(Serialize, ToSchema)]
pub struct EvaluationView {
    pub id: EvaluationId,
    pub tender_id: TenderId,
    pub round_id: RoundId,
    #[schema(max_length = 200)]
    pub algorithm: String,
    /// Keyed hash of quotes and commitments, hexadecimal.
    #[schema(max_length = 200)]
    pub input_hash: String,
    #[schema(max_items = 50_000)]
    pub items: Vec<EvaluatedItem>,
    pub evaluated_by: UserId,
    pub created_at: Instant,
}

impl EvaluationView {
    /// From the stored row.
    pub fn of(row: &Evaluation, items: Vec<EvaluatedItem>) -> Self {
        Self {
            id: row.id,
            tender_id: row.tender_id,
            round_id: row.round_id,
            algorithm: row.algorithm.clone(),
            input_hash: row.input_mac.iter().map(|b| format!("{b:02x}")).collect(),
            items,
            evaluated_by: row.evaluated_by,
            created_at: row.created_at,
        }
    }
}

/// An item awarded.
#[derive(Serialize, ToSchema)]
pub struct AwardLineView {
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub unit_price: UnitPrice,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: i32,
    /// For evaluators and the manufacturer.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: Option<i64>,
    /// For evaluators and the manufacturer.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub goods_minor: Option<i64>,
}

/// A decision for a manufacturer.
#[derive(Serialize, ToSchema)]
pub struct AwardView {
    pub id: AwardId,
    pub tender_id: TenderId,
    pub evaluation_id: EvaluationId,
    pub quote_id: QuoteId,
    pub manufacturer_id: ManufacturerId,
    #[schema(max_length = 200)]
    pub state: String,
    pub accept_by: Option<Instant>,
    #[schema(max_items = 50_000)]
    pub lines: Vec<AwardLineView>,
    pub group_order_id: Option<GroupOrderId>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    pub created_at: Instant,
}

impl AwardView {
    /// From the stored rows.
    pub fn of(
        award: &Award,
        lines: &[AwardLine],
        refs: &HashMap<ItemId, String>,
        group_order_id: Option<GroupOrderId>,
        with_quantities: bool,
    ) -> Self {
        let line = |line: &AwardLine| AwardLineView {
            item_id: line.item_id,
            line_ref: refs.get(&line.item_id).cloned().unwrap_or_default(),
            unit_price: UnitPrice::from_scaled(line.unit_price_e6),
            tier_index: line.tier_index,
            quantity: with_quantities.then_some(line.quantity),
            goods_minor: with_quantities.then_some(line.goods_minor),
        };
        Self {
            id: award.id,
            tender_id: award.tender_id,
            evaluation_id: award.evaluation_id,
            quote_id: award.quote_id,
            manufacturer_id: award.manufacturer_id,
            state: award.state.clone(),
            accept_by: award.accept_by,
            lines: lines.iter().map(line).collect(),
            group_order_id,
            version: award.version,
            created_at: award.created_at,
        }
    }
}

/// Awards.
#[derive(Serialize, ToSchema)]
pub struct AwardsView {
    #[schema(max_items = 50_000)]
    pub items: Vec<AwardView>,
}

/// One member's part of one item.
#[derive(Serialize, ToSchema)]
pub struct MemberLineView {
    #[schema(max_length = 200)]
    pub id: String,
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub membership_id: MembershipId,
    pub unit_price: UnitPrice,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: i32,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_minor: i64,
    /// For the member alone.
    pub reference_unit_price: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub reference_minor: Option<i64>,
    /// Reference less total; negative savings are shown.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub saving_minor: Option<i64>,
}

impl MemberLineView {
    /// With the reference, where the member itself asks.
    pub fn of(line: &MemberLine, refs: &HashMap<ItemId, String>, own: bool) -> Self {
        let reference = line.reference_minor.filter(|_| own);
        Self {
            id: line.id.to_string(),
            item_id: line.item_id,
            line_ref: refs.get(&line.item_id).cloned().unwrap_or_default(),
            membership_id: line.membership_id,
            unit_price: UnitPrice::from_scaled(line.unit_price_e6),
            tier_index: line.tier_index,
            quantity: line.quantity,
            total_minor: line.total_minor,
            reference_unit_price: line
                .reference_e6
                .filter(|_| own)
                .map(UnitPrice::from_scaled),
            reference_minor: reference,
            saving_minor: reference.map(|before| before - line.total_minor),
        }
    }
}

/// What is ordered of one item.
#[derive(Serialize, ToSchema)]
pub struct OrderTotalView {
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub unit_price: UnitPrice,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub goods_minor: i64,
}

/// An order to one manufacturer, as far as the caller may see it.
#[derive(Serialize, ToSchema)]
pub struct GroupOrderView {
    pub id: GroupOrderId,
    pub tender_id: TenderId,
    pub award_id: AwardId,
    pub manufacturer_id: ManufacturerId,
    #[schema(max_length = 200)]
    pub currency: String,
    #[schema(max_length = 200)]
    pub state: String,
    pub placed_at: Option<Instant>,
    pub confirmed_at: Option<Instant>,
    /// For evaluators and the manufacturer.
    #[schema(max_items = 50_000)]
    pub totals: Vec<OrderTotalView>,
    /// All for evaluators, the own ones for a member.
    #[schema(max_items = 50_000)]
    pub member_lines: Vec<MemberLineView>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub version: i64,
    pub created_at: Instant,
}

impl GroupOrderView {
    /// From the stored rows, already cut to what the caller may see.
    pub fn of(
        order: &Order,
        currency: &str,
        member_lines: Vec<MemberLineView>,
        totals: &[AwardLine],
        refs: &HashMap<ItemId, String>,
    ) -> Self {
        let total = |line: &AwardLine| OrderTotalView {
            item_id: line.item_id,
            line_ref: refs.get(&line.item_id).cloned().unwrap_or_default(),
            unit_price: UnitPrice::from_scaled(line.unit_price_e6),
            quantity: line.quantity,
            goods_minor: line.goods_minor,
        };
        Self {
            id: order.id,
            tender_id: order.tender_id,
            award_id: order.award_id,
            manufacturer_id: order.manufacturer_id,
            currency: currency.to_owned(),
            state: order.state.clone(),
            placed_at: order.placed_at,
            confirmed_at: order.confirmed_at,
            totals: totals.iter().map(total).collect(),
            member_lines,
            version: order.version,
            created_at: order.created_at,
        }
    }
}

/// Group orders of a tender.
#[derive(Serialize, ToSchema)]
pub struct GroupOrdersView {
    #[schema(max_items = 50_000)]
    pub items: Vec<GroupOrderView>,
}

/// The caller's own part of an order.
#[derive(Serialize, ToSchema)]
pub struct StatementView {
    pub group_order_id: GroupOrderId,
    #[schema(max_length = 200)]
    pub currency: String,
    #[schema(max_length = 200)]
    pub state: String,
    #[schema(max_items = 50_000)]
    pub lines: Vec<MemberLineView>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_minor: i64,
    /// Over the lines that have a reference.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub saving_minor: i64,
}

impl StatementView {
    /// Sums the own lines.
    pub fn of(order: &Order, currency: &str, lines: Vec<MemberLineView>) -> Self {
        Self {
            group_order_id: order.id,
            currency: currency.to_owned(),
            state: order.state.clone(),
            total_minor: lines.iter().map(|line| line.total_minor).sum(),
            saving_minor: lines.iter().filter_map(|line| line.saving_minor).sum(),
            lines,
        }
    }
}

/// What became of one commitment of the caller.
#[derive(Serialize, ToSchema)]
pub struct ClearedItem {
    pub item_id: ItemId,
    #[schema(max_length = 200)]
    pub line_ref: String,
    pub membership_id: MembershipId,
    pub commitment_id: CommitmentId,
    pub status: MemberStatus,
    /// The winner.
    pub manufacturer_id: Option<ManufacturerId>,
    /// The price reached.
    pub unit_price: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub tier_index: Option<i32>,
    /// The highest limit of the own commitment.
    pub your_limit: Option<UnitPrice>,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub total_minor: i64,
    pub reference_unit_price: Option<UnitPrice>,
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub saving_minor: Option<i64>,
    pub group_order_id: Option<GroupOrderId>,
}

impl ClearedItem {
    /// From the own share.
    pub fn of(
        share: &MemberShare,
        line_ref: String,
        winner: Option<ManufacturerId>,
        limit: Option<UnitPrice>,
        group_order_id: Option<GroupOrderId>,
    ) -> Self {
        Self {
            item_id: share.item,
            line_ref,
            membership_id: share.membership,
            commitment_id: share.commitment,
            status: share.status,
            manufacturer_id: winner,
            unit_price: share.unit_price,
            tier_index: share.tier_index,
            your_limit: limit,
            quantity: share.quantity,
            total_minor: share.total_minor,
            reference_unit_price: share.reference_unit_price,
            saving_minor: share.reference_minor.map(|r| r - share.total_minor),
            group_order_id,
        }
    }
}

/// What a member is told, once the award is told.
#[derive(Serialize, ToSchema)]
pub struct ClearingForMe {
    pub tender_id: TenderId,
    #[schema(max_length = 200)]
    pub currency: String,
    pub decided: bool,
    #[schema(max_items = 50_000)]
    pub items: Vec<ClearedItem>,
}

impl ClearingForMe {
    /// Before the award is told.
    pub fn pending(tender_id: TenderId, currency: &str) -> Self {
        Self {
            tender_id,
            currency: currency.to_owned(),
            decided: false,
            items: vec![],
        }
    }
}
