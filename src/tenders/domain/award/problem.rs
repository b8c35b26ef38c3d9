//! What is to be awarded: items, quotes and constraints, and the rules that make them valid.

use std::collections::HashSet;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::exact::OutOfRange;
use crate::tenders::domain::exact::TooComplex;
use crate::tenders::domain::price_schedule::PriceSchedule;
use crate::tenders::domain::price_schedule::ScheduleError;
use crate::tenders::problems;

/// Most suppliers in one award.
const MAX_SUPPLIERS: usize = 12;

/// Most suppliers when an item may be split among more than [`FEW_PER_ITEM`].
const MAX_SUPPLIERS_WIDE: usize = 6;

/// Suppliers per item that keep an award of [`MAX_SUPPLIERS`] exact.
const FEW_PER_ITEM: usize = 3;

crate::words! {
    /// How an item's demand is met.
    #[derive(Default)]
    pub enum Fill {
        /// To the unit.
        #[default]
        Exact = "exact",
        /// With at most the allowed surplus.
        AtLeast = "at_least",
    }
}

/// An item and how much of it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardItem {
    /// Name of the item.
    pub item: String,
    /// Units wanted.
    pub demand: i64,
}

/// One supplier's offer for one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardLine {
    /// Index of the item.
    pub item: usize,
    /// Prices by quantity.
    pub schedule: PriceSchedule,
    /// Units that one price pays for.
    pub base_quantity: i64,
    /// Smallest order.
    pub moq: i64,
    /// Orders are multiples of it.
    pub order_multiple: i64,
    /// Largest order.
    pub capacity: Option<i64>,
    /// Paid once if the line is used, in minor units.
    pub tooling_minor: i64,
}

/// One supplier's quote; quotes are in order of submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardQuote {
    /// Name of the supplier.
    pub supplier: String,
    /// Paid once if anything is awarded to it, in minor units.
    pub fixed_cost_minor: i64,
    /// At most one line per item.
    pub lines: Vec<AwardLine>,
}

/// Limits on the award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AwardConstraints {
    /// Most suppliers in all.
    pub max_suppliers: Option<i64>,
    /// Most suppliers of one item.
    pub max_suppliers_per_item: Option<i64>,
    /// Most of an item's demand at one supplier, in basis points.
    pub max_share_bps: i64,
    /// How demand is met.
    pub fill: Fill,
    /// Most units beyond the demand of an item, with `at_least`.
    pub max_surplus: i64,
}

/// Items, quotes and constraints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardProblem {
    /// What is wanted.
    pub items: Vec<AwardItem>,
    /// What is offered.
    pub quotes: Vec<AwardQuote>,
    /// What is allowed.
    pub constraints: AwardConstraints,
    /// Minor units in one major unit.
    pub minor_per_major: i128,
}

/// Why an award cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwardError {
    /// The breaks of a line are no schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A number is out of range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// An item is named twice.
    #[error("the item '{item}' is named twice")]
    DuplicateItem {
        /// Which.
        item: String,
    },
    /// A supplier quotes twice.
    #[error("'{supplier}' quotes twice")]
    DuplicateSupplier {
        /// Who.
        supplier: String,
    },
    /// A quote has two lines for one item.
    #[error("'{supplier}' offers one item twice")]
    DuplicateLine {
        /// Who.
        supplier: String,
    },
    /// A line offers an item that is not wanted.
    #[error("the item '{item}' is not part of the tender")]
    UnknownItem {
        /// Which.
        item: String,
    },
    /// Beyond the budget of one calculation.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
    /// A result is beyond amounts.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for AwardError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Schedule(error) => error.kind(),
            Self::OutOfRange(error) => error.kind(),
            Self::DuplicateItem { .. } => &problems::DUPLICATE_ITEM,
            Self::DuplicateSupplier { .. } => &problems::DUPLICATE_SUPPLIER,
            Self::DuplicateLine { .. } => &problems::DUPLICATE_LINE_REF,
            Self::UnknownItem { .. } => &problems::UNKNOWN_ITEM,
            Self::TooComplex(error) => error.kind(),
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let (key, value) = match self {
            Self::Schedule(error) => return error.params(),
            Self::OutOfRange(error) => return error.params(),
            Self::TooComplex(error) => return error.params(),
            Self::Overflow(error) => return error.params(),
            Self::DuplicateItem { item } | Self::UnknownItem { item } => ("item", item),
            Self::DuplicateSupplier { supplier } | Self::DuplicateLine { supplier } => {
                ("supplier", supplier)
            }
        };
        std::iter::once((key.to_owned(), json!(value))).collect()
    }
}

