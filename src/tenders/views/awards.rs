//! Bodies and views of evaluations and awards.

use serde::Deserialize;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

use crate::kernel::ids::AwardId;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::GroupOrderId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::ids::UserId;
use crate::kernel::money::UnitPrice;
use crate::kernel::money::sum;
use crate::kernel::time::Instant;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::repo::awards::Award;
use crate::tenders::repo::awards::AwardLine;
use crate::tenders::repo::awards::Evaluation;
use crate::tenders::service::bids;
use crate::tenders::service::bids::Bid;

/// Which evaluation to award.
#[derive(Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"evaluation_id": "01890a5d-ac96-774b-bcce-b302099a8057"}))]
pub struct AwardProposal {
    pub evaluation_id: EvaluationId,
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
    /// What the group would pay, in minor units; 0 without a deal.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub goods_minor: i64,
}

/// A quote with everything that it would be awarded, as an option of a choice.
#[derive(Serialize, ToSchema)]
pub struct BidView {
    /// How the ballot calls it; members see neither name nor price before the award.
    #[schema(max_length = 10)]
    pub option: String,
    pub quote_id: QuoteId,
    pub manufacturer_id: ManufacturerId,
    /// Lines that it covers.
    #[schema(minimum = 0, maximum = 50_000)]
    pub lines: usize,
    /// Lines for which it is ranked first.
    #[schema(minimum = 0, maximum = 50_000)]
    pub best: usize,
    /// What the group would pay for all of them, in minor units; null beyond amounts.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub goods_minor: Option<i64>,
}

impl From<Bid> for BidView {
    fn from(bid: Bid) -> Self {
        Self {
            goods_minor: sum(bid.lines.iter().map(|line| line.goods_minor)).ok(),
            option: bid.label,
            quote_id: bid.quote,
            manufacturer_id: bid.manufacturer,
            lines: bid.lines.len(),
            best: bid.best,
        }
    }
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
    /// The quotes that reach a deal, best first: the options where an award needs a choice of the members.
    #[schema(max_items = 1000)]
    pub bids: Vec<BidView>,
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
            bids: bids::of(&items).into_iter().map(BidView::from).collect(),
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
    /// The choice of the members, where the award was above the limit.
    pub mandate_id: Option<MandateId>,
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
            mandate_id: award.mandate_id,
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
