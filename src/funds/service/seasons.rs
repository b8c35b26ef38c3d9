//! Everybody's season as the true-up sees it: weights from the lines that were billed, days from the memberships, and
//! corrected sizes from the day on which they are true.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::NaiveDate;
use num_rational::BigRational;
use num_traits::Zero;

use crate::alliances;
use crate::alliances::Alliance;
use crate::alliances::Member;
use crate::funds::domain::exact;
use crate::funds::domain::levy::Days;
use crate::funds::domain::plan;
use crate::funds::domain::plan::Locked;
use crate::funds::domain::plan::Method;
use crate::funds::domain::season;
use crate::funds::domain::season::Season;
use crate::funds::domain::season::WeightFrom;
use crate::funds::domain::state::AssessmentState;
use crate::funds::domain::true_up::LeaverLiability;
use crate::funds::repo;
use crate::funds::repo::Assessment;
use crate::funds::repo::AssessmentLine;
use crate::funds::repo::Fund;
use crate::funds::service::day_in;
use crate::funds::service::joiners;
use crate::funds::service::policies;
use crate::funds::service::policies::Known;
use crate::funds::service::roll;
use crate::funds::service::roll::Question;
use crate::funds::service::roll::Roll;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::sum;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::merchants;
use crate::platform::act::Act;

/// Most days on which sizes of one season may be corrected.
const MOST_CORRECTIONS: usize = 100;

/// What a member owes for the season in the end.
#[derive(Debug, Clone)]
pub struct Ending {
    pub membership: MembershipId,
    pub merchant_name: String,
    pub weight_days: BigRational,
    pub active_days: i64,
    pub exact: BigRational,
    pub last: i64,
    /// What the notices of the fund add up to.
    pub billed: i64,
}

/// The season of everybody whom the fund's assessments charged, and of those who came later and were not billed, in the
/// order of the memberships; `spend` takes the place of the budget.
///
/// # Errors
/// 409 `illegal_transition` where nothing was billed; 422 `not_offered`, and every refusal of the split.
pub async fn endings(
    act: &Act<'_>,
    fund: &Fund,
    alliance: &Alliance,
    spend: Option<i64>,
) -> Result<Vec<Ending>, Failure> {
    let issued = AssessmentState::Issued.as_str();
    let all = repo::assessments::standing(act.tx(), fund).await?;
    let all: Vec<Assessment> = all.into_iter().filter(|row| row.state == issued).collect();
    let (bases, supplements): (Vec<&Assessment>, Vec<&Assessment>) =
        all.iter().partition(|row| row.kind == "season");
    if bases.is_empty() {
        return Err(Refused::illegal_transition(&fund.state, "true_up", &[]).into());
    }
    if spend.is_some() && bases.len() > 1 {
        let detail = "A spend cannot be told apart by several budgets of one fund.";
        return Err(Refused::new(&kinds::NOT_OFFERED, detail).into());
    }
    let mut found: BTreeMap<MembershipId, Ending> = BTreeMap::new();
    for base in bases {
        let own = supplements.iter().copied();
        let own = own.filter(|s| s.supplements == Some(base.id));
        let mut job = Job::load(act, fund, alliance, base, own).await?;
        job.join(act, &all).await?;
        for ending in job.end(act, spend).await? {
            match found.get_mut(&ending.membership) {
                None => {
                    found.insert(ending.membership, ending);
                }
                Some(known) => {
                    known.last = sum([known.last, ending.last])?;
                    known.exact += ending.exact;
                    known.weight_days += ending.weight_days;
                    known.active_days = known.active_days.max(ending.active_days);
                }
            }
        }
    }
    Ok(found.into_values().collect())
}

/// One season's assessment with its supplements.
struct Job<'a> {
    fund: &'a Fund,
    alliance: &'a Alliance,
    base: &'a Assessment,
    known: Known,
    locked: Locked,
    lines: Vec<AssessmentLine>,
    members: BTreeMap<MembershipId, Member>,
    season_days: i64,
}

