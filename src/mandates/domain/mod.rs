//! What is permitted, and the cases that wait for a permission.

pub mod dissolution;
pub mod expulsion;
pub mod mandate;
pub mod matter;
pub mod subject;
