//! The bids among which members choose where an award is above the limit of the by-laws.
//!
//! Members see no names and no prices before the award: a bid is a letter, with how many lines it covers and
//! for how many the evaluation ranks it first. Evaluators see which quote stands behind a letter.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashSet;

use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::EvaluationId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::QuoteId;
use crate::kernel::money::UnitPrice;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mandates;
use crate::mandates::Choice;
use crate::mandates::Matter;
use crate::mandates::Subject;
use crate::merchants;
use crate::platform::act::Act;
use crate::tenders::domain::clearing::Outcome;
use crate::tenders::domain::lifecycle::TenderState;
use crate::tenders::repo::awards as repo;
use crate::tenders::repo::awards::Evaluation;
use crate::tenders::repo::offers;
use crate::tenders::repo::tenders as tender_repo;
use crate::tenders::repo::tenders::Tender;
use crate::tenders::service::awards::awarded_items;
use crate::tenders::service::evaluations;
use crate::tenders::views::EvaluatedItem;

/// One quote with everything that it would be awarded.
#[derive(Debug, Clone)]
pub struct Bid {
    /// `A`, `B` … within the evaluation.
    pub label: String,
    pub quote: QuoteId,
    pub manufacturer: ManufacturerId,
    pub lines: Vec<BidLine>,
    /// Lines for which it is ranked first.
    pub best: usize,
}

/// One line that a bid covers.
#[derive(Debug, Clone)]
pub struct BidLine {
    pub item: ItemId,
    pub unit_price: Option<UnitPrice>,
    pub tier_index: Option<i32>,
    pub quantity: i64,
    /// In minor units.
    pub goods_minor: i64,
}

/// The bids of an evaluation: those that are best for most lines first, then those that cover most.
pub fn of(items: &[EvaluatedItem]) -> Vec<Bid> {
    let mut found: BTreeMap<QuoteId, Bid> = BTreeMap::new();
    for item in items {
        for ranked in item.ranking.iter().filter(|ranked| ranked.rank.is_some()) {
            let bid = found.entry(ranked.quote_id).or_insert_with(|| Bid {
                label: String::new(),
                quote: ranked.quote_id,
                manufacturer: ranked.manufacturer_id,
                lines: vec![],
                best: 0,
            });
            bid.best += usize::from(ranked.rank == Some(1));
            bid.lines.push(BidLine {
                item: item.item_id,
                unit_price: ranked.unit_price,
                tier_index: ranked.tier_index,
                quantity: ranked.total_quantity,
                goods_minor: ranked.goods_minor,
            });
        }
    }
    let mut bids: Vec<Bid> = found.into_values().collect();
    bids.sort_by_key(|bid| std::cmp::Reverse((bid.best, bid.lines.len())));
    for (index, bid) in bids.iter_mut().enumerate() {
        bid.label = label(index);
    }
    bids
}

/// `A` to `Z`, then `AA`, `AB` …
fn label(index: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        more => label(more - 1) + &letter.to_string(),
    }
}

/// What the award of a bid says.
fn content_hash(evaluation: EvaluationId, bid: &Bid) -> Vec<u8> {
    let line = |line: &BidLine| {
        json!({ "item_id": line.item, "unit_price": line.unit_price, "tier_index": line.tier_index,
            "quantity": line.quantity, "goods_minor": line.goods_minor })
    };
    mandates::content_hash(&json!({
        "evaluation_id": evaluation,
        "quote_id": bid.quote,
        "manufacturer_id": bid.manufacturer,
        "lines": bid.lines.iter().map(line).collect::<Vec<_>>(),
    }))
}

/// The bids that can still be awarded: their quotes are in the field, and their lines are free.
async fn open_bids(c: &impl ConnectionTrait, row: &Evaluation) -> Result<Vec<Bid>, Failure> {
    let held = awarded_items(c, row.tender_id).await?;
    let in_field: HashSet<QuoteId> = offers::quotes(c, row.tender_id)
        .await?
        .into_iter()
        .filter(|quote| matches!(quote.state.as_str(), "opened" | "awarded"))
        .map(|quote| quote.id)
        .collect();
    let mut bids = of(&evaluations::items_of(row)?);
    for bid in &mut bids {
        bid.lines.retain(|line| !held.contains(&line.item));
    }
    bids.retain(|bid| in_field.contains(&bid.quote) && !bid.lines.is_empty());
    Ok(bids)
}

