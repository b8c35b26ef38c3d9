//! Conditional commitments cleared at the greatest fixed point.
//!
//! Everybody starts at the largest step. The price of the total drives out steps whose limit is below it,
//! the smaller total drives out members who want a larger group, until nothing changes. Price only rises
//! and total only falls, so each ordered list is swept once: O(S log S + K) for S steps and K breaks.
//! The result dominates every consistent outcome member by member; order of arrival is irrelevant.

use crate::kernel::money::Overflow;
use crate::kernel::money::UnitPrice;
use crate::tenders::domain::commitments;
use crate::tenders::domain::commitments::ClearingError;
use crate::tenders::domain::commitments::Commitment;
use crate::tenders::domain::exact;
use crate::tenders::domain::rationing;
use crate::tenders::domain::rationing::Claim;
use crate::tenders::domain::terms::LimitBasis;
use crate::tenders::domain::terms::Terms;

crate::words! {
    /// Whether a group forms.
    pub enum Outcome {
        /// There is a price and a set of buyers.
        Cleared = "cleared",
        /// Nobody buys.
        NoDeal = "no_deal",
    }
}

crate::words! {
    /// Why nobody buys.
    pub enum NoDealReason {
        /// No price is at or below the limits of those it needs.
        NoConsistentOutcome = "no_consistent_outcome",
        /// Fewer buyers than the tender asks for.
        TooFewParticipants = "too_few_participants",
        /// Less quantity than the tender asks for.
        BelowMinimumTotal = "below_minimum_total",
    }
}

crate::words! {
    /// What became of one commitment.
    pub enum MemberStatus {
        /// The largest step is allocated.
        Accepted = "accepted",
        /// A smaller step is allocated, because the price is above the limit of a larger one.
        AcceptedLowerStep = "accepted_lower_step",
        /// Less than the step is allocated, for lack of capacity.
        Rationed = "rationed",
        /// The price reached is above every limit of the member.
        LimitBelowPrice = "limit_below_price",
        /// The group is smaller than the member asks for.
        GroupQuantityNotMet = "group_quantity_not_met",
        /// The share of a scarce capacity is below what the member would take.
        CapacityMinimumNotMet = "capacity_minimum_not_met",
        /// Nobody buys.
        NoDeal = "no_deal",
    }
}

/// The result for one commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// What became of it.
    pub status: MemberStatus,
    /// Units to deliver; 0 when left out.
    pub quantity: i64,
}

/// A price and the buyers at that price, or why there are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearing {
    /// Why nobody buys; none when cleared.
    pub reason: Option<NoDealReason>,
    /// The price that every buyer pays.
    pub unit_price: Option<UnitPrice>,
    /// Price and share of the fixed cost, scaled by 10^6, for display; for landed limits only.
    pub landed_unit_price: Option<i128>,
    /// Index of the break that the group reaches.
    pub tier_index: Option<usize>,
    /// Units wanted at this price.
    pub total_demand: i64,
    /// Units allocated: the demand, or the capacity.
    pub total_allocated: i64,
    /// Members with an allocation.
    pub participants: usize,
    /// One allocation per commitment, in the order of the input.
    pub allocations: Vec<Allocation>,
}

impl Clearing {
    /// Whether a group forms.
    pub fn outcome(&self) -> Outcome {
        match self.reason {
            None => Outcome::Cleared,
            Some(_) => Outcome::NoDeal,
        }
    }
}

/// Clears `commitments` against `terms`.
///
/// # Errors
/// [`ClearingError`] for commitments or terms that break a rule, and results beyond amounts.
pub fn clear(terms: &Terms, commitments: &[Commitment]) -> Result<Clearing, ClearingError> {
    commitments::check(terms, commitments)?;
    let mut sweep = Sweep::new(terms, commitments)?;
    sweep.settle()?;
    let capacity = terms.usable_capacity();
    let shares = match capacity.filter(|most| sweep.total > *most) {
        None => None,
        Some(most) => sweep.ration(most)?,
    };
    Ok(sweep.result(shares.as_deref())?)
}

