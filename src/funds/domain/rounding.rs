//! Rounding an exact number to a whole one: done once, at the end, in a named mode.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

/// Where the part below one unit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RoundingMode)]
pub enum Mode {
    /// To the nearest; halves away from zero.
    #[default]
    HalfUp,
    /// To the nearest; halves to the even neighbour.
    HalfEven,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

impl Mode {
    /// Rounds to a whole number.
    pub fn round(self, value: &BigRational) -> BigInt {
        match self {
            Self::HalfUp => value.round().to_integer(),
            Self::Down => value.trunc().to_integer(),
            Self::Up if value.is_negative() => value.floor().to_integer(),
            Self::Up => value.ceil().to_integer(),
            Self::HalfEven => half_even(value),
        }
    }

    /// Rounds to a multiple of `quantum`, which is positive.
    pub fn round_to(self, value: &BigRational, quantum: i64) -> BigInt {
        let quantum = BigInt::from(quantum);
        self.round(&(value / &quantum)) * quantum
    }
}

fn half_even(value: &BigRational) -> BigInt {
    let nearest = value.round().to_integer();
    let distance = (value - BigRational::from_integer(nearest.clone())).abs();
    let is_half = distance == BigRational::new(1.into(), 2.into());
    if is_half && nearest.bit(0) {
        nearest - value.numer().signum()
    } else {
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarters(n: i64) -> BigRational {
        BigRational::new(n.into(), 4.into())
    }

    #[test]
    fn each_mode_sends_fractions_where_it_says() {
        // value in quarters: half_up, half_even, up, down
        for (n, half_up, half_even, up, down) in [
            (0, 0, 0, 0, 0),
            (1, 0, 0, 1, 0),
            (2, 1, 0, 1, 0),
            (3, 1, 1, 1, 0),
            (6, 2, 2, 2, 1),
            (10, 3, 2, 3, 2),
            (-2, -1, 0, -1, 0),
            (-6, -2, -2, -2, -1),
            (-1, 0, 0, -1, 0),
        ] {
            let value = quarters(n);
            assert_eq!(Mode::HalfUp.round(&value), half_up.into(), "{n}");
            assert_eq!(Mode::HalfEven.round(&value), half_even.into(), "{n}");
            assert_eq!(Mode::Up.round(&value), up.into(), "{n}");
            assert_eq!(Mode::Down.round(&value), down.into(), "{n}");
        }
    }

    #[test]
    fn a_quantum_rounds_to_its_multiples() {
        let value = BigRational::from_integer(12_350.into());
        assert_eq!(Mode::HalfUp.round_to(&value, 100), 12_400.into());
        assert_eq!(Mode::HalfEven.round_to(&value, 100), 12_400.into());
        assert_eq!(Mode::Down.round_to(&value, 100), 12_300.into());
    }
}
