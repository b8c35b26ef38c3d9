//! What a fund may still promise: its cash less what is set aside and what belongs to members (F3).

use serde_json::Map;
use serde_json::Value;

use crate::funds::problems;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refusal;

/// A fund's cash and what of it is spoken for, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cash {
    /// The bank sub-account.
    pub bank: i64,
    /// Reservations that are neither paid nor released.
    pub reserved: i64,
    /// Members' credits, which the fund only keeps.
    pub credits: i64,
}

/// The fund cannot pay or promise that much.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Overdrawn {
    #[error("the fund holds {}, {by} less than that", cash.bank)]
    Bank { by: i64, cash: Cash },
    #[error(
        "of the {} that the fund holds {} is reserved and {} is members' credit; {by} is missing",
        cash.bank, cash.reserved, cash.credits
    )]
    Promised { by: i64, cash: Cash },
}

impl Overdrawn {
    const fn parts(&self) -> (i64, Cash) {
        match self {
            Self::Bank { by, cash } | Self::Promised { by, cash } => (*by, *cash),
        }
    }
}

impl Refusal for Overdrawn {
    fn kind(&self) -> &'static Kind {
        &problems::FUND_OVERDRAWN
    }

    fn params(&self) -> Map<String, Value> {
        let (by, cash) = self.parts();
        let pairs = [
            ("by_minor", by),
            ("balance_minor", cash.bank),
            ("reserved_minor", cash.reserved),
            ("credits_minor", cash.credits),
        ];
        pairs
            .into_iter()
            .map(|(key, amount)| (key.to_owned(), amount.into()))
            .collect()
    }
}

impl Cash {
    /// Minor units that nobody was promised; below zero where a promise outlived its cash.
    pub const fn free(self) -> i64 {
        self.bank
            .saturating_sub(self.reserved)
            .saturating_sub(self.credits)
    }

    /// Passes a new promise of `amount`.
    ///
    /// # Errors
    /// [`Overdrawn::Promised`] with what is missing.
    pub fn promise(self, amount: i64) -> Result<(), Overdrawn> {
        let by = amount.saturating_sub(self.free());
        if by > 0 {
            Err(Overdrawn::Promised { by, cash: self })
        } else {
            Ok(())
        }
    }

    /// Passes a payment of `amount`, of which `from_reservation` was set aside for it.
    ///
    /// # Errors
    /// [`Overdrawn::Bank`] where the bank does not hold it; else [`Overdrawn::Promised`] where what it holds
    /// is promised to others.
    pub fn pay(self, amount: i64, from_reservation: i64) -> Result<(), Overdrawn> {
        let by = amount.saturating_sub(self.bank);
        if by > 0 {
            return Err(Overdrawn::Bank { by, cash: self });
        }
        let others = Self {
            reserved: self.reserved.saturating_sub(from_reservation),
            ..self
        };
        others.promise(amount)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bank_refuses_first_and_what_is_promised_next() {
        let cash = Cash {
            bank: 1_421_843,
            reserved: 1_000,
            credits: 6_495,
        };
        assert_eq!(
            cash.pay(9_999_999, 0),
            Err(Overdrawn::Bank {
                by: 8_578_156,
                cash
            })
        );
        assert_eq!(
            cash.promise(1_421_843),
            Err(Overdrawn::Promised { by: 7_495, cash })
        );
        assert_eq!(cash.pay(1_414_349, 0).map_err(|e| e.parts().0), Err(1));
        assert_eq!(cash.pay(1_414_348, 0), Ok(()).and(cash.promise(1_414_348)));
        assert_eq!(cash.pay(1_415_348, 1_000), Ok(()));
    }

    proptest! {
        #[test]
        fn what_passes_leaves_every_promise_covered(
            bank in 0_i64..500, reserved in 0_i64..200, credits in 0_i64..200, amount in 1_i64..600,
        ) {
            let cash = Cash { bank, reserved, credits };
            match cash.promise(amount) {
                Ok(()) => prop_assert!(bank - reserved - credits - amount >= 0),
                Err(refused) => prop_assert_eq!(bank - reserved - credits - amount + refused.parts().0, 0),
            }
            if cash.pay(amount, 0).is_ok() {
                prop_assert!(cash.promise(amount).is_ok());
            }
        }
    }
}
