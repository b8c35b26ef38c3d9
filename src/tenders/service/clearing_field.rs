//! Clearing the field of a tender: every quote alone against the commitments of each item, the best one
//! named, or the one that members chose.

use std::collections::HashMap;

use serde::Deserialize;
use serde::Serialize;

use crate::kernel::ids::CommitmentId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::TenderId;
use crate::kernel::money::Currency;
use crate::kernel::money::UnitPrice;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;
use crate::platform::ctx::Ctx;
use crate::tenders::domain::clearing::MemberStatus;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::exact;
use crate::tenders::domain::group_invoice;
use crate::tenders::domain::group_invoice::Buyer;
use crate::tenders::domain::group_invoice::FreightBasis;
use crate::tenders::domain::group_invoice::GroupCosts;
use crate::tenders::domain::offer::Offer;
use crate::tenders::domain::quote_choice;
use crate::tenders::domain::quote_choice::Candidate;
use crate::tenders::domain::quote_choice::RankedQuote;
use crate::tenders::repo::demand;
use crate::tenders::repo::demand::Demand;
use crate::tenders::repo::offers;
use crate::tenders::repo::offers::Quote;
use crate::tenders::repo::tenders::Item;
use crate::tenders::service::clock;
use crate::tenders::service::commitments;
use crate::tenders::service::commitments::DemandContent;
use crate::tenders::service::quote_reading;
use crate::tenders::views::EvaluatedItem;
use crate::tenders::views::RankedQuoteView;

/// Name and version of the rules; a change of results is a new version.
pub const ALGORITHM: &str = "greatest_fixed_point/1";

/// What one member gets of one item; stored encrypted.
#[derive(Clone, Serialize, Deserialize)]
pub struct MemberShare {
    pub item: ItemId,
    pub commitment: CommitmentId,
    pub membership: MembershipId,
    pub status: MemberStatus,
    pub quantity: i64,
    /// The price reached; none without a deal.
    pub unit_price: Option<UnitPrice>,
    pub tier_index: Option<i32>,
    pub total_minor: i64,
    pub reference_unit_price: Option<UnitPrice>,
    pub reference_minor: Option<i64>,
}

/// Everything that a clearing looks at.
pub struct Field {
    quotes: Vec<(Quote, Offer)>,
    demand: HashMap<ItemId, Vec<(Demand, DemandContent)>>,
    currency: Currency,
}

/// Opens every quote that is in the field and every commitment that stands.
pub async fn field(act: &Act<'_>, id: TenderId, currency: &str) -> Result<Field, Failure> {
    let mut quotes = vec![];
    for quote in offers::quotes(act.tx(), id).await? {
        if matches!(quote.state.as_str(), "opened" | "awarded") {
            let offer = quote_reading::open(act, &quote).await?;
            quotes.push((quote, offer));
        }
    }
    quotes.sort_by_key(|(quote, _)| (quote.received_at, quote.id));
    let mut demand: HashMap<ItemId, Vec<(Demand, DemandContent)>> = HashMap::new();
    for row in demand::standing(act.tx(), id).await? {
        let content = commitments::open(act.ctx, &row)?;
        demand.entry(row.item_id).or_default().push((row, content));
    }
    Ok(Field {
        quotes,
        demand,
        currency: Currency::parse(currency).ok_or_else(|| clock::broken(currency))?,
    })
}

/// Keyed: limits have little entropy, a bare digest would let them be guessed.
pub fn input_mac(ctx: &Ctx, field: &Field) -> Result<Vec<u8>, Failure> {
    let quotes: Vec<_> = field.quotes.iter().map(|(q, o)| (q.id, o)).collect();
    let mut demand: Vec<_> = field
        .demand
        .values()
        .flatten()
        .map(|(row, content)| (row.sequence, row.item_id, content))
        .collect();
    demand.sort_by_key(|(sequence, ..)| *sequence);
    let text = serde_json::to_string(&(ALGORITHM, quotes, demand)).map_err(anyhow::Error::new)?;
    Ok(ctx.keys.mac("evaluation.input", text.as_bytes()).to_vec())
}

