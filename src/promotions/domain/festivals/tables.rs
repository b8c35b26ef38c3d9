//! Dates that are looked up because nobody computes them alike.

use crate::promotions::domain::festivals::rule::Days;
use crate::promotions::domain::festivals::rule::Table;

/// Diwali as observed in most of India; regional lists differ.
/// Source: the PyPI package `holidays` 0.109, which goes no further than 2035.
pub static DIWALI: Table = Table {
    first_year: 2015,
    days: Days::Each(&[
        (11, 11),
        (10, 30),
        (10, 19),
        (11, 7),
        (10, 27),
        (11, 14),
        (11, 4),
        (10, 24),
        (11, 12),
        (10, 31),
        (10, 20),
        (11, 8),
        (10, 29),
        (10, 17),
        (11, 5),
        (10, 26),
        (11, 14),
        (11, 2),
        (10, 22),
        (11, 10),
        (10, 30),
    ]),
};
