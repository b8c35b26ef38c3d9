//! What begins soon: asked by those who tell members what comes up.

use chrono::NaiveDateTime;
use sea_orm::ConnectionTrait;

use crate::kernel::ids::AllianceId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::time::Instant;
use crate::promotions::domain::calendar;
use crate::promotions::domain::calendar::EventStatus;
use crate::promotions::domain::phases::PhaseName;
use crate::promotions::repo::calendar as repo;
use crate::promotions::service::loaded::LOCAL;

/// A phase that begins soon.
#[derive(Debug, Clone)]
pub struct Coming {
    pub promotion: String,
    phase: PhaseName,
    /// Local time of its beginning.
    pub from: NaiveDateTime,
}

impl Coming {
    /// Promotion and phase in words.
    pub fn summary(&self, locale: Locale) -> String {
        let (label, _) = calendar::label(self.phase, locale);
        format!("{}{}{label}", self.promotion, locale.pick("：", ": "))
    }
}

/// The decided phases of an alliance that begin after `from` and until `until`, in order.
///
/// # Errors
/// When the database fails.
pub async fn coming(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    from: Instant,
    until: Instant,
) -> Result<Vec<Coming>, Failure> {
    let entries = repo::entries_for(c, &[alliance], from, from).await?;
    let confirmed = EventStatus::Confirmed.as_str();
    let begins = |entry: &repo::Entry| {
        let soon = from < entry.starts_at && entry.starts_at <= until;
        if !soon || entry.status != confirmed {
            return None;
        }
        Some(Coming {
            promotion: entry.title.clone(),
            phase: PhaseName::parse(&entry.phase)?,
            from: NaiveDateTime::parse_from_str(&entry.local_from, LOCAL).ok()?,
        })
    };
    Ok(entries.iter().filter_map(begins).collect())
}
