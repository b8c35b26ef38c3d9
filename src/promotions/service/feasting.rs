//! What the alliances of a feed add to its festivals.

use sea_orm::ConnectionTrait;

use crate::alliances::Alliance;
use crate::kernel::problem::Failure;
use crate::promotions::domain::feasts::Source;
use crate::promotions::domain::feasts::Word;
use crate::promotions::repo::festivals;
use crate::promotions::service::calendars;

/// What each alliance adds, in their order.
///
/// # Errors
/// When the database fails, or holds a rule that is none.
pub async fn sources(
    c: &impl ConnectionTrait,
    alliances: &[Alliance],
) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::with_capacity(alliances.len());
    for alliance in alliances {
        let own = festivals::own(c, alliance.id).await?;
        let words = festivals::confirmations(c, alliance.id).await?;
        sources.push(Source {
            alliance: alliance.id.to_string(),
            name: alliance.name.clone(),
            calendar: calendars::of(c, alliance.id).await?,
            since: own
                .into_iter()
                .map(|row| (row.festival, row.created_at.to_utc()))
                .collect(),
            words: words
                .into_iter()
                .map(|row| Word {
                    festival: row.festival,
                    date: row.date,
                    at: row.created_at.to_utc(),
                })
                .collect(),
        });
    }
    Ok(sources)
}
