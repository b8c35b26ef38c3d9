//! Rules of merchants.

pub mod firm;
pub mod size;
