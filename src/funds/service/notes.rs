//! Many notes in one step: what a true-up adds to some members' bills and takes off others'. Debit notes are notices
//! of their own kind, so that they fall due, are paid and reminded of like any other; issued notices never change.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use crate::alliances::Standing;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state::CreditNoteState;
use crate::funds::domain::state::NoticeKind;
use crate::funds::letters;
use crate::funds::repo;
use crate::funds::repo::CreditNote;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::service::billing;
use crate::funds::service::billing::Bill;
use crate::funds::service::credit_notes;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::post;
use crate::kernel::ids::MandateId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// Notes that follow from one document.
#[derive(Debug, Clone)]
pub struct Notes<'a> {
    /// The document: a true-up. It is posted once.
    pub source: Uuid,
    pub mandate: Option<MandateId>,
    /// What the members read.
    pub reason: &'a str,
    /// When the debit notes are due.
    pub due_on: NaiveDate,
    /// Minor units per member: above zero to be paid more, below zero to be credited.
    pub items: &'a [(MembershipId, i64)],
}

/// What became of them.
#[derive(Debug, Clone, Default)]
pub struct Noted {
    pub debit: Vec<Notice>,
    pub credit: Vec<CreditNote>,
}

/// Issues debit and credit notes in a fund that the caller has locked, with one transaction each, and writes to the
/// members. A credit is taken off the member's newest notice first.
///
/// # Errors
/// 422 `credit_exceeds_notice` where a member would be credited more than it was billed; 409 as the ledger refuses.
pub async fn issue_notes(
    act: &Act<'_>,
    fund: &mut Fund,
    standing: &Standing,
    notes: &Notes<'_>,
) -> Result<Noted, Failure> {
    let noted = Noted {
        debit: debit(act, fund, standing, notes).await?,
        credit: credit(act, fund, standing, notes).await?,
    };
    dues::follow(act, fund).await?;
    let data = json!({ "debit_notes": noted.debit.len(), "credit_notes": noted.credit.len() });
    let alliance = Some(fund.alliance_id);
    act.record("fund.notes_issued", alliance, notes.source, data)
        .await?;
    Ok(noted)
}

async fn debit(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    notes: &Notes<'_>,
) -> Result<Vec<Notice>, Failure> {
    let more = notes.items.iter().filter(|(_, amount)| *amount > 0);
    let bills: Vec<Bill> = more
        .map(|(membership, amount)| Bill {
            kind: NoticeKind::DebitNote,
            membership: *membership,
            amount_minor: *amount,
            due_on: notes.due_on,
            reason: notes.reason.to_owned(),
        })
        .collect();
    let entry = (TransactionKind::DebitNote, notes.source, notes.mandate);
    let rows = billing::bill(act, fund, dues::today(act, standing), &bills, entry).await?;
    for row in &rows {
        let mut vars = post::notice_facts(act, fund, row).await?;
        vars["amount"] = post::amount(fund, row.amount_minor)?;
        vars["due_on"] = json!(row.due_on);
        vars["reason"] = json!(row.reason);
        let key = format!("debit-note:{}", row.id);
        post::to_member(act, fund, row.membership_id, &letters::DEBITED, &vars, &key).await?;
    }
    Ok(rows)
}

async fn credit(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    notes: &Notes<'_>,
) -> Result<Vec<CreditNote>, Failure> {
    let mut notices: HashMap<MembershipId, Vec<Notice>> = HashMap::new();
    for row in repo::notices::all(act.tx(), fund).await? {
        notices.entry(row.membership_id).or_default().push(row);
    }
    let mut drafts = Vec::new();
    for (membership, amount) in notes.items.iter().filter(|(_, amount)| *amount < 0) {
        let own = notices.remove(membership).unwrap_or_default();
        drafts.extend(spread(act, own, -amount, notes)?);
    }
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let mut number = repo::credits::newest_note(act.tx(), fund).await?;
    let mut legs: Vec<Leg> = Vec::new();
    for (_, note) in &mut drafts {
        number += 1;
        note.number = Some(number);
        for leg in credit_notes::legs(note) {
            merge(&mut legs, leg);
        }
    }
    let today = dues::today(act, standing);
    let entry = Entry {
        kind: TransactionKind::CreditNote,
        document: notes.source,
        mandate: notes.mandate,
        effective: today,
        narration: notes.reason.to_owned(),
        legs,
    };
    let id = journal::post(act, fund, entry).await?;
    for (_, note) in &mut drafts {
        note.transaction_id = Some(id);
        note.issued_at = Some(act.now());
        CreditNoteState::Issued.as_str().clone_into(&mut note.state);
    }
    let rows: Vec<CreditNote> = drafts.iter().map(|(_, note)| note.clone()).collect();
    repo::credits::insert_notes(act.tx(), &rows).await?;
    for (notice, note) in &mut drafts {
        let mut owed = dues::owed(notice);
        owed.credit(note.amount_minor);
        // A dispute stays open: a true-up does not answer it.
        let was = dues::state_of(notice)?;
        dues::settle(act, notice, was, owed, today).await?;
        credit_notes::write(act, fund, notice, note).await?;
    }
    Ok(rows)
}

/// The credit notes that take an amount off a member's notices, newest first.
fn spread(
    act: &Act<'_>,
    own: Vec<Notice>,
    amount: i64,
    notes: &Notes<'_>,
) -> Result<Vec<(Notice, CreditNote)>, Failure> {
    let mut left = amount;
    let mut drafts = Vec::new();
    for notice in own.into_iter().rev() {
        let creditable = dues::state_of(&notice)?.events().contains(&"credit");
        let mut owed = dues::owed(&notice);
        let part = if creditable {
            std::cmp::min(left, owed.creditable())
        } else {
            0
        };
        if part > 0 {
            left -= part;
            let mut note = credit_notes::draft(act, &notice, part, notes.reason);
            note.returned_minor = owed.credit(part);
            note.mandate_id = notes.mandate;
            note.source_ref = Some(notes.source);
            drafts.push((notice, note));
        }
    }
    if left > 0 {
        return Err(credit_notes::exceeds(amount, amount - left).into());
    }
    Ok(drafts)
}

/// Adds a leg to those of the same account, because one transaction posts an account once.
fn merge(legs: &mut Vec<Leg>, leg: Leg) {
    // The legs of one member stand together at the end.
    let same = legs
        .iter_mut()
        .rev()
        .take_while(|other| other.party == leg.party)
        .find(|other| other.kind == leg.kind);
    match same {
        Some(other) => other.amount += leg.amount,
        None => legs.push(leg),
    }
}
