//! The products that a member brings: checked against what the promotion asks and the member's own prior price.

mod start;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::alliances::CountryPack;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::promotions::domain::phases::PhaseKind;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::domain::price_guard;
use crate::promotions::domain::price_guard::Logged;
use crate::promotions::domain::price_guard::Prior;
use crate::promotions::domain::terms::Terms;
use crate::promotions::problems;

pub use start::AtStart;
pub use start::again;

/// A product that a member brings, at a price that it sets alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EnrolmentItemInput)]
pub struct Offer {
    /// The member's own number of the product.
    #[garde(custom(text::line))]
    #[schema(max_length = 80, example = "TEA-250")]
    pub sku: String,
    /// Its name.
    #[garde(custom(text::line))]
    #[schema(max_length = 80, example = "West Lake Longjing, 250 g")]
    pub title: String,
    /// What it is; matched with the scopes and wanted categories of promotions.
    #[serde(default)]
    #[garde(custom(text::line))]
    #[schema(max_length = 80, example = "tea")]
    pub category: Option<String>,
    /// Promotional price of one, in minor units of the alliance's currency.
    #[serde(default)]
    #[garde(inner(range(min = 1, max = MAX_AMOUNT)))]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub price_minor: Option<i64>,
    /// How many there are.
    #[serde(default)]
    #[garde(inner(range(min = 0, max = 1_000_000_000)))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub stock: Option<i64>,
    /// The phases in which it is offered; without them every main phase.
    #[serde(default)]
    #[garde(inner(length(max = 60), inner(custom(text::line))))]
    #[schema(max_items = 60)]
    pub phases: Option<Vec<String>>,
}

/// A product as it was accepted, with the proof of its prior price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EnrolmentItem)]
pub struct Accepted {
    #[schema(max_length = 80)]
    pub sku: String,
    #[schema(max_length = 80)]
    pub title: String,
    #[serde(default)]
    #[schema(max_length = 80)]
    pub category: Option<String>,
    /// Promotional price in minor units.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub price_minor: Option<i64>,
    /// Shown to the member and to those who decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub stock: Option<i64>,
    /// The phases in which it is offered.
    #[serde(default)]
    #[schema(max_items = 60)]
    pub phases: Vec<String>,
    /// What its discount is measured against; shown to the member and to those who decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior: Option<Proof>,
    /// The same when the sale began, where a price is guarded; shown to the member and to those who decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_start: Option<AtStart>,
}

/// The prior price of a product, and the lines of the price log that prove it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriorPrice)]
pub struct Proof {
    /// The lowest price of the window, in minor units.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub price_minor: i64,
    /// By the rules of which country.
    pub country_pack: CountryPack,
    pub window_from: Instant,
    pub window_to: Instant,
    /// Whether the log reaches back to the begin of the window.
    pub complete: bool,
    /// Every line that was in force in the window.
    #[schema(max_items = 1000)]
    pub lines: Vec<ProofLine>,
}

/// A line of the price log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriorPriceLine)]
pub struct ProofLine {
    /// Its id in the log.
    pub id: Uuid,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub price_minor: i64,
    pub effective_at: Instant,
    /// When it was entered.
    pub recorded_at: Instant,
}

/// What offers are checked against.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    pub terms: &'a Terms,
    /// The phases of the promotion.
    pub phases: &'a [PhaseName],
    pub pack: CountryPack,
    /// The member's own prices in the alliance's currency, by SKU.
    pub log: &'a BTreeMap<String, Vec<Logged>>,
    pub now: DateTime<Utc>,
}

/// A reason against one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Place in the list.
    pub index: usize,
    pub sku: String,
    pub why: Why,
}

/// Which rule a product breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    Repeated,
    TooMany { most: u32 },
    PhaseUnknown { phase: String },
    Excluded { a: String, b: String },
    Category { wanted: Vec<String> },
    Stock { stock: i64, least: i64 },
    PriceMissing,
    NoHistory,
    NotBelow { price: i64, prior: i64 },
    Discount { price: i64, prior: i64, bp: u32 },
}

