//! Commitments: binding conditional demand of members, and the rules that make one valid.

use std::collections::HashSet;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::money::Overflow;
use crate::kernel::money::UnitPrice;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::kinds;
use crate::tenders::domain::exact;
use crate::tenders::domain::exact::MAX_QUANTITY;
use crate::tenders::domain::exact::OutOfRange;
use crate::tenders::domain::exact::TooComplex;
use crate::tenders::domain::price_schedule::ScheduleError;
use crate::tenders::domain::terms::Terms;
use crate::tenders::problems;

/// Most steps of all commitments together.
pub const MAX_STEPS: usize = 1_000_000;

/// At a unit price of at most `max_unit_price` the member takes `quantity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CommitmentStep)]
pub struct Step {
    /// Highest price at which the step holds.
    pub max_unit_price: UnitPrice,
    /// Units wanted.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub quantity: i64,
}

/// A member's conditional demand: more at lower prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Commitment {
    /// Whose demand it is.
    #[schema(max_length = 100)]
    pub member: String,
    /// Place in the order of commitment; breaks ties when capacity is scarce.
    pub sequence: i64,
    /// Limits falling, quantities rising.
    pub steps: Vec<Step>,
    /// Take the step in full or not at all.
    #[serde(default)]
    pub all_or_nothing: bool,
    /// Smallest share that the member takes when capacity is scarce.
    #[serde(default)]
    pub min_quantity: Option<i64>,
    /// Take part only if the group buys at least this much.
    #[serde(default)]
    pub min_group_quantity: Option<i64>,
}

impl Commitment {
    /// The quantity of the largest step.
    pub fn largest_quantity(&self) -> i64 {
        self.steps.last().map_or(0, |step| step.quantity)
    }

    /// The largest quantity whose limit `accepts`; 0 if there is none.
    ///
    /// # Errors
    /// Whatever `accepts` refuses with.
    pub fn demand_where<E>(
        &self,
        accepts: impl Fn(UnitPrice) -> Result<bool, E>,
    ) -> Result<i64, E> {
        for step in self.steps.iter().rev() {
            if accepts(step.max_unit_price)? {
                return Ok(step.quantity);
            }
        }
        Ok(0)
    }

    /// The smallest share of a scarce capacity that the member takes, when it demands `demand`.
    pub fn minimum_share(&self, demand: i64, order_multiple: i64) -> i64 {
        match self.min_quantity {
            _ if self.all_or_nothing => demand,
            Some(least) => least.max(order_multiple),
            None => order_multiple,
        }
    }
}

/// Why commitments cannot be cleared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClearingError {
    /// The breaks are no schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// A number is out of range.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// Steps are missing, or not ordered.
    #[error("the steps of '{member}' need falling limits and rising quantities")]
    StepsNotOrdered {
        /// Whose steps.
        member: String,
    },
    /// A quantity is not in whole packs.
    #[error("the quantity {quantity} of '{member}' is not a multiple of {order_multiple}")]
    QuantityNotMultiple {
        /// Whose step.
        member: String,
        /// The quantity at fault.
        quantity: i64,
        /// What it must be a multiple of.
        order_multiple: i64,
    },
    /// A member is named twice.
    #[error("'{member}' has more than one commitment")]
    DuplicateMember {
        /// Who.
        member: String,
    },
    /// A member is named that has no commitment.
    #[error("'{member}' has no commitment here")]
    UnknownMember {
        /// Who.
        member: String,
    },
    /// A quote is named twice.
    #[error("the quote '{quote}' is named twice")]
    DuplicateQuote {
        /// Which.
        quote: String,
    },
    /// Beyond the budget of one calculation.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
    /// A result is beyond amounts.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Refusal for ClearingError {
    fn kind(&self) -> &'static Kind {
        match self {
            Self::Schedule(error) => error.kind(),
            Self::OutOfRange(error) => error.kind(),
            Self::StepsNotOrdered { .. } => &problems::STEPS_NOT_ORDERED,
            Self::QuantityNotMultiple { .. } => &problems::QUANTITY_NOT_MULTIPLE,
            Self::DuplicateMember { .. } => &problems::DUPLICATE_MEMBER,
            Self::UnknownMember { .. } => &problems::UNKNOWN_MEMBER,
            Self::DuplicateQuote { .. } => &problems::DUPLICATE_QUOTE,
            Self::TooComplex(error) => error.kind(),
            Self::Overflow(_) => &kinds::OVERFLOW,
        }
    }

    fn params(&self) -> Map<String, Value> {
        let facts = match self {
            Self::Schedule(error) => return error.params(),
            Self::OutOfRange(error) => return error.params(),
            Self::TooComplex(error) => return error.params(),
            Self::Overflow(error) => return error.params(),
            Self::StepsNotOrdered { member }
            | Self::DuplicateMember { member }
            | Self::UnknownMember { member } => json!({ "member": member }),
            Self::DuplicateQuote { quote } => json!({ "quote": quote }),
            Self::QuantityNotMultiple {
                member,
                quantity,
                order_multiple,
            } => {
                json!({ "member": member, "quantity": quantity, "order_multiple": order_multiple })
            }
        };
        match facts {
            Value::Object(params) => params,
            _ => Map::new(),
        }
    }
}