impl<'a> Job<'a> {
    async fn load(
        act: &Act<'_>,
        fund: &'a Fund,
        alliance: &'a Alliance,
        base: &'a Assessment,
        supplements: impl Iterator<Item = &Assessment>,
    ) -> Result<Self, Failure> {
        let mut lines = repo::assessments::lines(act.tx(), base).await?;
        let known = policies::find(act.tx(), fund.alliance_id, base.policy_id).await?;
        let locked = joiners::locked(act.tx(), alliance, base, &known.plan, &lines).await?;
        for supplement in supplements {
            lines.extend(repo::assessments::lines(act.tx(), supplement).await?);
        }
        let ids: Vec<MembershipId> = lines.iter().map(|line| line.membership_id).collect();
        let members = alliances::members_by_id(act.tx(), fund.alliance_id, &ids).await?;
        Ok(Self {
            fund,
            alliance,
            base,
            known,
            locked,
            lines,
            members: members.into_iter().map(|m| (m.membership, m)).collect(),
            season_days: (fund.season_to - fund.season_from).num_days() + 1,
        })
    }

    /// Takes in those who came after the season was billed and whom nothing charges yet: their weights are those of the
    /// day on which they came, and they were billed nothing.
    async fn join(&mut self, act: &Act<'_>, issued: &[Assessment]) -> Result<(), Failure> {
        let members = joiners::since(act.tx(), self.base).await?;
        let (fund, alliance) = (self.fund, self.alliance);
        let joined = joiners::unbilled(act.tx(), fund, alliance, issued, members).await?;
        let mut days: BTreeMap<NaiveDate, Vec<Member>> = BTreeMap::new();
        for (member, from) in joined {
            self.members.insert(member.membership, member.clone());
            days.entry(from).or_default().push(member);
        }
        for (from, members) in days {
            let called = self.call(act, from, members).await?;
            let by = (&self.known.plan, &self.locked);
            let days = vec![from; called.members.len()];
            let lines = joiners::charged(act, fund, self.base, by, &called, &days)?;
            self.lines.extend(lines);
        }
        self.lines.sort_unstable_by_key(|line| line.membership_id);
        Ok(())
    }

    /// Calls some members as of a day, by what is known now.
    async fn call(
        &self,
        act: &Act<'_>,
        day: NaiveDate,
        members: Vec<Member>,
    ) -> Result<Roll, Failure> {
        let question = Question {
            alliance: self.alliance,
            plan: &self.known.plan,
            day,
            known_at: act.now(),
            season: None,
        };
        roll::call(act.tx(), question, members).await
    }

    async fn end(self, act: &Act<'_>, spend: Option<i64>) -> Result<Vec<Ending>, Failure> {
        let corrected = self.corrections(act).await?;
        let seasons: Vec<Season> = self
            .lines
            .iter()
            .map(|line| self.season(line, &corrected))
            .collect();
        let cap = self.known.plan.terms.owner_cap_minor;
        let finals = match (&self.known.plan.method, spend) {
            (Method::Budget(method), _) => {
                let total = spend.unwrap_or(self.base.budget_minor);
                // A spend is no multiple of the quantum.
                let quantum = if spend.is_some() {
                    1
                } else {
                    method.quantum_minor
                };
                season::split_season(total, quantum, self.season_days, cap, &seasons)?
            }
            (Method::Rate(rate), None) => {
                let round = rate.rule.round;
                season::charge_season(self.season_days, round.mode, round.quantum, &seasons)?
            }
            (Method::Rate(_), Some(_)) => {
                let detail =
                    "A rate charges each member on its own; a spend cannot be split by it.";
                return Err(Refused::new(&kinds::NOT_OFFERED, detail).into());
            }
        };
        let rows = self.lines.iter().zip(&seasons).zip(finals);
        let ending = |((line, season), last): ((&AssessmentLine, &Season), season::Final)| Ending {
            membership: line.membership_id,
            merchant_name: line.merchant_name.clone(),
            weight_days: season.weight_days(),
            active_days: season.active_days(),
            exact: last.exact,
            last: last.amount,
            billed: 0,
        };
        Ok(rows.map(ending).collect())
    }

