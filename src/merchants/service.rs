//! Use cases of merchants and manufacturers.

pub mod api_keys;
pub mod manufacturers;
pub mod merchants;
pub mod sizes;
pub mod staff;
