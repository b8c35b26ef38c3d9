//! Issuing: an approved assessment becomes levy notices, postings and one letter to each member.

use std::collections::HashMap;
use std::collections::HashSet;

use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::alliances::Standing;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state::AssessmentState;
use crate::funds::domain::state::FundState;
use crate::funds::domain::state::NoticeKind;
use crate::funds::domain::state::NoticeState;
use crate::funds::letters;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::repo::InstalmentRow;
use crate::funds::repo::Notice;
use crate::funds::service::approval;
use crate::funds::service::assessments;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::billing;
use crate::funds::service::day_in;
use crate::funds::service::funds;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::policies;
use crate::funds::service::printed;
use crate::funds::service::true_ups;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::platform::act::Act;

/// Bills an approved assessment: one numbered notice per member whose share is above zero. Where the mandate
/// is there and was not noticed yet, it is consumed now.
///
/// # Errors
/// 409 `mandate_missing`, `true_up_exists` once the season is trued up, or `illegal_transition` once it is issued or
/// cancelled.
pub async fn issue(act: &Act<'_>, id: AssessmentId) -> Result<Assessed, Failure> {
    let (mut fund, mut row, standing) = assessments::to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    if row.state == AssessmentState::Proposed.as_str() {
        approval::approve(act, &mut fund, &mut row).await?;
    }
    assessments::require_event(&row, "issue")?;
    visible::require_event(&fund, "issue")?;
    true_ups::refuse_billing(act, &fund).await?;
    let known = policies::find(act.tx(), row.alliance_id, row.policy_id).await?;
    policies::require_usable(act.tx(), &known.policy).await?;
    policies::note_adoption(act, &known.policy, row.mandate_id, standing.user).await?;
    let lines = repo::assessments::lines(act.tx(), &row).await?;
    let notices = notices(act, &fund, &row, &lines).await?;
    repo::notices::insert(act.tx(), &notices).await?;
    repo::dues::insert_instalments(act.tx(), &instalments(&row, &notices)).await?;
    assert_billed(act, &row).await?;
    post(act, &fund, &row, &notices, &standing).await?;
    AssessmentState::Issued.as_str().clone_into(&mut row.state);
    row.issued_at = Some(act.now());
    row.version += 1;
    repo::assessments::update(act.tx(), &row).await?;
    // A fund that was paid up has something to collect again.
    if !notices.is_empty() {
        funds::move_to(act, &mut fund, FundState::Collecting).await?;
    }
    let data = json!({ "notices": notices.len() });
    act.record("assessment.issued", Some(row.alliance_id), row.id.0, data)
        .await?;
    let assessed = assessments::assessed(act.tx(), row, &standing).await?;
    write(act, &fund, &assessed, &lines, &notices).await?;
    Ok(assessed)
}

async fn notices(
    act: &Act<'_>,
    fund: &Fund,
    row: &Assessment,
    lines: &[AssessmentLine],
) -> Result<Vec<Notice>, Failure> {
    let newest = repo::notices::newest(act.tx(), fund).await?;
    let days = printed::due_days(row);
    let billed = lines.iter().filter(|line| line.amount_minor > 0);
    let notice = |(number, line): (i64, &AssessmentLine)| Notice {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        assessment_id: Some(row.id),
        line_id: Some(line.id),
        membership_id: line.membership_id,
        number,
        amount_minor: line.amount_minor,
        paid_minor: 0,
        state: NoticeState::Issued.as_str().to_owned(),
        due_on: days.last().copied().unwrap_or(row.due_on),
        version: 1,
        issued_at: act.now(),
        kind: NoticeKind::Levy.as_str().to_owned(),
        reason: String::new(),
        credited_minor: 0,
        returned_minor: 0,
        written_off_minor: 0,
        next_due_on: days.first().copied(),
        overdue_since: None,
        checked_on: None,
        write_off_mandate_id: None,
    };
    Ok((newest + 1..).zip(billed).map(notice).collect())
}

/// The parts of notices that are not due at once.
fn instalments(row: &Assessment, notices: &[Notice]) -> Vec<InstalmentRow> {
    if row.instalments.is_none() {
        return Vec::new();
    }
    let parts = |notice: &Notice| {
        let parts = (1..).zip(printed::parts_of(row, notice));
        let (notice_id, alliance_id) = (notice.id, notice.alliance_id);
        parts.map(move |(number, part)| InstalmentRow {
            notice_id,
            number,
            alliance_id,
            due_on: part.due_on,
            amount_minor: part.amount_minor,
        })
    };
    notices.iter().flat_map(parts).collect()
}

