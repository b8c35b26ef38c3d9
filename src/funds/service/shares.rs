//! The shares of an assessment, page by page, at the level at which the reader may see each of them.

use crate::alliances;
use crate::alliances::Visibility;
use crate::funds::domain::band;
use crate::funds::repo;
use crate::funds::repo::AssessmentLine;
use crate::funds::service::policies;
use crate::funds::service::visible;
use crate::kernel::ids::AssessmentId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Look;

/// A line as somebody may see it.
#[derive(Debug, Clone)]
pub enum Seen {
    /// All of it.
    Whole(Box<AssessmentLine>),
    /// Another member's amount, without what it is made of.
    Amount(Box<AssessmentLine>),
    /// Between which round amounts another member's share lies.
    Band(Box<AssessmentLine>, (i64, i64)),
}

impl Seen {
    /// The line, whose fields the reader need not all see.
    pub fn line(&self) -> &AssessmentLine {
        match self {
            Self::Whole(line) | Self::Amount(line) | Self::Band(line, _) => line,
        }
    }
}

/// One page of the shares, in the order of their lines. Those who keep and audit the books see all, a member
/// its own, and others as the policy says, or the by-laws where it says nothing (fund.md 2.1).
///
/// # Errors
/// 404 for strangers.
pub async fn page(look: &Look<'_>, id: AssessmentId, page: Page) -> Result<Slice<Seen>, Failure> {
    let c = look.reader();
    let row = repo::assessments::find(c, id)
        .await?
        .ok_or_else(|| Refused::not_found("assessment"))?;
    let standing = alliances::admit(c, look.asker(), row.alliance_id).await?;
    let Some(mine) = visible::lines_of(&standing) else {
        let slice = repo::assessments::page_of_lines(c, &row, None, page).await?;
        return Ok(slice.map(|line| Seen::Whole(Box::new(line))));
    };
    let known = policies::find(c, row.alliance_id, row.policy_id).await?;
    let level = match known.plan.terms.visibility {
        Some(level) => level,
        None => alliances::by_laws(c, row.alliance_id).await?.member_lines,
    };
    let only = (level == Visibility::Hidden).then_some(mine.as_slice());
    let slice = repo::assessments::page_of_lines(c, &row, only, page).await?;
    Ok(slice.map(|line| {
        let own = mine.contains(&line.membership_id);
        let line = Box::new(line);
        match level {
            _ if own => Seen::Whole(line),
            Visibility::Amount => Seen::Amount(line),
            Visibility::Hidden | Visibility::Band => {
                let band = band::around(line.amount_minor);
                Seen::Band(line, band)
            }
        }
    }))
}
