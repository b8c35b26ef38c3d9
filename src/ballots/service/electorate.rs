//! Who may vote and what each vote weighs, as it stands now: taken when a ballot is drafted, fixed when it opens.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::alliances;
use crate::alliances::Member;
use crate::ballots::domain::electorate::Electorate;
use crate::ballots::domain::electorate::Standings;
use crate::ballots::domain::matter::BallotMatter;
use crate::ballots::domain::rule::BallotRule;
use crate::ballots::domain::rule::ContributionBasis;
use crate::ballots::domain::rule::WeightBasis;
use crate::ballots::repo;
use crate::funds;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mandates::Subject;
use crate::merchants;
use crate::platform::act::Act;

/// What an electorate depends on.
pub(super) struct Question<'a> {
    pub alliance: AllianceId,
    /// Absent while it is drafted: nobody has declared an interest.
    pub ballot: Option<BallotId>,
    pub matter: BallotMatter,
    pub rule: &'a BallotRule,
    pub subject: Option<&'a Subject>,
}

/// The electorate of a question as it stands now.
pub(super) async fn of(
    act: &Act<'_>,
    question: &Question<'_>,
) -> Result<Electorate<MembershipId>, Failure> {
    let alliance = question.alliance;
    let members = alliances::active_members(act.tx(), alliance).await?;
    let suspended = alliances::suspended_members(act.tx(), alliance).await?;
    let mut interested = question
        .subject
        .map(|subject| subject.interested.clone())
        .unwrap_or_default();
    if let Some(ballot) = question.ballot {
        interested.extend(repo::electors::interested(act.tx(), ballot).await?);
    }
    let today = today(act, alliance).await?;
    let standings = Standings {
        active: weights(act, question, &members, today).await?,
        suspended: suspended.into_iter().collect(),
        interested,
        arrears: arrears(act, question, today).await?,
    };
    Ok(standings.electorate())
}

async fn today(act: &Act<'_>, alliance: AllianceId) -> Result<NaiveDate, Failure> {
    let alliance = alliances::alliance(act.tx(), alliance)
        .await?
        .ok_or_else(|| Refused::not_found("alliance"))?;
    let here = act.now().to_utc().with_timezone(&alliance.time_zone);
    Ok(here.date_naive())
}

async fn arrears(
    act: &Act<'_>,
    question: &Question<'_>,
    today: NaiveDate,
) -> Result<BTreeSet<MembershipId>, Failure> {
    if !question.matter.is_about_money() {
        return Ok(BTreeSet::new());
    }
    let by_laws = alliances::by_laws(act.tx(), question.alliance).await?;
    let days = by_laws.ballot_arrears_days;
    funds::in_arrears(act.tx(), question.alliance, today, days).await
}

/// What each member weighs. Contributions are those of the last season; in the first one what each would be
/// billed, or one each where the question bills nobody. Sizes count once they are verified.
async fn weights(
    act: &Act<'_>,
    question: &Question<'_>,
    members: &[Member],
    today: NaiveDate,
) -> Result<BTreeMap<MembershipId, i64>, Failure> {
    let each = |weigh: &dyn Fn(MembershipId) -> i64| {
        let weighed = members.iter().map(|m| (m.membership, weigh(m.membership)));
        weighed.collect()
    };
    match &question.rule.weight {
        WeightBasis::Equal => Ok(each(&|_| 1)),
        WeightBasis::Contribution(basis) => {
            let proposed = question.subject.map(|s| &s.weights);
            let proposed = proposed.filter(|weights| !weights.is_empty());
            let last = funds::of_last_season(act.tx(), question.alliance).await?;
            Ok(match (last, proposed) {
                (Some(last), _) => each(&|member| {
                    let sum = last.get(&member).copied().unwrap_or_default();
                    match basis {
                        ContributionBasis::Billed => sum.billed_minor,
                        ContributionBasis::Paid => sum.paid_minor,
                    }
                }),
                (None, Some(bill)) => each(&|member| bill.get(&member).copied().unwrap_or(0)),
                (None, None) => each(&|_| 1),
            })
        }
        WeightBasis::Size(measure) => {
            let mut sizes = BTreeMap::new();
            for member in members {
                let known = act.now();
                let size =
                    merchants::size_on(act.tx(), member.merchant, measure, today, known, false)
                        .await?;
                sizes.insert(member.membership, size.map_or(0, |size| size.value));
            }
            Ok(sizes)
        }
    }
}
