//! Rules of mail without IO: what a letter is, how it is worded, what a server's answer means.

pub mod circuit;
pub mod letter;
pub mod verdict;
pub mod wording;
