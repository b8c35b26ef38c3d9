//! Festivals: the catalogue, and the dates of each by its rule.

pub mod calendars;
pub mod catalogue;
pub mod easter;
pub mod occurrences;
pub mod own;
pub mod own_rule;
pub mod rule;
pub mod solar_terms;
pub mod tables;

#[cfg(test)]
mod tests;
