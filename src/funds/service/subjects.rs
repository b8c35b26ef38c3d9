//! The documents of funds that wait for a decision, as subjects of ballots: one arm per matter.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::funds::domain::documents::InKindState;
use crate::funds::domain::documents::TransferState;
use crate::funds::domain::state::AssessmentState;
use crate::funds::domain::state::CreditNoteState;
use crate::funds::domain::state::NoticeState;
use crate::funds::repo;
use crate::funds::repo::Deal;
use crate::funds::service::dues;
use crate::funds::service::in_kind;
use crate::funds::service::issue;
use crate::funds::service::policies;
use crate::funds::service::sponsors;
use crate::funds::service::visible;
use crate::funds::service::write_offs;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::CreditNoteId;
use crate::kernel::ids::InKindId;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::ids::LevyPolicyId;
use crate::kernel::ids::SponsorDealId;
use crate::kernel::ids::TransferId;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::mandates::Matter;
use crate::mandates::Subject;

/// The subject `id` of a decision on `matter`; `None` where the alliance has none that is still to be decided.
///
/// # Errors
/// When the database fails.
pub async fn ballot_subject(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    matter: Matter,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    match matter {
        Matter::SeasonBudget => assessment(c, alliance, AssessmentId(id)).await,
        Matter::WriteOff => write_off(c, alliance, id).await,
        Matter::LevyPolicy => policy(c, alliance, LevyPolicyId(id)).await,
        Matter::Transfer => transfer(c, alliance, TransferId(id)).await,
        Matter::SponsorDeal => match deal(c, alliance, SponsorDealId(id)).await? {
            Some(found) => Ok(Some(found)),
            None => gift(c, alliance, InKindId(id)).await,
        },
        _ => Ok(None),
    }
}

/// An overdue notice whose debt is to be given up, or a credit note that waits. The member whose debt it is has an
/// interest of its own.
async fn write_off(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: Uuid,
) -> Result<Option<Subject>, Failure> {
    if let Some(row) = repo::notices::find(c, LevyNoticeId(id)).await? {
        let overdue = row.alliance_id == alliance && row.state == NoticeState::Overdue.as_str();
        let Some(fund) = repo::funds::find(c, row.fund_id).await?.filter(|_| overdue) else {
            return Ok(None);
        };
        let due = format_minor(dues::owed(&row).due(), visible::currency_of(&fund)?);
        let number = issue::number(&fund, &row);
        return Ok(Some(Subject {
            title: format!("{number}: {due} {}", fund.currency),
            content_hash: write_offs::content_hash(&row),
            interested: [row.membership_id].into(),
            ..Subject::default()
        }));
    }
    let note = repo::credits::find_note(c, CreditNoteId(id)).await?;
    let waits = CreditNoteState::Requested.as_str();
    let Some(note) = note.filter(|n| n.alliance_id == alliance && n.state == waits) else {
        return Ok(None);
    };
    let notice = repo::notices::find(c, note.notice_id).await?;
    let fund = repo::funds::find(c, note.fund_id).await?;
    let (Some(notice), Some(fund)) = (notice, fund) else {
        return Ok(None);
    };
    let amount = format_minor(note.amount_minor, visible::currency_of(&fund)?);
    let number = issue::number(&fund, &notice);
    Ok(Some(Subject {
        title: format!("{number}: -{amount} {}", fund.currency),
        content_hash: note.content_hash,
        interested: [note.membership_id].into(),
        ..Subject::default()
    }))
}

/// A levy policy that is not in use yet.
async fn policy(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: LevyPolicyId,
) -> Result<Option<Subject>, Failure> {
    let Some(row) = repo::policies::find(c, alliance, id).await? else {
        return Ok(None);
    };
    let adoptions = repo::policies::adoptions(c, alliance).await?;
    if adoptions.iter().any(|adoption| adoption.policy_id == id) {
        return Ok(None);
    }
    Ok(Some(Subject {
        title: format!("{}, version {}", row.name, row.number),
        content_hash: policies::hash_of(&row)?,
        ..Subject::default()
    }))
}

/// Money that is to leave a restricted fund for another.
async fn transfer(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: TransferId,
) -> Result<Option<Subject>, Failure> {
    let proposed = TransferState::Proposed.as_str();
    let row = repo::transfers::find(c, id).await?;
    let Some(row) = row.filter(|row| row.alliance_id == alliance && row.state == proposed) else {
        return Ok(None);
    };
    let from = repo::funds::find(c, row.from_fund_id).await?;
    let to = repo::funds::find(c, row.to_fund_id).await?;
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(None);
    };
    let amount = format_minor(row.amount_minor, visible::currency_of(&from)?);
    Ok(Some(Subject {
        title: format!("{} → {}: {amount} {}", from.code, to.code, from.currency),
        content_hash: row.content_hash,
        ..Subject::default()
    }))
}

/// A sponsor deal with strings that takes effect by a decision.
async fn deal(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: SponsorDealId,
) -> Result<Option<Subject>, Failure> {
    let row = repo::sponsors::find(c, id).await?;
    let waits = |row: &Deal| {
        row.alliance_id == alliance && row.mandate_id.is_none() && sponsors::has_strings(row)
    };
    let Some(row) = row.filter(waits) else {
        return Ok(None);
    };
    let Some(fund) = repo::funds::find(c, row.fund_id).await? else {
        return Ok(None);
    };
    Ok(Some(Subject {
        title: format!("{}: {} × {}", fund.code, row.sponsor, row.ratio),
        content_hash: row.content_hash,
        ..Subject::default()
    }))
}

/// A gift in kind of so much value that the members decide on it; its donor has an interest of its own.
async fn gift(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: InKindId,
) -> Result<Option<Subject>, Failure> {
    let proposed = InKindState::Proposed.as_str();
    let row = repo::in_kind::find(c, id).await?;
    let Some(row) = row.filter(|row| row.alliance_id == alliance && row.state == proposed) else {
        return Ok(None);
    };
    let Some(fund) = repo::funds::find(c, row.fund_id).await? else {
        return Ok(None);
    };
    let value = format_minor(row.value_minor, visible::currency_of(&fund)?);
    Ok(Some(Subject {
        title: format!("{}: {}, {value} {}", fund.code, row.donor, fund.currency),
        content_hash: in_kind::content_hash(&row),
        interested: row.membership_id.into_iter().collect(),
        ..Subject::default()
    }))
}

/// A proposed assessment; it weighs by what each member would be billed.
async fn assessment(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    id: AssessmentId,
) -> Result<Option<Subject>, Failure> {
    let proposed = AssessmentState::Proposed.as_str();
    let row = repo::assessments::find(c, id).await?;
    let Some(row) = row.filter(|a| a.alliance_id == alliance && a.state == proposed) else {
        return Ok(None);
    };
    let Some(fund) = repo::funds::find(c, row.fund_id).await? else {
        return Ok(None);
    };
    let budget = format_minor(row.budget_minor, visible::currency_of(&fund)?);
    let lines = repo::assessments::lines(c, &row).await?;
    Ok(Some(Subject {
        title: format!("{}: {budget} {}", fund.code, fund.currency),
        content_hash: row.content_hash,
        weights: lines
            .into_iter()
            .map(|line| (line.membership_id, line.amount_minor))
            .collect(),
        ..Subject::default()
    }))
}
