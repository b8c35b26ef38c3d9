//! Use cases of accounts.

mod admins;
mod credentials;
mod mailed;
mod profile;
mod sessions;

pub use admins::create_admin;
pub use admins::ensure_first_admin;
pub use credentials::Registered;
pub use credentials::hash_new_password;
pub use credentials::login;
pub use credentials::register;
pub use mailed::forgot_password;
pub use mailed::links;
pub use mailed::reset_password;
pub use mailed::verify_email;
pub use profile::Person;
pub use profile::change_me;
pub use profile::me;
pub use profile::people;
pub use profile::person;
pub use profile::person_by_email;
pub use sessions::TokenPair;
pub use sessions::begin as begin_session;
pub use sessions::list;
pub use sessions::logout;
pub use sessions::refresh;
pub use sessions::revoke;

/// An address as it is compared: without case, because people type it differently every time.
fn normalise(email: &str) -> String {
    email.to_lowercase()
}
