//! A member's share of what the fund bought: the spending by cash paid (fund.md 3.4).

use crate::funds::domain::apportion::Payer;
use crate::funds::domain::apportion::SplitRefusal;
use crate::funds::domain::apportion::split;
use crate::kernel::rational::Exact;

/// Splits `spent` by what each member paid, by largest remainder: minor units in the order of `paid`.
///
/// # Errors
/// As [`split`]; nobody who paid is no error, and everybody's share is then zero.
pub fn bought(spent: i64, paid: &[(String, i64)]) -> Result<Vec<i64>, SplitRefusal> {
    if paid.iter().all(|(_, amount)| *amount == 0) {
        return Ok(vec![0; paid.len()]);
    }
    let payers: Vec<Payer> = paid
        .iter()
        .map(|(id, amount)| Payer::new(id.clone(), Exact::whole(*amount)))
        .collect();
    let found = split(spent, 1, &payers)?;
    Ok(found.shares.iter().map(|share| share.amount).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spending_is_shared_by_what_was_paid_to_the_last_cent() {
        let paid = [
            ("a".to_owned(), 100),
            ("b".to_owned(), 100),
            ("c".to_owned(), 100),
        ];
        assert_eq!(bought(100, &paid), Ok(vec![34, 33, 33]));
        assert_eq!(bought(100, &[("a".to_owned(), 0)]), Ok(vec![0]));
        assert_eq!(bought(0, &[]), Ok(vec![]));
    }
}