/// Asserts F8 on what is stored: the notices of an assessment add up to it.
async fn assert_billed(act: &Act<'_>, row: &Assessment) -> Result<(), Failure> {
    let billed = repo::notices::total_of(act.tx(), row.id).await?;
    if billed == row.budget_minor {
        return Ok(());
    }
    let due = row.budget_minor;
    Err(anyhow::anyhow!("assessment {} bills {billed} of {due}", row.id).into())
}

async fn post(
    act: &Act<'_>,
    fund: &Fund,
    row: &Assessment,
    notices: &[Notice],
    standing: &Standing,
) -> Result<(), Failure> {
    if notices.is_empty() {
        return Ok(());
    }
    let entry = Entry {
        kind: TransactionKind::Levy,
        document: row.id.0,
        mandate: row.mandate_id,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration: format!("Levy notices of {}", fund.code),
        legs: notices.iter().flat_map(billing::legs).collect(),
    };
    journal::post(act, fund, entry).await?;
    Ok(())
}

/// Writes to everybody who acts for a billed member.
async fn write(
    act: &Act<'_>,
    fund: &Fund,
    assessed: &Assessed,
    lines: &[AssessmentLine],
    notices: &[Notice],
) -> Result<(), Failure> {
    let members: Vec<MembershipId> = notices.iter().map(|n| n.membership_id).collect();
    let contacts = contacts(act, fund.alliance_id, &members).await?;
    let by_line: HashMap<_, _> = lines.iter().map(|line| (line.id, line)).collect();
    let facts = printed::Facts::gather(act, fund, assessed).await?;
    let mut of_member: HashMap<MembershipId, Vec<&Contact>> = HashMap::new();
    for contact in &contacts {
        of_member
            .entry(contact.membership)
            .or_default()
            .push(contact);
    }
    let mut letters = Vec::with_capacity(contacts.len());
    for notice in notices {
        let Some(line) = notice.line_id.and_then(|id| by_line.get(&id)) else {
            continue;
        };
        let vars = facts.of(notice, line);
        for contact in of_member.remove(&notice.membership_id).unwrap_or_default() {
            let key = format!("levy-notice:{}:{}", notice.id, contact.person.id);
            letters.push(letter(fund, contact, &letters::NOTICE, &vars, key)?);
        }
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    Ok(())
}

/// The people to write to for some members, whether or not they are active still.
///
/// # Errors
/// When the database fails.
pub(super) async fn contacts(
    act: &Act<'_>,
    alliance: AllianceId,
    members: &[MembershipId],
) -> Result<Vec<Contact>, Failure> {
    let mut contacts = alliances::contacts(act.tx(), alliance).await?;
    let known: HashSet<MembershipId> = contacts.iter().map(|c| c.membership).collect();
    for member in members {
        if !known.contains(member) {
            contacts.extend(alliances::contacts_of(act.tx(), alliance, *member).await?);
        }
    }
    Ok(contacts)
}

/// A letter about money to one person, once.
///
/// # Errors
/// A refusal where a variable is missing.
pub(super) fn letter(
    fund: &Fund,
    contact: &Contact,
    text: &LetterText<'_>,
    vars: &serde_json::Value,
    dedupe_key: String,
) -> Result<Letter, Failure> {
    let locale = contact.person.locale;
    let mut vars = vars.clone();
    vars["name"] = json!(contact.person.name);
    vars["merchant"] = json!(contact.merchant_name);
    printed::translate(locale, &mut vars);
    let to = Recipient {
        email: contact.person.email.clone(),
        name: contact.person.name.clone(),
        locale,
    };
    let content = mail::compose(text, locale, &vars)?;
    Ok(Letter {
        alliance: Some(fund.alliance_id),
        dedupe_key: Some(dedupe_key),
        ..Letter::new(to, Category::LevyNotice, content)
    })
}

/// The number of a notice as people write it: `D11-2026/0007`, and `D11-2026/D0008` for a debit note.
pub fn number(fund: &Fund, notice: &Notice) -> String {
    let mark = match NoticeKind::parse(&notice.kind) {
        Some(NoticeKind::DebitNote) => "D",
        Some(NoticeKind::Pledge) => "P",
        Some(NoticeKind::Levy) | None => "",
    };
    format!("{}/{mark}{:04}", fund.code, notice.number)
}
