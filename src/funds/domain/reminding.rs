//! When a member is reminded of what is due: some days before, and some days after, once for each step.

use chrono::NaiveDate;

/// The newest step that is due on `today` for a part that is due on `due_on`, in days after that day (negative before
/// it). Steps that downtime missed are not made up for: one mail says as much as three.
pub fn step(due_on: NaiveDate, today: NaiveDate, before: &[u32], after: &[u32]) -> Option<i64> {
    let past = today.signed_duration_since(due_on).num_days();
    let steps = before
        .iter()
        .map(|days| -i64::from(*days))
        .chain(after.iter().map(|days| i64::from(*days)));
    // A step before the day is over with the day itself.
    steps
        .filter(|step| *step <= past && (*step > 0 || past <= 0))
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, number).expect("a day")
    }

    #[test]
    fn each_step_comes_on_its_day_and_the_newest_one_counts() {
        let step = |today| step(day(15), day(today), &[7, 1], &[3, 14]);
        assert_eq!(step(7), None);
        assert_eq!(step(8), Some(-7));
        assert_eq!(step(13), Some(-7));
        assert_eq!(step(14), Some(-1));
        assert_eq!(step(15), Some(-1));
        assert_eq!(step(16), None);
        assert_eq!(step(18), Some(3));
        assert_eq!(step(28), Some(3));
        assert_eq!(step(29), Some(14));
    }
}
