//! Drafting a question.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::alliances;
use crate::alliances::domain::ballot_matter::check_choice;
use crate::alliances::domain::tightness;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::paper::BallotOption;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::RuleRefused;
use crate::ballots::domain::tally::Roll;
use crate::ballots::domain::timetable::Timetable;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::Candidate;
use crate::ballots::service::electorate;
use crate::ballots::service::electorate::Question;
use crate::ballots::subjects;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::UserId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::mandates::Subject;
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
    /// What an advisory question chooses among; absent: for or against.
    pub options: Option<&'a [BallotOption]>,
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
    check_options(proposal.matter, proposal.options)?;
    if proposal.options.is_some() {
        check_choice(&rule)?;
    }
    let strict = tightness::accept_in_ballot(proposal.matter, &rule, &in_force);
    if !is_about_a_cap(&strict) {
        strict.clone()?;
    }
    let timetable = Timetable {
        opens_at: proposal.opens_at.map(Instant::millis),
        closes_at: proposal.closes_at.millis(),
        notice_days: by_laws.ballot_notice_days,
    };
    timetable.opening(act.now().millis())?;
    let subject = find_subject(act, alliance, proposal).await?;
    check_electorate(act, alliance, proposal, &rule, subject.as_ref()).await?;
    strict?;
    let ballot = drafted(act, alliance, standing.user, proposal, &rule);
    repo::insert(act.tx(), ballot.clone()).await?;
    let data = json!({ "matter": proposal.matter, "subject_id": proposal.subject });
    act.record("ballot.proposed", Some(alliance), ballot.id.0, data)
        .await?;
    Ok(ballot)
}

/// The draft of a question by `user`.
fn drafted(
    act: &Act<'_>,
    alliance: AllianceId,
    user: UserId,
    proposal: &Proposal<'_>,
    rule: &BallotRule,
) -> Ballot {
    Ballot {
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
        proposed_by: user,
        published_at: None,
        opened_at: None,
        closed_at: None,
        electorate_size: None,
        version: 1,
        created_at: act.now(),
        options: proposal.options.map(stored),
        round: 1,
        edition: 1,
        follows_id: None,
        origin: None,
        extended_at: None,
        withdrawal_asked_by: None,
        remind_at: None,
        reminded_at: None,
        checked_votes: None,
        winner: None,
        casting_until: None,
        casting_vote_by: None,
        challenge_until: None,
        effective_at: None,
        permitted_at: None,
        rounds: None,
    }
}

/// A cap that cannot be met at all is refused as such, whoever may set one.
fn is_about_a_cap(strict: &Result<(), RuleRefused>) -> bool {
    let part = "weight_cap";
    matches!(strict, Err(RuleRefused::Loosened { part: about, .. }) if *about == part)
}

/// Options are given for advisory questions only: what has effect is chosen among what its subject offers.
pub(super) fn check_options(
    matter: BallotMatter,
    options: Option<&[BallotOption]>,
) -> Result<(), Failure> {
    let Some(options) = options else {
        return Ok(());
    };
    if matter.has_effect() {
        let detail = "The options of this matter come from its subject.";
        return Err(Refused::field("#/options", "options_not_allowed", detail).into());
    }
    if let [only] = options {
        let option = only.id.clone();
        return Err(BallotRefused::OptionsInvalid { option }.into());
    }
    Ok(Paper::Choice(options.to_vec()).check()?)
}

/// Options as a ballot keeps them.
pub(super) fn stored(options: &[BallotOption]) -> Value {
    let candidate = |option: &BallotOption| Candidate {
        id: option.id.clone(),
        title: option.title.clone(),
        content_hash: Vec::new(),
    };
    json!(options.iter().map(candidate).collect::<Vec<_>>())
}

/// The subject, where the matter has one.
async fn find_subject(
    act: &Act<'_>,
    alliance: AllianceId,
    proposal: &Proposal<'_>,
) -> Result<Option<Subject>, Failure> {
    match (proposal.matter, proposal.subject) {
        (BallotMatter::Advisory, None) => Ok(None),
        (BallotMatter::Advisory, Some(_)) => Err(refuse_subject(
            "subject_not_allowed",
            "An advisory question has no subject.",
        )),
        (_, None) => Err(refuse_subject(
            "subject_missing",
            "This matter needs its subject.",
        )),
        (matter, Some(id)) => {
            let found = subjects::find(act.tx(), alliance, matter, id).await?;
            let unknown = || {
                refuse_subject(
                    "subject_unknown",
                    "The alliance has no such subject to decide on.",
                )
            };
            Ok(Some(found.ok_or_else(unknown)?))
        }
    }
}

/// A rule that counts, with a weight cap that the present members can meet.
async fn check_electorate(
    act: &Act<'_>,
    alliance: AllianceId,
    proposal: &Proposal<'_>,
    rule: &BallotRule,
    subject: Option<&Subject>,
) -> Result<(), Failure> {
    let question = Question {
        alliance,
        ballot: None,
        matter: proposal.matter,
        rule,
        subject,
    };
    let electorate = electorate::of(act, &question).await?;
    Roll::new(rule, &electorate.electors)?;
    Ok(())
}

fn refuse_subject(code: &str, detail: &str) -> Failure {
    Refused::field("#/subject_id", code, detail).into()
}