/// Why a member is out, while the sweep runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    In,
    GroupTooSmall,
    CapacityTooSmall,
}

struct Sweep<'a> {
    terms: &'a Terms,
    commitments: &'a [Commitment],
    /// Per member how many of its steps are still acceptable.
    steps_left: Vec<usize>,
    standing: Vec<Standing>,
    /// Steps by limit, lowest first, larger quantity first among equals; the next to fall is at `next_step`.
    by_limit: Vec<(UnitPrice, usize)>,
    next_step: usize,
    /// Members with a group condition, largest first; the next to leave is at `next_group`.
    by_group: Vec<(i64, usize)>,
    next_group: usize,
    total: i64,
}

impl<'a> Sweep<'a> {
    fn new(terms: &'a Terms, commitments: &'a [Commitment]) -> Result<Self, Overflow> {
        let mut by_limit = vec![];
        let mut by_group = vec![];
        let mut total = 0_i128;
        for (member, commitment) in commitments.iter().enumerate() {
            by_limit.extend(commitment.steps.iter().map(|s| (s.max_unit_price, member)));
            by_group.extend(commitment.min_group_quantity.map(|least| (least, member)));
            total += i128::from(commitment.largest_quantity());
        }
        by_limit.sort_unstable();
        by_group.sort_unstable_by(|a, b| b.cmp(a));
        Ok(Self {
            terms,
            commitments,
            steps_left: commitments.iter().map(|c| c.steps.len()).collect(),
            standing: vec![Standing::In; commitments.len()],
            by_limit,
            next_step: 0,
            by_group,
            next_group: 0,
            total: exact::amount(total)?,
        })
    }

    /// What the member would take at the present price if it is in.
    fn demand(&self, member: usize) -> i64 {
        match self.steps_left[member] {
            0 => 0,
            left => self.commitments[member].steps[left - 1].quantity,
        }
    }

    fn is_in(&self, member: usize) -> bool {
        self.standing[member] == Standing::In
    }

    fn counted_total(&self) -> i64 {
        let capacity = self.terms.usable_capacity();
        capacity.map_or(self.total, |most| self.total.min(most))
    }

    /// Lets steps and members fall until the total carries itself.
    fn settle(&mut self) -> Result<(), Overflow> {
        loop {
            let before = (self.next_step, self.next_group);
            let asked = self.terms.asked_at(self.total)?;
            while let Some((limit, member)) = self.by_limit.get(self.next_step).copied() {
                let stays = asked.map_or(Ok(false), |asked| asked.is_within(limit))?;
                if stays {
                    break;
                }
                self.next_step += 1;
                let demand = self.demand(member);
                self.steps_left[member] -= 1;
                if self.is_in(member) {
                    self.total -= demand - self.demand(member);
                }
            }
            let counted = self.counted_total();
            while let Some((least, member)) = self.by_group.get(self.next_group).copied() {
                if least <= counted {
                    break;
                }
                self.next_group += 1;
                self.leave(member, Standing::GroupTooSmall);
            }
            if before == (self.next_step, self.next_group) {
                return Ok(());
            }
        }
    }

    fn leave(&mut self, member: usize, standing: Standing) {
        if self.is_in(member) {
            self.total -= self.demand(member);
            self.standing[member] = standing;
        }
    }

