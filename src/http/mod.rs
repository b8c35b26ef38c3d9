//! The wire: who asks, in what form; every answer and every problem in one shape.

pub mod calculate;
pub mod call;
pub mod cursor;
pub mod document;
pub mod door;
pub mod gate;
pub mod json;
pub mod limits;
pub mod links;
pub mod page;
pub mod problem;
pub mod raw;
pub mod reply;
pub mod routes;
