//! The roll: everybody whom a policy charges, with the sizes, classes and owners that it asks for.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::Datelike;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use sea_orm::ConnectionTrait;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Measure;
use crate::funds::domain::levy::Days;
use crate::funds::domain::levy::LevyRefusal;
use crate::funds::domain::levy::Subject;
use crate::funds::domain::plan;
use crate::funds::domain::plan::Accept;
use crate::funds::domain::plan::ChargeRefusal;
use crate::funds::domain::plan::Charged;
use crate::funds::domain::plan::Plan;
use crate::funds::domain::sizes::Sizes as SizesByMeasure;
use crate::funds::service::day_in;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::SizeFactId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refusal;
use crate::kernel::problem::Refused;
use crate::kernel::time::Instant;
use crate::merchants;
use crate::merchants::Size;
use crate::merchants::SizeQuery;
use crate::merchants::SizeStatus;

/// Most members that a refusal names one by one.
const MOST_NAMED: usize = 1_000;

/// A size that was used, as a line stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = SizeUsed)]
pub struct Used {
    #[schema(max_length = 60)]
    pub measure: String,
    /// As it was stated; minor units for money.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub value: i64,
    /// `verified`, `declared`, `estimated`, or `fallback` where the policy put a value in its place.
    #[schema(max_length = 20)]
    pub status: String,
    /// The statement that says so; null for a fallback.
    pub fact_id: Option<SizeFactId>,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub alliance: &'a Alliance,
    pub plan: &'a Plan,
    /// Sizes, classes and owners count as of this day …
    pub day: NaiveDate,
    /// … as far as they are known at this instant.
    pub known_at: Instant,
    /// First and last day of the season, where it matters.
    pub season: Option<(NaiveDate, NaiveDate)>,
}

/// One member of the roll.
#[derive(Debug, Clone)]
pub struct Entry {
    pub member: alliances::Member,
    pub used: Vec<Used>,
    /// Why a size does not count, where there is one.
    obstacles: Vec<LevyRefusal>,
}

/// Everybody, in the order of the memberships.
#[derive(Debug, Clone)]
pub struct Roll {
    pub entries: Vec<Entry>,
    /// The same members as the rules see them.
    pub members: Vec<plan::Member>,
}

/// Calls the roll of `members`.
///
/// # Errors
/// When the database fails.
pub async fn call(
    c: &impl ConnectionTrait,
    question: Question<'_>,
    members: Vec<alliances::Member>,
) -> Result<Roll, Failure> {
    let alliance = question.alliance;
    let placements =
        alliances::placements_on(c, alliance.id, question.day, question.known_at).await?;
    let sizes = Sizes::load(c, question, &members).await?;
    let years = question
        .plan
        .terms
        .indexed_from
        .map_or(0, |from| full_years(from, question.day));
    let mut roll = Roll {
        entries: Vec::with_capacity(members.len()),
        members: Vec::with_capacity(members.len()),
    };
    for member in members {
        let placement = placements.get(&member.membership);
        let (entry, exact) = sizes.of(member);
        let subject = Subject {
            sizes: exact,
            class: placement.and_then(|p| p.class.clone()),
            years_elapsed: years,
            days: Some(days(alliance, &entry.member, question.season)),
        };
        roll.members.push(plan::Member {
            id: entry.member.membership.to_string(),
            owner: placement.and_then(|p| p.owner.clone()),
            subject,
        });
        roll.entries.push(entry);
    }
    Ok(roll)
}

/// Full years from a day to a later one.
fn full_years(from: NaiveDate, to: NaiveDate) -> i64 {
    to.years_since(from).map_or(0, i64::from)
}

/// The days of the season for which a member is liable: from the day on which it joined.
fn days(
    alliance: &Alliance,
    member: &alliances::Member,
    season: Option<(NaiveDate, NaiveDate)>,
) -> Days {
    let Some((first, last)) = season else {
        return Days {
            liable: 1,
            period: 1,
        };
    };
    let joined = member.joined_at.map(|at| day_in(alliance.time_zone, at));
    let from = joined.map_or(first, |joined| joined.max(first));
    let count = |from: NaiveDate| i64::from(last.num_days_from_ce() - from.num_days_from_ce()) + 1;
    Days {
        liable: count(from).max(0),
        period: count(first),
    }
}

/// The sizes of everybody in every measure that a policy names.
struct Sizes<'a> {
    question: Question<'a>,
    measures: Vec<(Measure, Arc<str>, HashMap<MerchantId, Size>)>,
    /// From which value on a size must be verified, by measure.
    evidence: HashMap<String, i64>,
}

impl<'a> Sizes<'a> {
    async fn load(
        c: &impl ConnectionTrait,
        question: Question<'a>,
        members: &[alliances::Member],
    ) -> Result<Self, Failure> {
        let (plan, alliance) = (question.plan, question.alliance);
        let known = alliances::measures(c, alliance.id, alliance.currency).await?;
        let by_laws = alliances::by_laws(c, alliance.id).await?;
        let rules = by_laws.evidence.into_iter();
        let mut evidence: HashMap<String, i64> =
            rules.map(|rule| (rule.measure, rule.from_value)).collect();
        let strict = known.values().filter(|measure| measure.evidence_required);
        evidence.extend(strict.map(|measure| (measure.key.clone(), 0)));
        let accept: Vec<SizeStatus> = plan
            .terms
            .accept
            .iter()
            .map(|accept| match accept {
                Accept::Declared => SizeStatus::Declared,
                Accept::Estimated => SizeStatus::Estimated,
            })
            .collect();
        let merchants: Vec<MerchantId> = members.iter().map(|m| m.merchant).collect();
        let mut measures = Vec::new();
        for key in plan.measures() {
            let Some(measure) = known.get(key) else {
                continue;
            };
            let query = SizeQuery {
                measure: key,
                day: question.day,
                known_at: question.known_at,
                accept: &accept,
            };
            let sizes = merchants::sizes_on(c, &merchants, query).await?;
            measures.push((measure.clone(), key.into(), sizes));
        }
        Ok(Self {
            question,
            measures,
            evidence,
        })
    }

