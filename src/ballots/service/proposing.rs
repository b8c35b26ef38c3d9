//! Drafting a question.

use serde_json::json;
use uuid::Uuid;

use crate::alliances;
use crate::alliances::domain::tightness;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::tally::Roll;
use crate::ballots::domain::timetable::Timetable;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::opening;
use crate::ballots::subjects;
use crate::kernel::ids::AllianceId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::platform::act::Act;

/// A question as it is drafted.
#[derive(Debug)]
pub struct Proposal<'a> {
    pub title: &'a str,
    pub explanation: Option<&'a str>,
    pub matter: BallotMatter,
    pub subject: Option<Uuid>,
    pub opens_at: Option<Instant>,
    pub closes_at: Instant,
    /// Absent: the rule of the matter.
    pub rule: Option<&'a BallotRule>,
}

/// Drafts a ballot.
///
/// # Errors
/// 404 and 403 by the caller's standing; 422 for a rule that is too loose or cannot be counted, a subject
/// that is missing or unknown, or a timetable that leaves no time.
pub async fn propose(
    act: &Act<'_>,
    alliance: AllianceId,
    proposal: &Proposal<'_>,
) -> Result<Ballot, Failure> {
    let standing = alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let by_laws = alliances::by_laws(act.tx(), alliance).await?;
    let in_force = by_laws.rule_for(proposal.matter);
    let rule = proposal.rule.unwrap_or(&in_force).clone();
    tightness::accept_in_ballot(proposal.matter, &rule, &in_force)?;
    let timetable = Timetable {
        opens_at: proposal.opens_at.map(Instant::millis),
        closes_at: proposal.closes_at.millis(),
        notice_days: by_laws.ballot_notice_days,
    };
    timetable.opening(act.now().millis())?;
    check_subject(act, alliance, proposal, &rule).await?;
    let ballot = Ballot {
        id: act.fresh(),
        alliance_id: alliance,
        title: proposal.title.to_owned(),
        explanation: proposal.explanation.map(str::to_owned),
        matter: proposal.matter.as_str().to_owned(),
        subject_id: proposal.subject,
        content_hash: None,
        rule: json!(rule),
        state: "draft".to_owned(),
        withdrawal: None,
        result: None,
        record: None,
        opens_at: proposal.opens_at,
        closes_at: proposal.closes_at,
        proposed_by: standing.user,
        published_at: None,
        opened_at: None,
        closed_at: None,
        electorate_size: None,
        version: 1,
        created_at: act.now(),
    };
    repo::insert(act.tx(), ballot.clone()).await?;
    let data = json!({ "matter": proposal.matter, "subject_id": proposal.subject });
    act.record("ballot.proposed", Some(alliance), ballot.id.0, data)
        .await?;
    Ok(ballot)
}

/// A subject where the matter has one, and a weight cap that the present members can meet.
async fn check_subject(
    act: &Act<'_>,
    alliance: AllianceId,
    proposal: &Proposal<'_>,
    rule: &BallotRule,
) -> Result<(), Failure> {
    let subject = match (proposal.matter, proposal.subject) {
        (BallotMatter::Advisory, None) => None,
        (BallotMatter::Advisory, Some(_)) => {
            return Err(refuse_subject(
                "subject_not_allowed",
                "An advisory question has no subject.",
            ));
        }
        (_, None) => {
            return Err(refuse_subject(
                "subject_missing",
                "This matter needs its subject.",
            ));
        }
        (matter, Some(id)) => Some(
            subjects::find(act.tx(), alliance, matter, id)
                .await?
                .ok_or_else(|| {
                    refuse_subject(
                        "subject_unknown",
                        "The alliance has no such subject to decide on.",
                    )
                })?,
        ),
    };
    let electorate = opening::electorate(act, alliance, subject.as_ref()).await?;
    Roll::new(rule, &electorate)?;
    Ok(())
}

fn refuse_subject(code: &str, detail: &str) -> Failure {
    Refused::field("#/subject_id", code, detail).into()
}
