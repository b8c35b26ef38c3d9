//! Rules of merchants.

pub mod size;
