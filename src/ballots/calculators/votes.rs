//! From what happened while a ballot was open to the votes that count.

use crate::ballots::calculators::Electorate;
use crate::ballots::calculators::MOST;
use crate::ballots::calculators::at_most;
use crate::ballots::domain::refusal::BallotRefused;
use crate::ballots::domain::resolve;
use crate::ballots::domain::resolve::Appointment;
use crate::ballots::domain::resolve::Conditions;
use crate::ballots::domain::resolve::Rejected;
use crate::ballots::domain::resolve::Rejection;
use crate::ballots::domain::resolve::VoteEvent;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::tally;
use crate::ballots::domain::tally::Outcome;
use crate::ballots::domain::tally::Vote;
use crate::words;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

words! {
    /// The only kind of this calculator.
    pub enum VotesKind { Resolve = "resolve" }
}

/// What happened while a ballot was open. Instants are integers of any one unit.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct VotesRequest {
    /// May be left out.
    #[serde(default)]
    pub kind: Option<VotesKind>,
    /// The rule of the ballot; `revote` and `max_proxies` beside it say how votes are resolved.
    pub rule: BallotRule,
    /// Member to weight.
    pub electorate: Electorate,
    /// The first instant that is too late.
    pub closes_at: i64,
    /// Votes as they arrived.
    #[schema(max_items = 100_000)]
    pub events: Vec<EventInput>,
    /// Appointments of proxies.
    #[serde(default)]
    #[schema(max_items = 100_000)]
    pub proxies: Vec<ProxyInput>,
    /// Appointments that one member may hold.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub max_proxies: u32,
    /// Whether a later vote replaces an earlier one.
    pub revote: bool,
}

/// One vote as it arrived.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventInput {
    /// When.
    pub at: i64,
    /// Who acts.
    #[schema(max_length = 200)]
    pub by: String,
    /// For whom, if by proxy.
    #[serde(default, rename = "as")]
    #[schema(max_length = 200)]
    pub on_behalf_of: Option<String>,
    /// The vote.
    pub choice: Vote,
}

/// One written appointment.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyInput {
    /// Who is represented.
    #[schema(max_length = 200)]
    pub principal: String,
    /// Who votes for the principal.
    #[schema(max_length = 200)]
    pub holder: String,
    /// When it was written.
    pub at: i64,
    /// The first instant that is too late.
    pub deadline: i64,
}

/// The votes that count, what was refused, and the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VotesAnswer {
    /// Member to the vote that counts.
    pub votes: BTreeMap<String, Vote>,
    /// Appointments, then votes, each in order of time.
    #[schema(max_items = 200_000)]
    pub rejected: Vec<RejectedItem>,
    /// The declaration of these votes under the rule.
    pub result: Outcome,
}

/// One refused appointment or vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum RejectedItem {
    /// An appointment, by its principal.
    Proxy {
        /// The principal.
        #[schema(max_length = 200)]
        proxy: String,
        /// Why.
        reason: Rejection,
    },
    /// A vote, by its instant.
    Event {
        /// The instant.
        event: i64,
        /// Why.
        reason: Rejection,
    },
}

/// Resolves votes, revotes and proxies, and counts what stands.
///
/// # Errors
/// More than 100,000 members, events or appointments; else as for counting.
pub fn votes(request: &VotesRequest) -> Result<VotesAnswer, BallotRefused> {
    at_most("members", request.electorate.len(), MOST)?;
    at_most("events", request.events.len(), MOST)?;
    at_most("proxies", request.proxies.len(), MOST)?;
    let events: Vec<VoteEvent<String>> = request.events.iter().map(EventInput::event).collect();
    let proxies: Vec<Appointment<String>> = request
        .proxies
        .iter()
        .map(ProxyInput::appointment)
        .collect();
    let conditions = Conditions {
        closes_at: request.closes_at,
        max_proxies: request.max_proxies,
        revote: request.revote,
    };
    let members = request.electorate.keys().cloned().collect();
    let resolved = resolve::resolve(&members, &events, &proxies, conditions);
    let tally = tally::tally(&request.rule, &request.electorate, &resolved.votes)?;
    Ok(VotesAnswer {
        votes: resolved.votes,
        rejected: resolved.rejected.into_iter().map(Into::into).collect(),
        result: tally.verdict.result,
    })
}

impl EventInput {
    fn event(&self) -> VoteEvent<String> {
        VoteEvent {
            at: self.at,
            by: self.by.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            vote: self.choice,
        }
    }
}

impl ProxyInput {
    fn appointment(&self) -> Appointment<String> {
        Appointment {
            principal: self.principal.clone(),
            holder: self.holder.clone(),
            at: self.at,
            deadline: self.deadline,
        }
    }
}

impl From<Rejected<String>> for RejectedItem {
    fn from(rejected: Rejected<String>) -> Self {
        match rejected {
            Rejected::Proxy { principal, reason } => Self::Proxy {
                proxy: principal,
                reason,
            },
            Rejected::Event { at, reason } => Self::Event { event: at, reason },
        }
    }
}
