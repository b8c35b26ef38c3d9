//! What commitments are cleared against: a quote's prices, the tender's minimums, and the price asked at a total.

use crate::kernel::money::Overflow;
use crate::kernel::money::PRICE_SCALE;
use crate::kernel::money::UnitPrice;
use crate::tenders::domain::exact;
use crate::tenders::domain::price_schedule::PriceSchedule;

crate::words! {
    /// What a member's limit is compared with.
    #[derive(Default)]
    pub enum LimitBasis {
        /// The unit price.
        #[default]
        Goods = "goods",
        /// The unit price plus the member's equal share of the fixed cost per unit.
        Landed = "landed",
    }
}

/// The terms that commitments are cleared against: one quote and the tender's rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// All-units prices by group total.
    pub schedule: PriceSchedule,
    /// Smallest group total that the quote covers.
    pub moq: i64,
    /// Quantities are multiples of it.
    pub order_multiple: i64,
    /// Largest group total that the quote covers.
    pub capacity: Option<i64>,
    /// Cost shared by the group in minor units; counts when limits are landed.
    pub fixed_cost_minor: i64,
    /// What limits are compared with.
    pub limit_basis: LimitBasis,
    /// Fewest buyers.
    pub min_participants: i64,
    /// Smallest group total that the tender accepts.
    pub min_total_quantity: i64,
    /// Minor units in one major unit.
    pub minor_per_major: i128,
}

/// The price that limits are compared with: `price + fixed / total`, kept as a fraction.
#[derive(Debug, Clone, Copy)]
pub struct AskedPrice {
    scaled_price: i128,
    fixed: i128,
    total: i128,
}

impl AskedPrice {
    /// Whether a limit is at or above this price: `(limit - price) x total >= fixed`, exactly.
    ///
    /// # Errors
    /// [`Overflow`] beyond `i128`.
    pub fn is_within(self, limit: UnitPrice) -> Result<bool, Overflow> {
        let room = i128::from(limit.scaled()) - self.scaled_price;
        Ok(exact::product(&[room, self.total])? >= self.fixed)
    }
}

impl Terms {
    /// Capacity in whole multiples; none without a limit.
    pub fn usable_capacity(&self) -> Option<i64> {
        self.capacity
            .map(|most| most / self.order_multiple * self.order_multiple)
    }

    /// The price at a group total of `total` units; none below MOQ or the first break, which is "infinite".
    ///
    /// # Errors
    /// [`Overflow`] beyond `i128`.
    pub fn asked_at(&self, total: i64) -> Result<Option<AskedPrice>, Overflow> {
        let total = self.usable_capacity().map_or(total, |most| total.min(most));
        let Some(tier) = self.schedule.tier_at(total).filter(|_| total >= self.moq) else {
            return Ok(None);
        };
        let fixed_minor = match self.limit_basis {
            LimitBasis::Goods => 0,
            LimitBasis::Landed => self.fixed_cost_minor,
        };
        Ok(Some(AskedPrice {
            scaled_price: self.schedule.breaks()[tier].unit_price.scaled().into(),
            fixed: exact::product(&[fixed_minor.into(), PRICE_SCALE.into()])?,
            total: exact::product(&[total.into(), self.minor_per_major])?,
        }))
    }
}
