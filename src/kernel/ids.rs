//! The ids of all aggregates, under one name for every slice.

pub use entity::ids::*;
