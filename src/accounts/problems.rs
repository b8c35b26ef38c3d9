//! Problems of accounts.

use crate::kernel::problem::Kind;

pub static INVALID_CREDENTIALS: Kind = Kind::new(
    401,
    "invalid_credentials",
    "The address or the password is wrong",
);
pub static SESSION_REVOKED: Kind = Kind::new(401, "session_revoked", "This session has ended");
pub static TOKEN_SPENT: Kind = Kind::unprocessable(
    "token_spent",
    "This token was used, has expired, or never was",
);
pub static PASSWORD_TOO_WEAK: Kind =
    Kind::unprocessable("password_too_weak", "The password does not meet the rule");
pub static EMAIL_TAKEN: Kind = Kind::conflict("email_taken", "This address has an account");

/// Every problem of this slice.
pub static ALL: &[&Kind] = &[
    &INVALID_CREDENTIALS,
    &SESSION_REVOKED,
    &TOKEN_SPENT,
    &PASSWORD_TOO_WEAK,
    &EMAIL_TAKEN,
];
