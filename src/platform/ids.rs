//! Ids are handed in: UUIDv7, so that keys are time-ordered and one can page by id.

use uuid::Uuid;

/// Makes ids that rise within a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ids;

impl Ids {
    /// A fresh id of the wanted kind.
    #[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
    pub fn fresh<T: From<Uuid>>(self) -> T {
        T::from(Uuid::now_v7())
    }
}
