//! Gifts in kind: a value that is agreed before delivery, posted on both sides at delivery, and never money.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::documents::InKindState;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::state;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::Gift;
use crate::funds::service::budget;
use crate::funds::service::day_in;
use crate::funds::service::dues;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::policies;
use crate::funds::service::settling;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::InKindId;
use crate::kernel::ids::MembershipId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What somebody offers.
#[derive(Debug, Clone)]
pub struct NewGift<'a> {
    /// Who gives, where it is no member.
    pub donor: Option<&'a str>,
    pub membership: Option<MembershipId>,
    pub line: &'a str,
    pub description: &'a str,
    pub value_minor: i64,
    /// Whether it pays what the member owes.
    pub counts: bool,
}

/// Proposes a gift and its value.
///
/// # Errors
/// 404 for a membership of another alliance; 422 without or with two donors, for a line that was not voted, and
/// for a gift that should count where the by-laws do not let it; 409 in a fund that is closing.
pub async fn propose(act: &Act<'_>, fund: FundId, new: &NewGift<'_>) -> Result<Gift, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    let member = match new.membership {
        Some(id) => Some(visible::membership(act.tx(), fund.alliance_id, id).await?),
        None => None,
    };
    act.enter(None).await?;
    let donor = match (new.donor, member) {
        (Some(name), None) => name.to_owned(),
        (None, Some(member)) => member.name,
        _ => {
            let detail = "Name either a member or another donor.";
            return Err(Refused::field("#/donor", "one_donor", detail).into());
        }
    };
    require_counting(act, &fund, new).await?;
    budget::require_line(act.tx(), &fund, new.line).await?;
    visible::require_event(&fund, "sponsor")?;
    let row = Gift {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        donor,
        membership_id: new.membership,
        line: new.line.to_owned(),
        description: new.description.to_owned(),
        value_minor: new.value_minor,
        counts_minor: 0,
        counts: new.counts,
        state: InKindState::Proposed.as_str().to_owned(),
        proposed_by: standing.user,
        decided_by: None,
        mandate_id: None,
        delivered_on: None,
        transaction_id: None,
        version: 1,
        created_at: act.now(),
    };
    repo::in_kind::insert(act.tx(), row.clone()).await?;
    let data = json!({ "fund_id": fund.id, "value_minor": row.value_minor });
    act.record("in_kind.proposed", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// A gift counts towards a levy only where the policy says so under which the fund is billed, or the by-laws where it
/// says nothing or nothing is billed yet; and only a member's.
async fn require_counting(act: &Act<'_>, fund: &Fund, new: &NewGift<'_>) -> Result<(), Failure> {
    if !new.counts {
        return Ok(());
    }
    let standing = repo::assessments::standing(act.tx(), fund).await?;
    let policy = match standing.last() {
        Some(row) => Some(policies::find(act.tx(), fund.alliance_id, row.policy_id).await?),
        None => None,
    };
    let counts = match policy.and_then(|known| known.plan.terms.in_kind_counts) {
        Some(counts) => counts,
        None => {
            alliances::by_laws(act.tx(), fund.alliance_id)
                .await?
                .in_kind_counts
        }
    };
    if counts && new.membership.is_some() {
        return Ok(());
    }
    let detail = "Only a member's gift counts towards its levy, and only where the policy or the by-laws say so.";
    Err(Refused::field("#/counts", "counts_not_allowed", detail).into())
}

/// What exactly a decision on a gift permits.
pub fn content_hash(row: &Gift) -> Vec<u8> {
    mandates::content_hash(&json!({
        "in_kind_id": row.id,
        "fund_id": row.fund_id,
        "donor": row.donor,
        "membership_id": row.membership_id,
        "line": row.line,
        "description": row.description,
        "value_minor": row.value_minor,
        "counts": row.counts,
    }))
}

/// Agrees to the value: a second person, or above the by-laws' limit whoever carries out the members' decision.
///
/// # Errors
/// 403 `separation_of_duties`; 409 `mandate_missing` above the limit, or in any state but `proposed`.
pub async fn agree(act: &Act<'_>, id: InKindId) -> Result<Gift, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    let by_laws = alliances::by_laws(act.tx(), row.alliance_id).await?;
    let decided = by_laws
        .in_kind_limit_minor
        .is_some_and(|limit| row.value_minor > limit);
    if !decided && row.proposed_by == standing.user {
        let detail = "Somebody else has to agree to the value that you proposed.";
        return Err(Refused::new(&kinds::SEPARATION_OF_DUTIES, detail).into());
    }
    act.enter(Some(row.version)).await?;
    require_event(&row, "agree")?;
    visible::require_event(&fund, "sponsor")?;
    if decided {
        let hash = content_hash(&row);
        let matter = Matter::SponsorDeal;
        let mandate = mandates::consume(act, row.alliance_id, matter, row.id.0, &hash).await?;
        row.mandate_id = Some(mandate);
    }
    row.decided_by = Some(standing.user);
    store(act, &mut row, InKindState::Agreed, "in_kind.agreed").await?;
    Ok(row)
}

/// Turns a gift down, or gives an agreed one up.
///
/// # Errors
/// 409 once it is delivered or rejected.
pub async fn reject(act: &Act<'_>, id: InKindId) -> Result<Gift, Failure> {
    let (_, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "reject")?;
    row.decided_by = Some(standing.user);
    store(act, &mut row, InKindState::Rejected, "in_kind.rejected").await?;
    Ok(row)
}

/// Records the delivery and posts the value on both sides; no bank is touched (F10).
///
/// # Errors
/// 422 for a day to come; 409 in any state but `agreed`, or in a fund that is closing.
pub async fn deliver(act: &Act<'_>, id: InKindId, on: NaiveDate) -> Result<Gift, Failure> {
    let (mut fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    if on > day_in(standing.alliance.time_zone, act.now()) {
        let detail = "The day is yet to come.";
        return Err(Refused::field("#/delivered_on", "in_the_future", detail).into());
    }
    require_event(&row, "deliver")?;
    visible::require_event(&fund, "sponsor")?;
    row.counts_minor = count(act, &fund, &row, standing.alliance.time_zone).await?;
    let entry = Entry {
        kind: TransactionKind::InKind,
        document: row.id.0,
        mandate: row.mandate_id,
        effective: on,
        narration: format!("In kind from {}: {}", row.donor, row.description),
        legs: legs(&row),
    };
    row.transaction_id = Some(journal::post(act, &fund, entry).await?);
    row.delivered_on = Some(on);
    store(act, &mut row, InKindState::Delivered, "in_kind.delivered").await?;
    dues::follow(act, &mut fund).await?;
    Ok(row)
}

/// A gift that was recorded did not come: it is as if it had been turned down.
///
/// # Errors
/// When the database fails.
pub async fn take_back(act: &Act<'_>, row: &mut Gift) -> Result<(), Failure> {
    row.transaction_id = None;
    row.delivered_on = None;
    store(act, row, InKindState::Rejected, "in_kind.reversed").await
}

/// Lets a gift that counts pay the member's notices, oldest first; answers how much of it did.
async fn count(act: &Act<'_>, fund: &Fund, row: &Gift, zone: Tz) -> Result<i64, Failure> {
    let Some(membership) = row.membership_id.filter(|_| row.counts) else {
        return Ok(0);
    };
    let left = settling::pay_notices(act, fund, membership, row.value_minor, zone).await?;
    Ok(row.value_minor - left)
}

/// The value on both sides: what was used, and what the member owes less or what was given.
fn legs(row: &Gift) -> Vec<Leg> {
    let party = row
        .membership_id
        .map_or_else(|| row.donor.clone(), |id| id.to_string());
    let given = row.value_minor - row.counts_minor;
    let mut legs = vec![Leg::new(
        AccountKind::InKindSpent,
        row.line.clone(),
        row.value_minor,
    )];
    for (kind, amount) in [
        (AccountKind::Receivable, row.counts_minor),
        (AccountKind::InKind, given),
    ] {
        if amount > 0 {
            legs.push(Leg::new(kind, party.clone(), -amount));
        }
    }
    legs
}

async fn to_change(act: &Act<'_>, id: InKindId) -> Result<(Fund, Gift, Standing), Failure> {
    let none = || Refused::not_found("gift in kind");
    let seen = repo::in_kind::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::in_kind::lock(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

fn require_event(row: &Gift, event: &str) -> Result<(), Failure> {
    let state = InKindState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("gift {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Gift,
    state: InKindState,
    action: &str,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::in_kind::update(act.tx(), row).await?;
    let data = json!({ "value_minor": row.value_minor });
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The gifts to a fund; every member may see them.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Gift>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::in_kind::list(look.reader(), &fund, page).await?)
}

/// One gift.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: InKindId) -> Result<Gift, Failure> {
    let row = repo::in_kind::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("gift in kind"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    Ok(row)
}