/// The bids of an evaluation as the options of a choice; `None` unless its tender is being awarded.
///
/// # Errors
/// When the database fails.
pub async fn ballot_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    let row = repo::evaluation(c, EvaluationId(id)).await?;
    let Some(row) = row.filter(|row| row.alliance_id == alliance) else {
        return Ok(None);
    };
    let evaluating = TenderState::Evaluating.as_str();
    let tender = tender_repo::tender(c, row.tender_id).await?;
    let Some(tender) = tender.filter(|tender| tender.state == evaluating) else {
        return Ok(None);
    };
    let bids = open_bids(c, &row).await?;
    if bids.is_empty() {
        return Ok(None);
    }
    let lines = evaluations::items_of(&row)?.len();
    let option = |bid: &Bid| Choice {
        id: bid.label.clone(),
        title: format!(
            "Bid {}: covers {} of {lines} lines, best for {}",
            bid.label,
            bid.lines.len(),
            bid.best
        ),
        content_hash: content_hash(row.id, bid),
    };
    let options: Vec<Choice> = bids.iter().map(option).collect();
    let hashes: Vec<&[u8]> = options.iter().map(|o| o.content_hash.as_slice()).collect();
    Ok(Some(Subject {
        title: tender.title,
        content_hash: mandates::content_hash(&json!(hashes)),
        interested: interested(c, alliance, &bids).await?,
        options,
        ..Subject::default()
    }))
}

/// Members whose people also act for a bidder: nobody votes on its own bid.
async fn interested(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    bids: &[Bid],
) -> Result<BTreeSet<MembershipId>, Failure> {
    let mut merchants: HashSet<MerchantId> = HashSet::new();
    for bid in bids {
        for user in merchants::manufacturer_staff(c, bid.manufacturer).await? {
            merchants.extend(merchants::merchants_of(c, user).await?);
        }
    }
    if merchants.is_empty() {
        return Ok(BTreeSet::new());
    }
    let members = alliances::active_members(c, alliance).await?;
    let concerned = members
        .into_iter()
        .filter(|m| merchants.contains(&m.merchant));
    Ok(concerned.map(|member| member.membership).collect())
}

/// An award that members have to choose, and why.
#[derive(Debug, Clone, Copy)]
pub struct AboveLimit {
    /// What the winners of the evaluation come to, in minor units.
    pub value_minor: i64,
    /// The by-laws' limit in minor units.
    pub limit_minor: i64,
}

impl AboveLimit {
    fn refused(self) -> Failure {
        mandates::missing(Matter::TenderAward, "undecided")
            .with("value_minor", self.value_minor)
            .with("limit_minor", self.limit_minor)
            .into()
    }
}

/// Whether the winners of an evaluation are together above the limit of the by-laws; without a limit the
/// committee decides.
///
/// # Errors
/// A sum beyond amounts; else when the database fails.
pub async fn above_limit(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    items: &[EvaluatedItem],
) -> Result<Option<AboveLimit>, Failure> {
    let Some(limit_minor) = alliances::by_laws(c, alliance).await?.award_limit_minor else {
        return Ok(None);
    };
    let cleared = items.iter().filter(|item| item.outcome == Outcome::Cleared);
    let value_minor = sum(cleared.map(|item| item.goods_minor))?;
    Ok((value_minor > limit_minor).then_some(AboveLimit {
        value_minor,
        limit_minor,
    }))
}

/// What members chose.
pub struct Chosen {
    pub mandate: MandateId,
    /// The evaluation in which the chosen bid wins its lines.
    pub evaluation: Evaluation,
    pub bid: Bid,
}

/// Consumes the mandate for one of the bids.
///
/// # Errors
/// 409 `mandate_missing`; `evaluation_outdated` where the field is another than that which was evaluated.
pub async fn choose(
    act: &Act<'_>,
    tender: &Tender,
    row: &Evaluation,
    above: AboveLimit,
) -> Result<Chosen, Failure> {
    let (alliance, matter, subject) = (row.alliance_id, Matter::TenderAward, row.id.0);
    for bid in open_bids(act.tx(), row).await? {
        let hash = content_hash(row.id, &bid);
        if mandates::permits(act.tx(), alliance, matter, subject, &hash, act.now()).await? {
            return Ok(Chosen {
                mandate: mandates::consume(act, alliance, matter, subject, &hash).await?,
                evaluation: evaluations::decide(act, tender, row, &bid).await?,
                bid,
            });
        }
    }
    Err(above.refused())
}

/// Passes an award that needs no choice of members, or has it.
///
/// # Errors
/// 409 `mandate_missing`.
pub async fn require_choice(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    evaluation: EvaluationId,
    mandate: Option<MandateId>,
) -> Result<(), Failure> {
    if mandate.is_some() {
        return Ok(());
    }
    let row = repo::evaluation(c, evaluation)
        .await?
        .ok_or_else(|| Refused::not_found("evaluation"))?;
    match above_limit(c, alliance, &evaluations::items_of(&row)?).await? {
        Some(above) => Err(above.refused()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn bids_are_letters() {
        let labels: Vec<String> = [0, 1, 25, 26, 27, 52].map(label).to_vec();
        assert_eq!(labels, ["A", "B", "Z", "AA", "AB", "BA"]);
    }
}
