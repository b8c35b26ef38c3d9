//! Rules of merchants.

pub mod api_key;
pub mod firm;
pub mod size;
