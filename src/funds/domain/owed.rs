//! What is left of a levy notice: payments, credit notes and write-offs against what was billed (fund.md 3.2).
//!
//! `due = amount - paid - (credited - returned) - written off`, and it is never negative: what a credit note takes
//! off a notice that is paid already goes to the member's credit ("returned").

use chrono::NaiveDate;

use crate::funds::domain::state::NoticeState;

/// The amounts of a notice, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Owed {
    pub amount: i64,
    pub paid: i64,
    pub credited: i64,
    /// The part of `credited` that went to the member's credit.
    pub returned: i64,
    pub written_off: i64,
}

/// A part of a notice with a day of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    pub due_on: NaiveDate,
    pub amount: i64,
}

impl Owed {
    /// What the member still has to pay.
    pub const fn due(&self) -> i64 {
        self.amount - self.paid - self.credited + self.returned - self.written_off
    }

    /// The most that a credit note may take off: nobody is credited more than was billed.
    pub const fn creditable(&self) -> i64 {
        self.amount - self.credited - self.written_off
    }

    /// Takes `amount` off by a credit note and answers how much of it goes to the member's credit.
    pub fn credit(&mut self, amount: i64) -> i64 {
        let returned = amount - std::cmp::min(amount, self.due());
        self.credited += amount;
        self.returned += returned;
        returned
    }

    /// Takes a payment back, and answers how much of the member's credit pays for the part of earlier credit notes
    /// that the payment had turned into credit.
    pub fn unpay(&mut self, amount: i64) -> i64 {
        self.paid -= amount;
        let back = std::cmp::min(self.returned, self.due());
        self.returned -= back;
        back
    }

    /// The day of the first instalment that payments and credit notes do not cover; `None` where they cover all of
    /// them. A write-off covers nothing: the member's arrears stay on record.
    pub fn next_due(&self, schedule: &[Instalment]) -> Option<NaiveDate> {
        let mut covered = self.paid + self.credited - self.returned;
        for part in schedule {
            covered -= part.amount;
            if covered < 0 {
                return Some(part.due_on);
            }
        }
        None
    }

    /// The state that the amounts make: `was` the one before, `next_due` the day of the first uncovered instalment.
    pub fn state(
        &self,
        was: NoticeState,
        next_due: Option<NaiveDate>,
        today: NaiveDate,
    ) -> NoticeState {
        match was {
            NoticeState::Disputed => NoticeState::Disputed,
            _ if self.due() > 0 => match next_due {
                Some(day) if day < today => NoticeState::Overdue,
                _ if self.paid > 0 => NoticeState::PartPaid,
                _ => NoticeState::Issued,
            },
            _ if self.written_off > 0 => NoticeState::WrittenOff,
            _ if self.credited >= self.amount => match was {
                NoticeState::Credited => NoticeState::Credited,
                _ => NoticeState::Cancelled,
            },
            NoticeState::Overdue | NoticeState::Collected => NoticeState::Collected,
            _ => NoticeState::Paid,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn overdue_is_judged_by_the_first_instalment_that_is_not_covered() {
        let schedule = [
            Instalment {
                due_on: day("2026-10-01"),
                amount: 50,
            },
            Instalment {
                due_on: day("2026-11-01"),
                amount: 50,
            },
        ];
        let mut owed = Owed {
            amount: 100,
            paid: 49,
            ..Owed::default()
        };
        assert_eq!(owed.next_due(&schedule), Some(day("2026-10-01")));
        owed.paid = 50;
        let next = owed.next_due(&schedule);
        assert_eq!(next, Some(day("2026-11-01")));
        let state = |today| owed.state(NoticeState::Issued, next, day(today));
        assert_eq!(state("2026-11-01"), NoticeState::PartPaid);
        assert_eq!(state("2026-11-02"), NoticeState::Overdue);
        owed.paid = 100;
        assert_eq!(owed.next_due(&schedule), None);
    }

    #[test]
    fn a_credit_note_on_a_paid_notice_becomes_credit() {
        let mut owed = Owed {
            amount: 100,
            paid: 80,
            ..Owed::default()
        };
        assert_eq!(owed.credit(50), 30);
        assert_eq!((owed.due(), owed.creditable()), (0, 50));
        // The payment bounces: 30 of the credit take its place, and 50 are due again.
        assert_eq!(owed.unpay(80), 30);
        assert_eq!((owed.due(), owed.returned), (50, 0));
    }

    #[test]
    fn a_write_off_keeps_the_arrears_on_record() {
        let schedule = [Instalment {
            due_on: day("2026-10-01"),
            amount: 100,
        }];
        let owed = Owed {
            amount: 100,
            written_off: 100,
            ..Owed::default()
        };
        assert_eq!(owed.next_due(&schedule), Some(day("2026-10-01")));
        let state = owed.state(NoticeState::Overdue, None, day("2026-12-01"));
        assert_eq!(state, NoticeState::WrittenOff);
    }

    proptest! {
        #[test]
        fn nothing_makes_a_notice_owe_less_than_nothing(
            amount in 1_i64..1_000,
            steps in proptest::collection::vec((0_u8..3, 1_i64..1_000), 0..12),
        ) {
            let mut owed = Owed { amount, ..Owed::default() };
            let mut credit = 0;
            for (step, size) in steps {
                match step {
                    0 => owed.paid += std::cmp::min(size, owed.due()),
                    1 => {
                        let part = std::cmp::min(size, owed.creditable());
                        credit += owed.credit(part);
                    }
                    _ => {
                        let part = std::cmp::min(size, owed.paid);
                        credit -= owed.unpay(part);
                    }
                }
                prop_assert!(owed.due() >= 0 && owed.due() <= amount);
                prop_assert!(owed.returned >= 0 && owed.returned <= owed.credited);
                prop_assert!(owed.credited <= amount);
                prop_assert_eq!(credit, owed.returned);
            }
        }
    }
}
