//! Use cases of mandates.

pub mod dissolutions;
pub mod expelling;
pub mod expulsions;
mod mailing;
pub mod permits;
pub mod reading;
pub mod subjects;

use crate::platform::registry::Consumer;

/// Facts that lead to acts of the alliance upon itself.
pub fn consumers() -> Vec<Consumer> {
    vec![Consumer {
        topic: permits::ISSUED,
        name: "mandates.expel",
        run: |ctx, event| Box::pin(async move { expelling::on_mandate(&ctx, &event).await }),
    }]
}