/// Some products are not accepted; the first names the problem, all are listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} of the products cannot be taken.", faults.len())]
pub struct OffersRefused {
    pub faults: Vec<Fault>,
}

impl Why {
    const fn kind(&self) -> &'static Kind {
        match self {
            Self::Repeated => &problems::SKU_REPEATED,
            Self::TooMany { .. } => &problems::TOO_MANY_ITEMS,
            Self::PhaseUnknown { .. } => &problems::ITEM_PHASE_UNKNOWN,
            Self::Excluded { .. } => &problems::ITEM_PHASES_EXCLUDED,
            Self::Category { .. } => &problems::CATEGORY_NOT_WANTED,
            Self::Stock { .. } => &problems::STOCK_TOO_SMALL,
            Self::PriceMissing => &problems::PRICE_MISSING,
            Self::NoHistory => &problems::PRICE_HISTORY_MISSING,
            Self::NotBelow { .. } => &problems::PRICE_NOT_BELOW_PRIOR,
            Self::Discount { .. } => &problems::DISCOUNT_TOO_SMALL,
        }
    }

    fn facts(&self) -> Value {
        match self {
            Self::Repeated | Self::PriceMissing | Self::NoHistory => json!({}),
            Self::TooMany { most } => json!({ "max_items": most }),
            Self::PhaseUnknown { phase } => json!({ "phase": phase }),
            Self::Excluded { a, b } => json!({ "phases": [a, b] }),
            Self::Category { wanted } => json!({ "categories": wanted }),
            Self::Stock { stock, least } => json!({ "stock": stock, "min_stock": least }),
            Self::NotBelow { price, prior } => {
                json!({ "price_minor": price, "prior_price_minor": prior })
            }
            Self::Discount { price, prior, bp } => json!({
                "price_minor": price, "prior_price_minor": prior, "min_discount_bp": bp,
                "highest_price_minor": price_guard::ceiling(*prior, *bp),
            }),
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Repeated | Self::TooMany { .. } | Self::NoHistory => "sku",
            Self::PhaseUnknown { .. } | Self::Excluded { .. } => "phases",
            Self::Category { .. } => "category",
            Self::Stock { .. } => "stock",
            Self::PriceMissing | Self::NotBelow { .. } | Self::Discount { .. } => "price_minor",
        }
    }
}

impl Refusal for OffersRefused {
    fn kind(&self) -> &'static Kind {
        let first = self.faults.first();
        first.map_or(&problems::SKU_REPEATED, |fault| fault.why.kind())
    }

    fn params(&self) -> Map<String, Value> {
        let fact = |fault: &Fault| {
            let mut facts = fault.why.facts();
            facts["code"] = json!(fault.why.kind().code);
            facts["sku"] = json!(fault.sku);
            facts
        };
        let items: Vec<Value> = self.faults.iter().take(50).map(fact).collect();
        Map::from_iter([("items".to_owned(), Value::from(items))])
    }

    fn field_errors(&self) -> Vec<FieldError> {
        let error = |fault: &Fault| {
            let kind = fault.why.kind();
            let pointer = format!("#/items/{}/{}", fault.index, fault.why.field());
            FieldError::new(
                pointer,
                kind.code,
                format!("{}: {}.", fault.sku, kind.title),
            )
        };
        self.faults.iter().take(50).map(error).collect()
    }
}

