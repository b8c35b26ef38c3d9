//! Levy notices, as their readers see them.

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::funds::domain::owed::Instalment;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Dispute;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::repo::Policy;
use crate::funds::service::dues;
use crate::funds::service::printed;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mandates;
use crate::platform::act::Look;

/// A notice with everything that it prints.
#[derive(Debug, Clone)]
pub struct Printed {
    pub fund: Fund,
    pub notice: Notice,
    /// The parts in the order of their days; one where it is due at once.
    pub instalments: Vec<Instalment>,
    pub decided: Option<Decided>,
    /// Oldest first.
    pub disputes: Vec<Dispute>,
}

/// What a share of an assessment was computed from.
#[derive(Debug, Clone)]
pub struct Decided {
    pub assessment: Assessment,
    pub policy: Policy,
    pub line: AssessmentLine,
    /// Label, rate and amount of the tax line.
    pub tax: Option<(String, String, i64)>,
    /// The decision behind the mandate.
    pub decision: Option<String>,
}

/// The notices of a fund that the caller may see.
///
/// # Errors
/// 404 for strangers.
pub async fn list(
    look: &Look<'_>,
    fund: FundId,
    page: Page,
) -> Result<(Fund, Slice<Notice>), Failure> {
    let (fund, standing) = visible::fund(look.reader(), look.asker(), fund).await?;
    let mine = visible::lines_of(&standing);
    let slice = repo::notices::list(look.reader(), &fund, mine.as_deref(), page).await?;
    Ok((fund, slice))
}

/// One notice.
///
/// # Errors
/// 404 for strangers, and for other members.
pub async fn read(look: &Look<'_>, id: LevyNoticeId) -> Result<Printed, Failure> {
    let c = look.reader();
    let none = || Refused::not_found("levy notice");
    let notice = repo::notices::find(c, id).await?.ok_or_else(none)?;
    let standing = alliances::admit(c, look.asker(), notice.alliance_id).await?;
    visible::require_line(&standing, notice.membership_id, "levy notice")?;
    let fund = repo::funds::find(c, notice.fund_id)
        .await?
        .ok_or_else(none)?;
    let decided = decided(c, &notice).await?;
    let schedules = dues::schedules(c, &[&notice]).await?;
    let disputes = repo::dues::disputes(c, id).await?;
    Ok(Printed {
        instalments: schedules.get(&id).cloned().unwrap_or_default(),
        fund,
        notice,
        decided,
        disputes,
    })
}

/// What a share of an assessment was computed from; `None` for debit notes and pledges.
async fn decided(c: &impl ConnectionTrait, notice: &Notice) -> Result<Option<Decided>, Failure> {
    let (Some(assessment), Some(line)) = (notice.assessment_id, notice.line_id) else {
        return Ok(None);
    };
    let none = || Refused::not_found("levy notice");
    let assessment = repo::assessments::find(c, assessment)
        .await?
        .ok_or_else(none)?;
    let policy = repo::policies::find(c, notice.alliance_id, assessment.policy_id)
        .await?
        .ok_or_else(none)?;
    let line = repo::assessments::line(c, notice.alliance_id, line)
        .await?
        .ok_or_else(none)?;
    let decision = match assessment.mandate_id {
        Some(id) => mandates::source_of(c, id).await?,
        None => None,
    };
    let tax = printed::tax_of(&assessment)?.and_then(|tax| {
        let amount = printed::tax_amount(&tax, &line)?;
        Some((tax.label, tax.rate, amount))
    });
    Ok(Some(Decided {
        tax,
        decision,
        assessment,
        policy,
        line,
    }))
}
