//! Pages of a list: keyset cursors that always end in the id.

use serde::Serialize;

/// Default and largest number of items on a page.
pub const DEFAULT_LIMIT: u64 = 25;
/// A larger `limit` is coerced to this.
pub const MAX_LIMIT: u64 = 100;

/// What part of a list is wanted: up to `limit` items after the id `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Items wanted, 1 to 100.
    pub limit: u64,
    /// The id of the last item already seen.
    pub after: Option<uuid::Uuid>,
}

/// One page of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Slice<T> {
    pub items: Vec<T>,
    /// Where the next page begins, if there is one.
    pub next: Option<uuid::Uuid>,
}

impl<T> Slice<T> {
    /// Cuts a result that was asked for with `limit + 1` rows.
    pub fn cut(mut rows: Vec<T>, page: Page, id: impl Fn(&T) -> uuid::Uuid) -> Self {
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(id) } else { None };
        Self { items: rows, next }
    }

    /// Maps the items, keeps the position.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Slice<U> {
        Slice {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}