    /// Takes out members whose share of the capacity is too small, latest first; shares by member, or none
    /// when the capacity suffices in the end.
    fn ration(&mut self, capacity: i64) -> Result<Option<Vec<i64>>, ClearingError> {
        let claims = (0..self.commitments.len())
            .filter(|member| self.is_in(*member) && self.demand(*member) > 0)
            .map(|member| Claim {
                member,
                sequence: self.commitments[member].sequence,
                demand: self.demand(member),
                minimum: self.commitments[member]
                    .minimum_share(self.demand(member), self.terms.order_multiple),
            })
            .collect();
        let rationed = rationing::ration(claims, capacity, self.terms.order_multiple)?;
        for member in rationed.left_out {
            self.leave(member, Standing::CapacityTooSmall);
        }
        self.settle()?;
        Ok(rationed.shares.map(|shares| {
            let mut by_member = vec![0; self.commitments.len()];
            for (member, share) in shares {
                by_member[member] = share;
            }
            by_member
        }))
    }

    fn allocation(&self, member: usize, shares: Option<&[i64]>) -> Allocation {
        let demand = self.demand(member);
        let left_out = match self.standing[member] {
            Standing::CapacityTooSmall => Some(MemberStatus::CapacityMinimumNotMet),
            Standing::In | Standing::GroupTooSmall if demand == 0 => {
                Some(MemberStatus::LimitBelowPrice)
            }
            Standing::GroupTooSmall => Some(MemberStatus::GroupQuantityNotMet),
            Standing::In => None,
        };
        if let Some(status) = left_out {
            return Allocation {
                status,
                quantity: 0,
            };
        }
        let quantity = shares.map_or(demand, |shares| shares[member]);
        let status = if quantity < demand {
            MemberStatus::Rationed
        } else if self.steps_left[member] < self.commitments[member].steps.len() {
            MemberStatus::AcceptedLowerStep
        } else {
            MemberStatus::Accepted
        };
        Allocation { status, quantity }
    }

    fn result(&self, shares: Option<&[i64]>) -> Result<Clearing, Overflow> {
        let members = 0..self.commitments.len();
        let allocations: Vec<Allocation> = members.map(|m| self.allocation(m, shares)).collect();
        let participants = allocations.iter().filter(|a| a.quantity > 0).count();
        let total_allocated: i64 = allocations.iter().map(|a| a.quantity).sum();
        let tier = self.terms.schedule.tier_at(total_allocated);
        let reason = match tier {
            None => Some(NoDealReason::NoConsistentOutcome),
            Some(_) if total_allocated == 0 => Some(NoDealReason::NoConsistentOutcome),
            Some(_) if (participants as i64) < self.terms.min_participants => {
                Some(NoDealReason::TooFewParticipants)
            }
            Some(_) if total_allocated < self.terms.min_total_quantity => {
                Some(NoDealReason::BelowMinimumTotal)
            }
            Some(_) => None,
        };
        let Some(tier_index) = tier.filter(|_| reason.is_none()) else {
            return Ok(self.no_deal(reason));
        };
        let unit_price = self.terms.schedule.breaks()[tier_index].unit_price;
        Ok(Clearing {
            reason: None,
            unit_price: Some(unit_price),
            landed_unit_price: self.landed_unit_price(unit_price, total_allocated)?,
            tier_index: Some(tier_index),
            total_demand: self.total,
            total_allocated,
            participants,
            allocations,
        })
    }

    fn no_deal(&self, reason: Option<NoDealReason>) -> Clearing {
        let nothing = Allocation {
            status: MemberStatus::NoDeal,
            quantity: 0,
        };
        Clearing {
            reason,
            unit_price: None,
            landed_unit_price: None,
            tier_index: None,
            total_demand: 0,
            total_allocated: 0,
            participants: 0,
            allocations: vec![nothing; self.commitments.len()],
        }
    }

    fn landed_unit_price(&self, price: UnitPrice, total: i64) -> Result<Option<i128>, Overflow> {
        if self.terms.limit_basis == LimitBasis::Goods {
            return Ok(None);
        }
        let fixed = self.terms.fixed_cost_minor;
        let share = exact::scaled_per_unit(fixed, self.terms.minor_per_major, total)?;
        Ok(Some(i128::from(price.scaled()) + share))
    }
}

#[cfg(test)]
#[path = "clearing_tests.rs"]
mod tests;
