//! What can be measured of a member: the common measures, and those that an alliance adds.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::kernel::money::Currency;
use crate::kernel::rational::Exact;

/// One measure of an alliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    pub key: String,
    /// A currency code, or what is counted.
    pub unit: String,
    pub is_money: bool,
    /// Decimals of a stored value: with scale 1, 25 means 2.5.
    pub scale: u32,
    pub description: String,
    /// Whether only a verified size counts.
    pub evidence_required: bool,
}

impl Measure {
    /// A stored value in the unit of the measure; money stays in minor units.
    pub fn exact(&self, value: i64) -> Exact {
        let scale = BigInt::from(10).pow(self.scale);
        Exact(BigRational::new(BigInt::from(value), scale))
    }
}

/// Measures that every alliance knows: key, whether it is money, description.
const COMMON: [(&str, bool, &str); 9] = [
    ("annual_revenue", true, "Revenue of a year, without tax"),
    ("employees_fte", false, "Employees in full-time equivalents"),
    (
        "rateable_value",
        true,
        "Value of the premises as the authority lists it",
    ),
    (
        "followers",
        false,
        "Followers of the shop's accounts on a stated day",
    ),
    ("outlets", false, "Shops and branches"),
    ("floor_area", false, "Floor area in whole square metres"),
    (
        "purchases_from_brand",
        true,
        "Purchases from the alliance's brand in a year",
    ),
    ("revenue", true, "Revenue of the period that the rule names"),
    (
        "purchases",
        true,
        "Purchases of the period that the rule names",
    ),
];

/// A common measure by its key, in the currency of the alliance.
pub fn common(key: &str, currency: Currency) -> Option<Measure> {
    all_common(currency)
        .into_iter()
        .find(|known| known.key == key)
}

/// All common measures.
pub fn all_common(currency: Currency) -> Vec<Measure> {
    COMMON
        .iter()
        .map(|(key, is_money, description)| Measure {
            key: (*key).to_owned(),
            unit: if *is_money { currency.code() } else { "count" }.to_owned(),
            is_money: *is_money,
            scale: 0,
            description: (*description).to_owned(),
            evidence_required: false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_says_how_many_decimals_a_stored_value_has() {
        let cny = Currency::parse("CNY").expect("known");
        let mut measure = common("employees_fte", cny).expect("common");
        assert_eq!(measure.exact(25), Exact::whole(25));
        measure.scale = 1;
        assert_eq!(Some(measure.exact(25)), Exact::parse("2.5"));
    }

    #[test]
    fn common_measures_of_money_count_in_the_alliance_s_currency() {
        let jpy = Currency::parse("JPY").expect("known");
        let unit = |key| common(key, jpy).map(|measure| measure.unit);
        assert_eq!(unit("annual_revenue").as_deref(), Some("JPY"));
        assert_eq!(unit("outlets").as_deref(), Some("count"));
        assert_eq!(unit("shoe_size"), None);
    }
}
