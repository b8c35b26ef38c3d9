//! The papers of a ballot: everything that its count needs, and the count, which is a pure function of them.

use std::collections::BTreeMap;

use crate::ballots::domain::choice_round;
use crate::ballots::domain::choice_round::End;
use crate::ballots::domain::early_close;
use crate::ballots::domain::paper::Paper;
use crate::ballots::domain::record::BallotRecord;
use crate::ballots::domain::record::RoundRecord;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::Secrecy;
use crate::ballots::domain::tally;
use crate::ballots::domain::tally::Vote;
use crate::ballots::repo;
use crate::ballots::repo::Ballot;
use crate::ballots::service::paper_of;
use crate::ballots::service::rule_of;
use crate::ballots::service::secrets;
use crate::ballots::service::secrets::Receipt;
use crate::ballots::service::secrets::Slip;
use crate::ballots::service::spoilt;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::platform::act::Act;

/// Rule, electorate and votes of the present round.
pub(super) struct Papers {
    pub rule: BallotRule,
    paper: Paper,
    electors: BTreeMap<MembershipId, i64>,
    votes: BTreeMap<MembershipId, String>,
    /// Of a secret ballot.
    pub receipts: Vec<Receipt>,
}

/// A count and what follows from it.
pub(super) struct Counted {
    pub record: BallotRecord,
    /// The elected option.
    pub winner: Option<String>,
    /// Who goes on; then the record is not final.
    pub finalists: Option<Vec<String>>,
}

/// Loads the papers of a ballot that the caller holds locked.
pub(super) async fn load(act: &Act<'_>, ballot: &Ballot) -> Result<Papers, Failure> {
    let rule = rule_of(ballot)?;
    let mut papers = Papers {
        paper: paper_of(ballot)?,
        electors: repo::electors::all(act.tx(), ballot.id).await?,
        votes: BTreeMap::new(),
        receipts: Vec::new(),
        rule,
    };
    if papers.rule.secrecy == Secrecy::Secret {
        open_slips(act, ballot, &mut papers).await?;
    } else {
        papers.votes = repo::votes::all(act.tx(), ballot)
            .await?
            .into_iter()
            .collect();
    }
    Ok(papers)
}

async fn open_slips(act: &Act<'_>, ballot: &Ballot, papers: &mut Papers) -> Result<(), Failure> {
    let slips = repo::secret::all(act.tx(), ballot).await?;
    for member in papers.electors.keys() {
        let pseudonym = secrets::pseudonym(act.ctx, ballot, *member);
        let Some(sealed) = slips.get(&pseudonym) else {
            continue;
        };
        let slip = Slip::open(act.ctx, &pseudonym, sealed)?;
        let word = slip.word(&papers.paper)?.to_owned();
        papers.votes.insert(*member, word);
        papers.receipts.push(slip.receipt(ballot, &papers.paper)?);
    }
    if papers.receipts.len() != slips.len() {
        // Another key file would make every slip a stranger's: better no count than a wrong one.
        return Err(spoilt(
            ballot,
            "slip: the key file is not the one it was cast under",
        ));
    }
    Ok(())
}

impl Papers {
    /// Counts the round.
    pub fn count(&self, ballot: &Ballot) -> Result<Counted, Failure> {
        match &self.paper {
            Paper::Motion => {
                let tally = tally::tally(&self.rule, &self.electors, &self.marks(ballot)?)?;
                Ok(Counted {
                    record: BallotRecord::of_motion(tally),
                    winner: None,
                    finalists: None,
                })
            }
            Paper::Choice(options) => {
                let ids: Vec<String> = options.iter().map(|o| o.id.clone()).collect();
                self.count_choice(ballot, &ids)
            }
        }
    }

    fn count_choice(&self, ballot: &Ballot, options: &[String]) -> Result<Counted, Failure> {
        let votes = self.votes.values().map(String::as_str);
        let eligible = self.electors.len();
        let round = choice_round::count(&self.rule, ballot.round, eligible, options, votes)?;
        let finalists = match &round.end {
            End::RunOff(finalists) | End::Tied(finalists) => finalists.clone(),
            _ => Vec::new(),
        };
        let mut rounds = rounds_of(ballot)?;
        rounds.push(RoundRecord {
            round: ballot.round,
            counts: round.counts.clone(),
            abstain: round.abstain,
            finalists: finalists.clone(),
        });
        let record = BallotRecord::of_choice(&round, self.rule.tie, rounds);
        Ok(Counted {
            record,
            winner: match &round.end {
                End::Elected(option) => Some(option.clone()),
                _ => None,
            },
            finalists: matches!(round.end, End::RunOff(_)).then_some(finalists),
        })
    }

    fn marks(&self, ballot: &Ballot) -> Result<BTreeMap<MembershipId, Vote>, Failure> {
        let mark = |(member, word): (&MembershipId, &String)| {
            let vote = Vote::parse(word).ok_or_else(|| spoilt(ballot, "vote"))?;
            Ok((*member, vote))
        };
        self.votes.iter().map(mark).collect()
    }

    /// Whether the result stands already where the rule closes early.
    pub fn is_decided(&self, ballot: &Ballot) -> Result<bool, Failure> {
        if self.paper != Paper::Motion {
            return Ok(false);
        }
        let votes = self.marks(ballot)?;
        Ok(early_close::closes_now(&self.rule, &self.electors, &votes)?.is_some())
    }
}

/// The rounds before the present one.
pub(super) fn rounds_of(ballot: &Ballot) -> Result<Vec<RoundRecord>, Failure> {
    let rounds = ballot.rounds.clone().map(serde_json::from_value);
    Ok(rounds
        .transpose()
        .map_err(|_| spoilt(ballot, "rounds"))?
        .unwrap_or_default())
}
