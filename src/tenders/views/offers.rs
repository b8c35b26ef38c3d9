//! Bodies and views of quotes and commitments.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::money::UnitPrice;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::tenders::domain::commitments::Step;
use crate::tenders::domain::offer::Declarations;
use crate::tenders::domain::offer::Offer;
use crate::tenders::domain::offer::OfferLine;
use crate::tenders::domain::offer::PaymentTerms;
use crate::tenders::repo::demand::Demand;
use crate::tenders::repo::offers::Quote;
use crate::tenders::service::commitments::DemandContent;

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