    fn of(&self, member: alliances::Member) -> (Entry, SizesByMeasure) {
        let mut exact = SizesByMeasure::default();
        let mut entry = Entry {
            member,
            used: Vec::new(),
            obstacles: Vec::new(),
        };
        for (measure, key, sizes) in &self.measures {
            let size = sizes.get(&entry.member.merchant);
            match self.counted(measure, size) {
                Ok(Some(used)) => {
                    exact.insert(key.clone(), measure.exact(used.value));
                    entry.used.push(used);
                }
                Ok(None) => {}
                Err(obstacle) => entry.obstacles.push(obstacle),
            }
        }
        (entry, exact)
    }

    /// The size that counts, or the policy's value in its place; an obstacle where there is a size that does not.
    fn counted(&self, measure: &Measure, size: Option<&Size>) -> Result<Option<Used>, LevyRefusal> {
        let Some(size) = size else {
            let fallback = self.question.plan.terms.fallback.get(&measure.key);
            return Ok(fallback.map(|value| Used {
                measure: measure.key.clone(),
                value: *value,
                status: "fallback".to_owned(),
                fact_id: None,
            }));
        };
        if size.unit != measure.unit {
            return Err(LevyRefusal::UnitMismatch {
                measure: measure.key.clone(),
                unit: size.unit.clone(),
                expected: measure.unit.clone(),
            });
        }
        let from = self.evidence.get(&measure.key).copied();
        match from.filter(|from| size.status != SizeStatus::Verified && size.value >= *from) {
            Some(from) => Err(LevyRefusal::EvidenceMissing {
                measure: measure.key.clone(),
                value: size.value,
                from,
            }),
            None => Ok(Some(Used {
                measure: measure.key.clone(),
                value: size.value,
                status: size.status.as_str().to_owned(),
                fact_id: Some(size.id),
            })),
        }
    }
}

/// A member that cannot be charged.
#[derive(Debug, Clone)]
pub struct Uncharged {
    /// Its place in the roll.
    pub place: usize,
    pub refusal: LevyRefusal,
}

impl Roll {
    /// The members that a refusal names, each with the reason why its size does not count where it has one.
    pub fn uncharged(&self, refusals: Vec<(String, LevyRefusal)>) -> Vec<Uncharged> {
        let places: HashMap<&str, usize> = self
            .members
            .iter()
            .enumerate()
            .map(|(place, member)| (member.id.as_str(), place))
            .collect();
        refusals
            .into_iter()
            .filter_map(|(id, refusal)| {
                let place = *places.get(id.as_str())?;
                let entry = &self.entries[place];
                let refusal = entry.because(refusal);
                Some(Uncharged { place, refusal })
            })
            .collect()
    }

    /// A refusal with the names of the members.
    pub fn explain(&self, refusal: ChargeRefusal) -> Failure {
        let ChargeRefusal::Members(members) = refusal else {
            return refusal.into();
        };
        let uncharged = self.uncharged(members);
        let Some(first) = uncharged.first() else {
            return anyhow::anyhow!("a refusal names nobody").into();
        };
        let listed: Vec<Value> = uncharged
            .iter()
            .take(MOST_NAMED)
            .map(|one| self.named(one))
            .collect();
        let detail = format!(
            "{} members cannot be charged; the first of them: {}.",
            uncharged.len(),
            first.refusal
        );
        let mut refused = Refused::new(first.refusal.kind(), detail);
        for (key, value) in first.refusal.params() {
            refused = refused.with(&key, value);
        }
        refused.with("members", listed).into()
    }

    fn named(&self, one: &Uncharged) -> Value {
        let member = &self.entries[one.place].member;
        json!({
            "membership_id": member.membership,
            "name": member.name,
            "code": one.refusal.kind().code,
            "params": one.refusal.params(),
        })
    }
}

/// Charges everybody on a roll, on a thread that may take its time.
///
/// # Errors
/// Why nobody can be charged.
pub async fn charge(
    plan: &Plan,
    budget: Option<i64>,
    roll: &mut Roll,
) -> Result<Result<Charged, ChargeRefusal>, Failure> {
    let members = std::mem::take(&mut roll.members);
    let plan = plan.clone();
    let work = move || {
        let outcome = plan::charge(&plan, budget, &members);
        (members, outcome)
    };
    let (members, outcome) = tokio::task::spawn_blocking(work)
        .await
        .map_err(anyhow::Error::new)?;
    roll.members = members;
    Ok(outcome)
}

impl Entry {
    fn because(&self, refusal: LevyRefusal) -> LevyRefusal {
        let LevyRefusal::MeasureMissing { measure: wanted } = &refusal else {
            return refusal;
        };
        let obstacle = self.obstacles.iter().find(|obstacle| match obstacle {
            LevyRefusal::EvidenceMissing { measure, .. }
            | LevyRefusal::UnitMismatch { measure, .. } => measure == wanted,
            _ => false,
        });
        obstacle.cloned().unwrap_or(refusal)
    }
}