/// Clears one item. Where members chose a quote and it reaches a deal, it wins, else the best one does.
///
/// # Errors
/// A refusal of the rules: numbers beyond their range.
pub fn evaluate(
    field: &Field,
    item: &Item,
    chosen: Option<QuoteId>,
) -> Result<(EvaluatedItem, Vec<MemberShare>), Failure> {
    let mut candidates = vec![];
    let mut owners: Vec<(QuoteId, ManufacturerId)> = vec![];
    for (sequence, (quote, offer)) in (1..).zip(&field.quotes) {
        let line = offer.lines.iter().find(|l| l.line_ref == item.line_ref);
        let Some(line) = line.filter(|line| !line.alternative) else {
            continue;
        };
        candidates.push(Candidate {
            quote: quote.id.to_string(),
            sequence,
            terms: line.terms(item.order_multiple, field.currency.exponent())?,
        });
        owners.push((quote.id, quote.manufacturer_id));
    }
    let none = vec![];
    let demand = field.demand.get(&item.id).unwrap_or(&none);
    let commitments: Vec<_> = demand
        .iter()
        .map(|(row, content)| content.commitment(row.id.to_string(), row.sequence))
        .collect();
    let ranked = quote_choice::choose(&candidates, &commitments)?;
    let is_chosen =
        |quote: &&RankedQuote| quote.rank.is_some() && Some(owners[quote.candidate].0) == chosen;
    let best = ranked.iter().find(|quote| quote.rank == Some(1));
    let best = ranked.iter().find(is_chosen).or(best);
    let mut view = EvaluatedItem::undecided(item.id, &item.line_ref);
    for quote in &ranked {
        view.ranking.push(ranking(field, quote, &owners)?);
    }
    let mut shares = shares(item.id, demand, best.or(ranked.first()));
    if let Some(best) = best {
        view.outcome = Outcome::Cleared;
        view.quote_id = Some(owners[best.candidate].0);
        view.manufacturer_id = Some(owners[best.candidate].1);
        view.unit_price = best.clearing.unit_price;
        view.tier_index = tier(best);
        view.total_quantity = best.clearing.total_allocated;
        view.goods_minor = price_shares(field, best, demand, &mut shares)?;
    }
    Ok((view, shares))
}

fn tier(ranked: &RankedQuote) -> Option<i32> {
    ranked
        .clearing
        .tier_index
        .and_then(|index| i32::try_from(index).ok())
}

fn ranking(
    field: &Field,
    ranked: &RankedQuote,
    owners: &[(QuoteId, ManufacturerId)],
) -> Result<RankedQuoteView, Failure> {
    let (quantity, price) = (ranked.clearing.total_allocated, ranked.clearing.unit_price);
    let goods_minor = match price.filter(|_| ranked.rank.is_some()) {
        Some(price) => group_invoice::goods(price, quantity, minor_per_major(field)?, 1)?,
        None => 0,
    };
    Ok(RankedQuoteView {
        rank: ranked.rank.and_then(|rank| i64::try_from(rank).ok()),
        quote_id: owners[ranked.candidate].0,
        manufacturer_id: owners[ranked.candidate].1,
        outcome: ranked.clearing.outcome(),
        unit_price: price,
        tier_index: tier(ranked),
        total_quantity: quantity,
        goods_minor,
    })
}

fn minor_per_major(field: &Field) -> Result<i128, Failure> {
    Ok(exact::minor_per_major(field.currency.exponent().into())?)
}

/// What the chosen clearing means for each member, before prices.
fn shares(
    item: ItemId,
    demand: &[(Demand, DemandContent)],
    chosen: Option<&RankedQuote>,
) -> Vec<MemberShare> {
    demand
        .iter()
        .enumerate()
        .map(|(index, (row, content))| {
            let allocation = chosen.map(|ranked| ranked.clearing.allocations[index]);
            MemberShare {
                item,
                commitment: row.id,
                membership: row.membership_id,
                status: allocation.map_or(MemberStatus::NoDeal, |a| a.status),
                quantity: allocation.map_or(0, |a| a.quantity),
                unit_price: chosen.and_then(|ranked| ranked.clearing.unit_price),
                tier_index: chosen.and_then(tier),
                total_minor: 0,
                reference_unit_price: content.reference_unit_price,
                reference_minor: None,
            }
        })
        .collect()
}

/// Goods are rounded once for the group and shared among the buyers. Answers the group's goods.
fn price_shares(
    field: &Field,
    best: &RankedQuote,
    demand: &[(Demand, DemandContent)],
    shares: &mut [MemberShare],
) -> Result<i64, Failure> {
    let Some(unit_price) = best.clearing.unit_price else {
        return Ok(0);
    };
    let buyers: Vec<Buyer> = demand
        .iter()
        .zip(shares.iter())
        .map(|((row, content), share)| Buyer {
            sequence: row.sequence,
            quantity: share.quantity,
            reference_unit_price: content.reference_unit_price,
            weight: None,
        })
        .collect();
    let costs = GroupCosts {
        unit_price,
        base_quantity: 1,
        freight_minor: 0,
        freight_basis: FreightBasis::Quantity,
        tooling_minor: 0,
        fee_bps: 0,
        minor_per_major: minor_per_major(field)?,
    };
    let invoice = group_invoice::invoice(&costs, &buyers)?;
    for (share, (amounts, saving)) in shares.iter_mut().zip(&invoice.members) {
        share.total_minor = amounts.total_minor;
        share.reference_minor = saving
            .filter(|_| share.quantity > 0)
            .map(|saving| saving.reference_minor);
    }
    Ok(invoice.group.goods_minor)
}
