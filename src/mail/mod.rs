//! Mail: every message of the service is queued here, in the transaction that gives rise to it,
//! and sent later, over SMTP or into files. No recipient is ever lost silently; after a crash or a
//! broken connection at most one message per open connection may arrive twice, in equal copies.

mod delivery;
mod dkim;
pub mod domain;
mod files;
mod imap;
mod letterhead;
#[doc(hidden)]
pub mod measure;
mod message;
mod office;
mod press;
pub mod problems;
mod repo;
mod returns;
mod routes;
pub mod rules;
mod service;
mod smtp;
#[cfg(test)]
mod tests;

use chrono::TimeDelta;

use crate::platform::registry::Sweep;

pub use dkim::prepare;
pub use domain::consent::ConsentCategory;
pub use domain::consent::ConsentWay;
pub use domain::consent::TEXT_VERSION as CONSENT_TEXT_VERSION;
pub use domain::consent::text as consent_text;
pub use domain::letter::Attachment;
pub use domain::letter::Category;
pub use domain::letter::Content;
pub use domain::letter::Letter;
pub use domain::letter::LetterError;
pub use domain::letter::Recipient;
pub use domain::letter::marked;
pub use domain::refusal::RefusalSource;
pub use domain::wording::LetterText;
pub use domain::wording::Wording;
pub use domain::wording::environment;
pub use repo::bounces;
pub use repo::consents;
pub use repo::mailing;
pub use repo::stencils;
pub use repo::suppressions;
pub use routes::configure;
pub use rules::RULES;
pub use service::compose;
pub use service::leave;
pub use service::send;
pub use service::send_all;

/// The background work of this slice.
pub fn sweeps() -> Vec<Sweep> {
    vec![
        Sweep {
            name: "mail",
            every: TimeDelta::seconds(1),
            run: |ctx| Box::pin(service::deliver(ctx)),
        },
        Sweep {
            name: "bounces",
            every: TimeDelta::seconds(5),
            run: |ctx| Box::pin(imap::poll(ctx)),
        },
    ]
}
