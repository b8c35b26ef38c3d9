//! Products measured again when the sale begins.

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::promotions::domain::offers::Accepted;
use crate::promotions::domain::offers::Bar;
use crate::promotions::domain::offers::Offer;
use crate::promotions::domain::offers::Proof;
use crate::promotions::domain::offers::priced;
use crate::promotions::domain::offers::proof;

/// What the price log said of a product when the sale began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = PriceAtStart)]
pub struct AtStart {
    /// Whether the discount was still one: the price below the prior price, by as much as the promotion asks.
    pub real: bool,
    /// The prior price by then, with its proof.
    pub prior: Option<Proof>,
}

/// Measures an accepted product again, by what the log says at `bar.now`; `None` where nothing guards its price.
pub fn again(item: &Accepted, bar: Bar<'_>) -> Option<AtStart> {
    let offer = Offer {
        sku: item.sku.clone(),
        title: item.title.clone(),
        category: item.category.clone(),
        price_minor: Some(item.price_minor?),
        stock: item.stock,
        phases: None,
    };
    let mut why = Vec::new();
    let prior = priced(&offer, bar, &mut why);
    (prior.is_some() || !why.is_empty()).then(|| AtStart {
        real: why.is_empty(),
        prior: prior.map(|prior| proof(&prior, bar.pack)),
    })
}