/// Checks terms and commitments before they are cleared.
///
/// # Errors
/// [`ClearingError`] for the first rule broken.
pub fn check(terms: &Terms, commitments: &[Commitment]) -> Result<(), ClearingError> {
    exact::few_enough("commitments", commitments.len())?;
    let steps: usize = commitments.iter().map(|c| c.steps.len()).sum();
    if steps > MAX_STEPS {
        return Err(ClearingError::TooComplex(TooComplex {
            what: "steps",
            limit: MAX_STEPS as u64,
        }));
    }
    exact::within("moq", terms.moq, 1, MAX_QUANTITY)?;
    exact::within("order_multiple", terms.order_multiple, 1, MAX_QUANTITY)?;
    exact::within("capacity", terms.capacity.unwrap_or(0), 0, MAX_QUANTITY)?;
    exact::within("fixed_cost_minor", terms.fixed_cost_minor, 0, MAX_AMOUNT)?;
    exact::within("min_participants", terms.min_participants, 0, MAX_QUANTITY)?;
    let least = terms.min_total_quantity;
    exact::within("min_total_quantity", least, 0, MAX_QUANTITY)?;
    let mut seen = HashSet::new();
    for commitment in commitments {
        check_one(commitment, terms.order_multiple)?;
        if !seen.insert(commitment.member.as_str()) {
            return Err(ClearingError::DuplicateMember {
                member: commitment.member.clone(),
            });
        }
    }
    Ok(())
}

/// Checks one commitment against the tender's order multiple.
///
/// # Errors
/// [`ClearingError`] for the first rule broken.
pub fn check_one(commitment: &Commitment, order_multiple: i64) -> Result<(), ClearingError> {
    let least = commitment.min_quantity.unwrap_or(0);
    exact::within("min_quantity", least, 0, MAX_QUANTITY)?;
    let group = commitment.min_group_quantity.unwrap_or(0);
    exact::within("min_group_quantity", group, 0, MAX_QUANTITY)?;
    for step in &commitment.steps {
        exact::within("quantity", step.quantity, 1, MAX_QUANTITY)?;
        if step.quantity % order_multiple != 0 {
            return Err(ClearingError::QuantityNotMultiple {
                member: commitment.member.clone(),
                quantity: step.quantity,
                order_multiple,
            });
        }
    }
    let ordered = commitment.steps.windows(2).all(|pair| {
        pair[1].max_unit_price < pair[0].max_unit_price && pair[1].quantity > pair[0].quantity
    });
    if commitment.steps.is_empty() || !ordered {
        return Err(ClearingError::StepsNotOrdered {
            member: commitment.member.clone(),
        });
    }
    Ok(())
}
