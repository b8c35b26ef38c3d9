//! Issuing: an approved assessment becomes levy notices, postings and one letter to each member.

use std::collections::HashMap;

use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::alliances::Standing;
use crate::funds::domain::exact;
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
use crate::funds::repo::Notice;
use crate::funds::repo::Policy;
use crate::funds::service::approval;
use crate::funds::service::assessments;
use crate::funds::service::assessments::Assessed;
use crate::funds::service::billing;
use crate::funds::service::day_in;
use crate::funds::service::funds;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::locale::Locale;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::kernel::rational::Exact;
use crate::kernel::role::Role;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::mandates;
use crate::platform::act::Act;

/// Bills an approved assessment: one numbered notice per member whose share is above zero. Where the mandate
/// is there and was not noticed yet, it is consumed now.
///
/// # Errors
/// 409 `mandate_missing`, or `illegal_transition` once it is issued or cancelled.
pub async fn issue(act: &Act<'_>, id: AssessmentId) -> Result<Assessed, Failure> {
    let (mut fund, mut row, standing) = assessments::to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    if row.state == AssessmentState::Proposed.as_str() {
        approval::approve(act, &mut fund, &mut row).await?;
    }
    assessments::require_event(&row, "issue")?;
    visible::require_event(&fund, "issue")?;
    let lines = repo::assessments::lines(act.tx(), &row).await?;
    let notices = notices(act, &fund, &row, &lines).await?;
    repo::notices::insert(act.tx(), &notices).await?;
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
        due_on: row.due_on,
        version: 1,
        issued_at: act.now(),
        kind: NoticeKind::Levy.as_str().to_owned(),
        reason: String::new(),
        credited_minor: 0,
        returned_minor: 0,
        written_off_minor: 0,
        next_due_on: Some(row.due_on),
        overdue_since: None,
        checked_on: None,
        write_off_mandate_id: None,
    };
    Ok((newest + 1..).zip(billed).map(notice).collect())
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
    let facts = Facts::gather(act, fund, assessed).await?;
    let mut letters = Vec::new();
    for notice in notices {
        let Some(line) = notice.line_id.and_then(|id| by_line.get(&id)) else {
            continue;
        };
        let vars = facts.of(notice, line);
        for contact in contacts
            .iter()
            .filter(|c| c.membership == notice.membership_id)
        {
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
    for member in members {
        if !contacts.iter().any(|contact| contact.membership == *member) {
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
    vars["size_status"] = json!(status_in(locale, &vars["size_status"]));
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

fn status_in(locale: Locale, status: &serde_json::Value) -> String {
    match status.as_str() {
        Some("verified") => locale.pick("已核实", "verified").to_owned(),
        Some("declared") => locale.pick("自行申报", "declared").to_owned(),
        other => other.unwrap_or_default().to_owned(),
    }
}

/// What every notice of an assessment prints alike.
struct Facts<'a> {
    fund: &'a Fund,
    assessment: &'a Assessment,
    policy: &'a Policy,
    alliance: String,
    decision: String,
    treasurers: String,
    currency: crate::kernel::money::Currency,
}

impl<'a> Facts<'a> {
    async fn gather(
        act: &Act<'_>,
        fund: &'a Fund,
        assessed: &'a Assessed,
    ) -> Result<Self, Failure> {
        let alliance = alliances::alliance(act.tx(), fund.alliance_id).await?;
        let treasurers =
            alliances::role_holders(act.tx(), fund.alliance_id, &[Role::Treasurer]).await?;
        let decision = match assessed.assessment.mandate_id {
            Some(id) => mandates::source_of(act.tx(), id).await?,
            None => None,
        };
        let treasurers: Vec<String> = treasurers
            .into_iter()
            .map(|person| format!("{} <{}>", person.name, person.email))
            .collect();
        Ok(Self {
            fund,
            assessment: &assessed.assessment,
            policy: &assessed.policy,
            alliance: alliance.map(|a| a.name).unwrap_or_default(),
            decision: decision.unwrap_or_default(),
            treasurers: treasurers.join(", "),
            currency: visible::currency_of(fund)?,
        })
    }

    fn of(&self, notice: &Notice, line: &AssessmentLine) -> serde_json::Value {
        let share = exact::read(&line.exact);
        let share = share.unwrap_or_else(|| Exact::whole(line.amount_minor));
        let rounding = exact::rounding(line.amount_minor, &share);
        json!({
            "alliance": self.alliance,
            "fund": self.fund.name,
            "number": number(self.fund, notice),
            "amount": format_minor(notice.amount_minor, self.currency),
            "currency": self.fund.currency,
            "budget": format_minor(self.assessment.budget_minor, self.currency),
            "due_on": notice.due_on,
            "policy": self.policy.name,
            "policy_version": self.policy.number,
            "measure": self.policy.measure,
            "snapshot_date": self.assessment.snapshot_date,
            "size": line.size,
            "size_status": line.size_status,
            "size_fact": line.size_fact_id,
            "exact": exact::shown(&share, self.currency),
            "rounding": exact::shown(&rounding, self.currency),
            "decision": self.decision,
            "treasurers": self.treasurers,
            "custodian": format!("{}, {}, {}", self.fund.custodian_holder,
                self.fund.custodian_institution, self.fund.custodian_account_ref),
        })
    }
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
