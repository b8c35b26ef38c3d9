//! `award`: the cheapest split of items among suppliers.

use std::collections::HashMap;

use serde::Deserialize;
use serde::Serialize;

use crate::tenders::calculators::clearing::one;
use crate::tenders::calculators::clearing::two;
use crate::tenders::domain::award;
use crate::tenders::domain::award::AwardConstraints;
use crate::tenders::domain::award::AwardError;
use crate::tenders::domain::award::AwardItem;
use crate::tenders::domain::award::AwardLine;
use crate::tenders::domain::award::AwardProblem;
use crate::tenders::domain::award::AwardQuote;
use crate::tenders::domain::award::AwardedLine;
use crate::tenders::domain::award::Fill;
use crate::tenders::domain::award::SplitAward;
use crate::tenders::domain::exact;
use crate::tenders::domain::price_schedule::DiscountMode;
use crate::tenders::domain::price_schedule::PriceBreak;
use crate::tenders::domain::price_schedule::PriceSchedule;

/// Items, quotes and constraints.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"items": [{"item": "I1", "demand": 100}], "quotes": [{"supplier": "A", "lines": [{"item": "I1", "price_breaks": [{"min_quantity": 1, "unit_price": "5.00"}]}]}]}))]
pub struct AwardRequest {
    /// Accepted and not needed: this calculator knows one kind.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub kind: Option<String>,
    /// Digits of the currency's minor unit; 2 unless given.
    #[serde(default = "two")]
    pub minor_unit: i64,
    pub items: Vec<AwardRequestItem>,
    /// In order of submission; at most 12.
    pub quotes: Vec<AwardRequestQuote>,
    #[serde(default)]
    pub constraints: AwardRequestConstraints,
}

/// An item and how much of it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardRequestItem {
    #[schema(max_length = 100)]
    pub item: String,
    pub demand: i64,
}

/// One supplier's quote.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardRequestQuote {
    #[schema(max_length = 100)]
    pub supplier: String,
    /// Paid once if anything is awarded to it.
    #[serde(default)]
    pub fixed_cost_minor: i64,
    pub lines: Vec<AwardRequestLine>,
}

/// One supplier's offer for one item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardRequestLine {
    #[schema(max_length = 100)]
    pub item: String,
    pub price_breaks: Vec<PriceBreak>,
    #[serde(default)]
    pub discount_mode: DiscountMode,
    #[serde(default = "one")]
    pub base_quantity: i64,
    #[serde(default = "one")]
    pub moq: i64,
    #[serde(default = "one")]
    pub order_multiple: i64,
    #[serde(default)]
    pub capacity: Option<i64>,
    /// Paid once if the line is used.
    #[serde(default)]
    pub tooling_minor: i64,
}

/// Limits on the award; none unless given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AwardRequestConstraints {
    pub max_suppliers: Option<i64>,
    pub max_suppliers_per_item: Option<i64>,
    /// Most of an item's demand at one supplier, in basis points.
    pub max_share_bps: i64,
    pub fill: Fill,
    /// Most units beyond the demand of an item, with `at_least`.
    pub max_surplus: i64,
}

impl Default for AwardRequestConstraints {
    fn default() -> Self {
        Self {
            max_suppliers: None,
            max_suppliers_per_item: None,
            max_share_bps: 10_000,
            fill: Fill::Exact,
            max_surplus: 0,
        }
    }
}

crate::words! {
    /// Whether there is an award.
    pub enum AwardStatus {
        /// No cheaper award meets the constraints.
        Optimal = "optimal",
        /// No award meets the constraints.
        Infeasible = "infeasible",
    }
}

/// The cheapest award, or the items that nobody covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AwardAnswer {
    pub status: AwardStatus,
    /// Lines and fixed costs in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_minor: Option<i64>,
    /// By supplier and item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocation: Option<Vec<AwardAllocation>>,
    /// Items that no allowed set of suppliers covers, even alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncoverable_items: Option<Vec<String>>,
}

/// A line with a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AwardAllocation {
    pub supplier: String,
    pub item: String,
    pub quantity: i64,
    /// Goods and tooling in minor units.
    pub cost_minor: i64,
}

impl AwardRequest {
    fn problem(self) -> Result<AwardProblem, AwardError> {
        let names = self.items.iter().enumerate();
        let places: HashMap<String, usize> =
            names.map(|(i, item)| (item.item.clone(), i)).collect();
        let mut quotes = vec![];
        for quote in self.quotes {
            let mut lines = vec![];
            for line in quote.lines {
                lines.push(line.checked(&places)?);
            }
            quotes.push(AwardQuote {
                supplier: quote.supplier,
                fixed_cost_minor: quote.fixed_cost_minor,
                lines,
            });
        }
        let item = |item: AwardRequestItem| AwardItem {
            item: item.item,
            demand: item.demand,
        };
        Ok(AwardProblem {
            items: self.items.into_iter().map(item).collect(),
            quotes,
            constraints: AwardConstraints {
                max_suppliers: self.constraints.max_suppliers,
                max_suppliers_per_item: self.constraints.max_suppliers_per_item,
                max_share_bps: self.constraints.max_share_bps,
                fill: self.constraints.fill,
                max_surplus: self.constraints.max_surplus,
            },
            minor_per_major: exact::minor_per_major(self.minor_unit)?,
        })
    }
}

impl AwardRequestLine {
    fn checked(self, places: &HashMap<String, usize>) -> Result<AwardLine, AwardError> {
        let Some(item) = places.get(&self.item) else {
            return Err(AwardError::UnknownItem { item: self.item });
        };
        Ok(AwardLine {
            item: *item,
            schedule: PriceSchedule::new(self.discount_mode, self.price_breaks)?,
            base_quantity: self.base_quantity,
            moq: self.moq,
            order_multiple: self.order_multiple,
            capacity: self.capacity,
            tooling_minor: self.tooling_minor,
        })
    }
}

/// Finds the cheapest award.
///
/// # Errors
/// [`AwardError`] when a rule is broken, the problem is beyond the budget or a result beyond amounts.
pub fn award(request: AwardRequest) -> Result<AwardAnswer, AwardError> {
    let problem = request.problem()?;
    let line = |line: AwardedLine| AwardAllocation {
        supplier: problem.quotes[line.supplier].supplier.clone(),
        item: problem.items[line.item].item.clone(),
        quantity: line.quantity,
        cost_minor: line.cost_minor,
    };
    Ok(match award::solve(&problem)? {
        SplitAward::Optimal {
            total_minor,
            allocation,
        } => AwardAnswer {
            status: AwardStatus::Optimal,
            total_minor: Some(total_minor),
            allocation: Some(allocation.into_iter().map(line).collect()),
            uncoverable_items: None,
        },
        SplitAward::Infeasible { uncoverable } => {
            let name = |item: usize| problem.items[item].item.clone();
            AwardAnswer {
                status: AwardStatus::Infeasible,
                total_minor: None,
                allocation: None,
                uncoverable_items: Some(uncoverable.into_iter().map(name).collect()),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenders::calculators::vectors;

    #[test]
    fn every_example_is_awarded_as_stated() {
        let compared = |expected: &serde_json::Value, key: &str| match key {
            "unique" | "naive_greedy_minor" => false,
            "allocation" => expected["unique"] == true,
            _ => true,
        };
        vectors::check_kinds("4c_award_split", Some(compared), award);
    }
}