    /// Days from the season's first, which is 1.
    fn day(&self, day: NaiveDate) -> i64 {
        (day - self.fund.season_from).num_days() + 1
    }

    fn season(&self, line: &AssessmentLine, corrected: &Corrections) -> Season {
        let from_day = line.liable_from.map_or(1, |day| self.day(day).max(1));
        let weight = line.weight.as_deref().and_then(exact::read);
        let weight = weight.map_or_else(BigRational::zero, |weight| weight.0);
        let mut weights = vec![WeightFrom { day: 1, weight }];
        let own = corrected.get(&line.membership_id).into_iter().flatten();
        weights.extend(own.map(|(day, weight)| WeightFrom {
            day: self.day(*day),
            weight: weight.clone(),
        }));
        Season {
            id: line.membership_id.to_string(),
            weights,
            from_day,
            to_day: self.to_day(line.membership_id),
            floor: line.floor_minor,
            cap: line.cap_minor,
            owner: line.owner.clone(),
        }
    }

    /// The last day of liability: the season's, or that of the exit where the policy lets leavers go.
    fn to_day(&self, membership: MembershipId) -> i64 {
        let ended = self.members.get(&membership).and_then(|m| m.ended_at);
        match (self.known.plan.terms.leaver_liability, ended) {
            (LeaverLiability::UntilExit, Some(ended)) => {
                let day = self.day(day_in(self.alliance.time_zone, ended));
                day.clamp(0, self.season_days)
            }
            _ => self.season_days,
        }
    }

    /// Weights of members whose sizes were verified after the season was billed, by the day from which they hold: the
    /// day of the size, but never before the season began. In a mix they weigh by what the founders had together.
    async fn corrections(&self, act: &Act<'_>) -> Result<Corrections, Failure> {
        let plan = &self.known.plan;
        let merchants: BTreeMap<_, _> = self
            .members
            .values()
            .map(|member| (member.merchant, member.membership))
            .collect();
        let ids: Vec<_> = merchants.keys().copied().collect();
        let mut days: BTreeMap<NaiveDate, BTreeSet<MembershipId>> = BTreeMap::new();
        for measure in plan.measures() {
            let late =
                merchants::verified_after(act.tx(), &ids, measure, self.base.created_at).await?;
            for (merchant, from) in late {
                let day = from.max(self.fund.season_from);
                if let Some(membership) = merchants
                    .get(&merchant)
                    .filter(|_| day <= self.fund.season_to)
                {
                    days.entry(day).or_default().insert(*membership);
                }
            }
        }
        if days.len() > MOST_CORRECTIONS {
            let detail = format!("Sizes were corrected on more than {MOST_CORRECTIONS} days.");
            return Err(Refused::new(&kinds::TOO_COMPLEX, detail).into());
        }
        let mut found = Corrections::new();
        for (day, memberships) in days {
            self.weigh(act, day, &memberships, &mut found).await?;
        }
        Ok(found)
    }

    async fn weigh(
        &self,
        act: &Act<'_>,
        day: NaiveDate,
        memberships: &BTreeSet<MembershipId>,
        found: &mut Corrections,
    ) -> Result<(), Failure> {
        let members = memberships.iter().filter_map(|id| self.members.get(id));
        let called = self.call(act, day, members.cloned().collect()).await?;
        let days = Days {
            liable: 1,
            period: 1,
        };
        for (entry, member) in called.entries.iter().zip(&called.members) {
            let charge = plan::joining(&self.known.plan, &self.locked, member, days);
            let charge = charge.map_err(|refusal| {
                let wrong = vec![(member.id.clone(), refusal)];
                called.explain(plan::ChargeRefusal::Members(wrong))
            })?;
            let weight = charge.map_or_else(BigRational::zero, |charge| charge.weight);
            let own = found.entry(entry.member.membership).or_default();
            own.push((day, weight));
        }
        Ok(())
    }
}

/// New weights by member, ascending by day.
type Corrections = BTreeMap<MembershipId, Vec<(NaiveDate, BigRational)>>;
