//! When the parts of a notice are due.

use chrono::Months;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::funds::domain::instalments::InstalmentRefusal;
use crate::funds::domain::instalments::instalments;

/// One part of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Instalment {
    #[schema(value_type = String, format = Date, max_length = 10)]
    pub due_on: NaiveDate,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub amount_minor: i64,
}

/// The days on which `count` parts are due, a month apart from `first` on; the end of a short month stands in
/// for a day that it does not have.
pub fn monthly(first: NaiveDate, count: i64) -> Vec<NaiveDate> {
    let count = u32::try_from(count).unwrap_or(1).max(1);
    (0..count)
        .filter_map(|month| first.checked_add_months(Months::new(month)))
        .collect()
}

/// The parts of `amount` on these days, larger ones first; parts of nothing are left out.
///
/// # Errors
/// When there are too many days, or the amount is negative.
pub fn parts(amount: i64, days: &[NaiveDate]) -> Result<Vec<Instalment>, InstalmentRefusal> {
    let count = i64::try_from(days.len()).unwrap_or(i64::MAX);
    let amounts = instalments(amount, count)?;
    Ok(days
        .iter()
        .zip(amounts)
        .filter(|(_, amount)| *amount > 0)
        .map(|(due_on, amount_minor)| Instalment {
            due_on: *due_on,
            amount_minor,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fall_due_month_by_month_and_add_up() {
        let first: NaiveDate = "2026-01-31".parse().expect("a date");
        let days = monthly(first, 3);
        let shown: Vec<String> = days.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2026-01-31", "2026-02-28", "2026-03-31"]);
        let amounts = |total| -> Vec<i64> {
            let parts = parts(total, &days).expect("in range");
            parts.into_iter().map(|part| part.amount_minor).collect()
        };
        assert_eq!(amounts(100), [34, 33, 33]);
        assert_eq!(amounts(2), [1, 1]);
    }
}
