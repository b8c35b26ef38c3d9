//! Views of files with the lines of a quote.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::QuoteId;
use crate::kernel::ids::QuoteUploadId;
use crate::kernel::time::Instant;
use crate::tenders::domain::bulk::Fault;
use crate::tenders::repo::offers::Upload;

/// Errors of one answer.
const SHOWN: usize = 100;

/// What became of a file.
#[derive(Serialize, ToSchema)]
pub struct UploadView {
    pub upload_id: QuoteUploadId,
    pub quote_id: QuoteId,
    /// `applied`, `unchanged`, or `invalid`: then nothing of the file was stored but its errors.
    #[schema(max_length = 10)]
    pub status: String,
    /// `replace` or `merge`.
    #[schema(max_length = 10)]
    pub mode: String,
    /// Lines that the quote has now; 0 for an invalid file.
    #[schema(minimum = 0, maximum = 50_000)]
    pub line_count: i32,
    #[schema(minimum = 0, maximum = 10_000)]
    pub error_count: i32,
    /// There may be more errors than those that are kept.
    pub truncated: bool,
    /// The first 100.
    #[schema(max_items = 100)]
    pub errors: Vec<Fault>,
    /// The revision that holds the lines.
    #[schema(minimum = 1, maximum = 2_147_483_647)]
    pub revision: Option<i32>,
    pub received_at: Instant,
}

impl UploadView {
    /// With the first errors; without what stands in the cells where it must not be kept or told.
    pub fn of(row: &Upload, faults: &[Fault], values: bool) -> Self {
        let errors = faults
            .iter()
            .take(SHOWN)
            .cloned()
            .map(|fault| match values {
                true => fault,
                false => Fault {
                    value: None,
                    ..fault
                },
            });
        Self {
            upload_id: row.id,
            quote_id: row.quote_id,
            status: row.status.clone(),
            mode: row.mode.clone(),
            line_count: row.line_count,
            error_count: row.fault_count,
            truncated: usize::try_from(row.fault_count)
                .is_ok_and(|n| n >= crate::tenders::domain::bulk::table::MAX_FAULTS),
            errors: errors.collect(),
            revision: row.revision,
            received_at: row.received_at,
        }
    }
}
