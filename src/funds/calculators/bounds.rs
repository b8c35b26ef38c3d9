//! What every calculator asks of its input before any work starts.

use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;

/// Most members in one request.
pub const MAX_MEMBERS: usize = 100_000;

/// Most measures in one mix.
pub const MAX_MEASURES: usize = 16;

/// Refuses `count` of something beyond `most`.
pub(super) fn at_most(count: usize, most: usize, what: &str) -> Result<(), Failure> {
    if count <= most {
        return Ok(());
    }
    let detail = format!("{count} {what} are more than the {most} that one calculation takes.");
    Err(Refused::new(&kinds::TOO_COMPLEX, detail)
        .with("count", count)
        .with("limit", most)
        .into())
}

/// Refuses amounts that not every JSON reader holds exactly.
pub(super) fn amounts(named: &[(&str, i64)]) -> Result<(), Failure> {
    for (name, amount) in named {
        if amount.unsigned_abs() > MAX_AMOUNT.unsigned_abs() {
            let detail = format!("'{name}' is beyond the range of amounts.");
            return Err(Refused::new(&kinds::OUT_OF_RANGE, detail)
                .with("field", *name)
                .with("limit", MAX_AMOUNT)
                .into());
        }
    }
    Ok(())
}