impl AwardProblem {
    /// Most suppliers in all.
    pub fn most_suppliers(&self) -> usize {
        let limit = self.constraints.max_suppliers.unwrap_or(i64::MAX);
        usize::try_from(limit).map_or(0, |limit| limit.min(self.quotes.len()))
    }

    /// Most suppliers of one item.
    pub fn most_per_item(&self) -> usize {
        let limit = self.constraints.max_suppliers_per_item.unwrap_or(i64::MAX);
        usize::try_from(limit).map_or(0, |limit| limit.min(self.most_suppliers()))
    }

    /// Largest quantity of an item: the demand, and the surplus if there may be one.
    pub fn most_of(&self, item: usize) -> i64 {
        let surplus = match self.constraints.fill {
            Fill::Exact => 0,
            Fill::AtLeast => self.constraints.max_surplus,
        };
        self.items[item].demand + surplus
    }

    /// Largest quantity of an item at one supplier: the share of the demand; all, surplus included, without a cap.
    pub fn largest_share(&self, item: usize) -> i64 {
        let most = self.most_of(item);
        let bps = self.constraints.max_share_bps;
        if bps >= 10_000 {
            return most;
        }
        let share = i128::from(self.items[item].demand) * i128::from(bps) / 10_000;
        i64::try_from(share).map_or(most, |share| share.min(most))
    }

    /// Checks names, ranges and the number of suppliers.
    ///
    /// # Errors
    /// [`AwardError`] for the first rule broken.
    pub fn check(&self) -> Result<(), AwardError> {
        self.check_size()?;
        let limits = &self.constraints;
        let most = limits.max_suppliers.unwrap_or(1);
        exact::within("max_suppliers", most, 0, MAX_QUANTITY)?;
        let most = limits.max_suppliers_per_item.unwrap_or(1);
        exact::within("max_suppliers_per_item", most, 0, MAX_QUANTITY)?;
        exact::within("max_share_bps", limits.max_share_bps, 0, 10_000)?;
        exact::within("max_surplus", limits.max_surplus, 0, MAX_QUANTITY)?;
        let mut names = HashSet::new();
        for item in &self.items {
            exact::within("demand", item.demand, 0, MAX_QUANTITY)?;
            if !names.insert(item.item.as_str()) {
                let item = item.item.clone();
                return Err(AwardError::DuplicateItem { item });
            }
        }
        let mut names = HashSet::new();
        for quote in &self.quotes {
            if !names.insert(quote.supplier.as_str()) {
                let supplier = quote.supplier.clone();
                return Err(AwardError::DuplicateSupplier { supplier });
            }
            exact::within("fixed_cost_minor", quote.fixed_cost_minor, 0, MAX_AMOUNT)?;
            let mut items = HashSet::new();
            for line in &quote.lines {
                if !items.insert(line.item) {
                    let supplier = quote.supplier.clone();
                    return Err(AwardError::DuplicateLine { supplier });
                }
                line.check()?;
            }
        }
        Ok(())
    }

    fn check_size(&self) -> Result<(), TooComplex> {
        exact::few_enough("items", self.items.len())?;
        let limit = if self.most_per_item() <= FEW_PER_ITEM {
            MAX_SUPPLIERS
        } else {
            MAX_SUPPLIERS_WIDE
        };
        if self.quotes.len() > limit {
            return Err(TooComplex {
                what: "suppliers",
                limit: limit as u64,
            });
        }
        Ok(())
    }
}

impl AwardLine {
    fn check(&self) -> Result<(), OutOfRange> {
        exact::within("base_quantity", self.base_quantity, 1, MAX_QUANTITY)?;
        exact::within("moq", self.moq, 1, MAX_QUANTITY)?;
        exact::within("order_multiple", self.order_multiple, 1, MAX_QUANTITY)?;
        exact::within("capacity", self.capacity.unwrap_or(0), 0, MAX_QUANTITY)?;
        exact::within("tooling_minor", self.tooling_minor, 0, MAX_AMOUNT)?;
        Ok(())
    }
}
