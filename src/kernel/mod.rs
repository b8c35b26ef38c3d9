//! Words that every slice shares. Imports nothing of ours but the ids and instants of `entity`.

pub mod access;
pub mod by_kind;
pub mod caller;
pub mod ids;
pub mod leaflet;
pub mod locale;
pub mod money;
pub mod page;
pub mod problem;
pub mod rational;
pub mod role;
pub mod text;
pub mod time;
pub mod words;