/// Accepts the products of one member, each with the proof of its prior price.
///
/// # Errors
/// Every rule that a product breaks.
pub fn accept(offers: &[Offer], bar: Bar<'_>) -> Result<Vec<Accepted>, OffersRefused> {
    let mut faults = Vec::new();
    let mut accepted = Vec::with_capacity(offers.len());
    let mut seen = BTreeSet::new();
    for (index, offer) in offers.iter().enumerate() {
        let mut why = Vec::new();
        if !seen.insert(offer.sku.as_str()) {
            why.push(Why::Repeated);
        }
        let most = bar.terms.requirements.max_items;
        if let Some(most) = most.filter(|most| index >= *most as usize) {
            why.push(Why::TooMany { most });
        }
        let phases = phases_of(offer, bar, &mut why);
        supplies(offer, bar, &mut why);
        let prior = priced(offer, bar, &mut why);
        let fault = |why| Fault {
            index,
            sku: offer.sku.clone(),
            why,
        };
        faults.extend(why.into_iter().map(fault));
        accepted.push(Accepted {
            sku: offer.sku.clone(),
            title: offer.title.clone(),
            category: offer.category.clone(),
            price_minor: offer.price_minor,
            stock: offer.stock,
            phases,
            prior: prior.map(|prior| proof(&prior, bar.pack)),
            at_start: None,
        });
    }
    if faults.is_empty() {
        Ok(accepted)
    } else {
        Err(OffersRefused { faults })
    }
}

fn phases_of(offer: &Offer, bar: Bar<'_>, why: &mut Vec<Why>) -> Vec<String> {
    let names: Vec<String> = bar.phases.iter().map(ToString::to_string).collect();
    let Some(wanted) = &offer.phases else {
        let main = bar
            .phases
            .iter()
            .filter(|name| name.kind == PhaseKind::Main);
        return main.map(ToString::to_string).collect();
    };
    for phase in wanted.iter().filter(|phase| !names.contains(phase)) {
        let phase = phase.clone();
        why.push(Why::PhaseUnknown { phase });
    }
    for pair in &bar.terms.exclusions {
        if wanted.contains(&pair.a) && wanted.contains(&pair.b) {
            let (a, b) = (pair.a.clone(), pair.b.clone());
            why.push(Why::Excluded { a, b });
        }
    }
    wanted.clone()
}

fn supplies(offer: &Offer, bar: Bar<'_>, why: &mut Vec<Why>) {
    let asked = &bar.terms.requirements;
    let fits = |category: &String| asked.categories.contains(category);
    if !asked.categories.is_empty() && !offer.category.as_ref().is_some_and(fits) {
        let wanted = asked.categories.clone();
        why.push(Why::Category { wanted });
    }
    let stock = offer.stock.unwrap_or(0);
    if let Some(least) = asked.min_stock.filter(|least| stock < *least) {
        why.push(Why::Stock { stock, least });
    }
}

/// The prior price, where the promotion or the country asks for one.
fn priced(offer: &Offer, bar: Bar<'_>, why: &mut Vec<Why>) -> Option<Prior> {
    let bp = bar.terms.requirements.min_discount_bp;
    let Some(price) = offer.price_minor else {
        if bp.is_some() {
            why.push(Why::PriceMissing);
        }
        return None;
    };
    let guarded = price_guard::window_days(bar.pack).is_some();
    if !guarded && bp.is_none() {
        return None;
    }
    let log = bar.log.get(&offer.sku).map_or(&[][..], Vec::as_slice);
    let Some(prior) = price_guard::prior(log, bar.pack, bar.now) else {
        why.push(Why::NoHistory);
        return None;
    };
    let lowest = prior.price_minor;
    match bp {
        Some(bp) if price > price_guard::ceiling(lowest, bp) => why.push(Why::Discount {
            price,
            prior: lowest,
            bp,
        }),
        None if price >= lowest => why.push(Why::NotBelow {
            price,
            prior: lowest,
        }),
        _ => {}
    }
    Some(prior)
}

fn proof(prior: &Prior, pack: CountryPack) -> Proof {
    let line = |line: &Logged| ProofLine {
        id: line.id,
        price_minor: line.price_minor,
        effective_at: Instant::from_utc(line.effective_at),
        recorded_at: Instant::from_utc(line.recorded_at),
    };
    Proof {
        price_minor: prior.price_minor,
        country_pack: pack,
        window_from: Instant::from_utc(prior.from),
        window_to: Instant::from_utc(prior.to),
        complete: prior.complete,
        lines: prior.lines.iter().map(line).collect(),
    }
}

#[cfg(test)]
mod tests;
