//! Rules of mail without IO: what a letter is, how it is worded, what a server's answer means, and what
//! it means that a message came back.

pub mod base32;
pub mod bounce;
pub mod canon;
pub mod circuit;
pub mod consent;
pub mod letter;
pub mod pace;
pub mod quiet;
pub mod receiver;
pub mod refusal;
pub mod report;
pub mod verdict;
pub mod verp;
pub mod wording;
