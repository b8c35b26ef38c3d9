//! Sponsors: a promise to match the members' cash, what it comes to, and the money when it arrives.
//!
//! Nothing is posted before money arrives: the match of a fund is what the sponsor paid. A deal with strings, a
//! restriction or a return rule other than the default, takes effect by a decision of the members.

use chrono::NaiveDate;
use serde_json::json;

use crate::alliances;
use crate::alliances::Standing;
use crate::funds::domain::documents::DealState;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::domain::ledger::Leg;
use crate::funds::domain::ledger::TransactionKind;
use crate::funds::domain::sponsor::ReturnOrder;
use crate::funds::domain::sponsor::sponsor_match;
use crate::funds::domain::state;
use crate::funds::problems;
use crate::funds::repo;
use crate::funds::repo::Deal;
use crate::funds::repo::Fund;
use crate::funds::repo::SponsorReceipt;
use crate::funds::service::day_in;
use crate::funds::service::journal;
use crate::funds::service::journal::Entry;
use crate::funds::service::visible;
use crate::kernel::ids::FundId;
use crate::kernel::ids::SponsorDealId;
use crate::kernel::ids::SponsorReceiptId;
use crate::kernel::money::sum;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::rational::Exact;
use crate::mandates;
use crate::mandates::Matter;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// Terms that were agreed with a sponsor.
#[derive(Debug, Clone)]
pub struct NewDeal<'a> {
    pub sponsor: &'a str,
    /// Sponsor's money per unit of members' cash.
    pub ratio: &'a Exact,
    /// Most of the match, in minor units.
    pub cap_minor: Option<i64>,
    /// What the sponsor's own programme has accrued, in minor units.
    pub accrued_minor: Option<i64>,
    /// What the money must be used for.
    pub restriction: Option<&'a str>,
    pub return_rule: ReturnOrder,
}

/// What a sponsor paid.
#[derive(Debug, Clone)]
pub struct NewReceipt<'a> {
    pub amount_minor: i64,
    pub received_on: NaiveDate,
    pub reference: &'a str,
}

/// Records the terms of a deal.
///
/// # Errors
/// 422 for a ratio that is not above zero; 409 in a fund that is closing.
pub async fn agree(act: &Act<'_>, fund: FundId, new: &NewDeal<'_>) -> Result<Deal, Failure> {
    let (fund, standing) = visible::fund_to_change(act, fund).await?;
    act.enter(None).await?;
    if *new.ratio <= Exact::whole(0) {
        let detail = "The ratio must be above zero.";
        return Err(Refused::field("#/ratio", "not_positive", detail).into());
    }
    visible::require_event(&fund, "sponsor")?;
    let mut row = Deal {
        id: act.fresh(),
        alliance_id: fund.alliance_id,
        fund_id: fund.id,
        sponsor: new.sponsor.to_owned(),
        ratio: new.ratio.to_string(),
        cap_minor: new.cap_minor,
        accrued_minor: new.accrued_minor,
        restriction: new.restriction.map(str::to_owned),
        return_rule: rule_word(new.return_rule).to_owned(),
        content_hash: Vec::new(),
        mandate_id: None,
        earned_minor: 0,
        received_minor: 0,
        return_minor: 0,
        state: DealState::Agreed.as_str().to_owned(),
        version: 1,
        agreed_by: standing.user,
        created_at: act.now(),
    };
    row.content_hash = content_hash(&row);
    repo::sponsors::insert(act.tx(), row.clone()).await?;
    let data = json!({ "fund_id": fund.id, "sponsor": row.sponsor });
    act.record("sponsor_deal.agreed", Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(row)
}

/// What exactly a decision on a deal permits.
fn content_hash(row: &Deal) -> Vec<u8> {
    mandates::content_hash(&json!({
        "deal_id": row.id,
        "fund_id": row.fund_id,
        "sponsor": row.sponsor,
        "ratio": row.ratio,
        "cap_minor": row.cap_minor,
        "accrued_minor": row.accrued_minor,
        "restriction": row.restriction,
        "return_rule": row.return_rule,
    }))
}

/// The word of a return rule in the database.
pub const fn rule_word(rule: ReturnOrder) -> &'static str {
    match rule {
        ReturnOrder::ProRata => "pro_rata",
        ReturnOrder::SponsorFirst => "sponsor_first",
        ReturnOrder::MembersFirst => "members_first",
    }
}

/// The return rule of a deal.
///
/// # Errors
/// When the database holds a word that is none.
pub fn rule_of(row: &Deal) -> Result<ReturnOrder, Failure> {
    let all = [
        ReturnOrder::ProRata,
        ReturnOrder::SponsorFirst,
        ReturnOrder::MembersFirst,
    ];
    let found = all
        .into_iter()
        .find(|rule| rule_word(*rule) == row.return_rule);
    found.ok_or_else(|| anyhow::anyhow!("deal {} returns '{}'", row.id, row.return_rule).into())
}

/// Whether a deal binds the alliance beyond the default, so that the members decide on it.
pub fn has_strings(row: &Deal) -> bool {
    row.restriction.is_some() || row.return_rule != rule_word(ReturnOrder::ProRata)
}

/// Computes what the sponsor owes on the cash that the members have paid so far; may be repeated as more comes in.
///
/// # Errors
/// 409 `mandate_missing` for a deal with strings, or in a state that earns nothing.
pub async fn earn(act: &Act<'_>, id: SponsorDealId) -> Result<Deal, Failure> {
    let (fund, mut row, _) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    require_event(&row, "earn")?;
    visible::require_event(&fund, "sponsor")?;
    if has_strings(&row) && row.mandate_id.is_none() {
        let (matter, subject) = (Matter::SponsorDeal, row.id.0);
        let mandate =
            mandates::consume(act, row.alliance_id, matter, subject, &row.content_hash).await?;
        row.mandate_id = Some(mandate);
    }
    let eligible = sum(repo::closings::cash_paid(act.tx(), &fund)
        .await?
        .into_values())?;
    let ratio = Exact::parse(&row.ratio)
        .ok_or_else(|| anyhow::anyhow!("deal {} matches '{}'", row.id, row.ratio))?;
    let matched = sponsor_match(eligible, &ratio, row.cap_minor, row.accrued_minor)?;
    // What came already stays earned, even where a member's payment bounced since.
    row.earned_minor = matched.max(row.received_minor);
    let state = state_by_amounts(&row);
    let data = json!({ "eligible_minor": eligible, "earned_minor": row.earned_minor });
    store(act, &mut row, state, "sponsor_deal.earned", data).await?;
    Ok(row)
}

fn state_by_amounts(row: &Deal) -> DealState {
    if row.received_minor > 0 && row.received_minor == row.earned_minor {
        DealState::Paid
    } else {
        DealState::Earned
    }
}

/// Records money from a sponsor and posts it.
///
/// # Errors
/// 422 for a day to come, and `exceeds_match` with the arithmetic; 409 where nothing was earned.
pub async fn receive(
    act: &Act<'_>,
    id: SponsorDealId,
    new: &NewReceipt<'_>,
) -> Result<Deal, Failure> {
    let (fund, mut row, standing) = to_change(act, id).await?;
    act.enter(Some(row.version)).await?;
    if new.received_on > day_in(standing.alliance.time_zone, act.now()) {
        let detail = "The day is yet to come.";
        return Err(Refused::field("#/received_on", "in_the_future", detail).into());
    }
    require_event(&row, "receive")?;
    visible::require_event(&fund, "sponsor")?;
    let open = row.earned_minor - row.received_minor;
    if new.amount_minor > open {
        return Err(exceeds(&row, new.amount_minor - open).into());
    }
    let receipt: SponsorReceiptId = act.fresh();
    let entry = Entry {
        kind: TransactionKind::SponsorMatch,
        document: receipt.0,
        mandate: row.mandate_id,
        effective: new.received_on,
        narration: format!("Match of {}, {}", row.sponsor, new.reference),
        legs: vec![
            Leg::bank(new.amount_minor),
            Leg::new(AccountKind::Match, row.sponsor.clone(), -new.amount_minor),
        ],
    };
    let transaction_id = journal::post(act, &fund, entry).await?;
    let receipt = SponsorReceipt {
        id: receipt,
        alliance_id: row.alliance_id,
        fund_id: fund.id,
        deal_id: row.id,
        amount_minor: new.amount_minor,
        received_on: new.received_on,
        reference: new.reference.to_owned(),
        transaction_id,
        recorded_by: standing.user,
        recorded_at: act.now(),
    };
    repo::sponsors::insert_receipt(act.tx(), receipt).await?;
    row.received_minor += new.amount_minor;
    let state = state_by_amounts(&row);
    let data = json!({ "amount_minor": new.amount_minor, "reference": new.reference });
    store(act, &mut row, state, "sponsor_deal.received", data).await?;
    Ok(row)
}

/// Money from a sponsor that was recorded did not come: it is owed again.
///
/// # Errors
/// When the database fails.
pub async fn take_back(act: &Act<'_>, receipt: &SponsorReceipt) -> Result<(), Failure> {
    let row = repo::sponsors::lock(act.tx(), receipt.deal_id).await?;
    let mut row = row.ok_or_else(|| Refused::not_found("sponsor deal"))?;
    row.received_minor -= receipt.amount_minor;
    let state = state_by_amounts(&row);
    let data = json!({ "amount_minor": receipt.amount_minor, "reference": receipt.reference });
    store(act, &mut row, state, "sponsor_deal.reversed", data).await
}

fn exceeds(row: &Deal, excess: i64) -> Refused {
    let detail = format!(
        "The sponsor earned {} and paid {}; this is {excess} more.",
        row.earned_minor, row.received_minor
    );
    Refused::new(&problems::EXCEEDS_MATCH, detail)
        .with("earned_minor", row.earned_minor)
        .with("received_minor", row.received_minor)
        .with("excess_minor", excess)
}

/// Pays a sponsor its part of what was not spent; the fund is locked and closing.
///
/// # Errors
/// When the database refuses.
pub async fn pay_back(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    row: &mut Deal,
) -> Result<(), Failure> {
    let entry = Entry {
        kind: TransactionKind::SponsorReturn,
        document: row.id.0,
        mandate: row.mandate_id,
        effective: day_in(standing.alliance.time_zone, act.now()),
        narration: format!("Unspent match of {} goes back", row.sponsor),
        legs: vec![
            Leg::new(
                AccountKind::MatchReturned,
                row.sponsor.clone(),
                row.return_minor,
            ),
            Leg::bank(-row.return_minor),
        ],
    };
    journal::post(act, fund, entry).await?;
    let data = json!({ "amount_minor": row.return_minor });
    store(act, row, DealState::Returned, "sponsor_deal.returned", data).await
}

/// A deal of a fund, both locked.
///
/// # Errors
/// 404 for strangers, 403 for the wrong role.
pub async fn to_change(
    act: &Act<'_>,
    id: SponsorDealId,
) -> Result<(Fund, Deal, Standing), Failure> {
    let none = || Refused::not_found("sponsor deal");
    let seen = repo::sponsors::find(act.tx(), id).await?.ok_or_else(none)?;
    let standing = alliances::admit(act.tx(), act.asker(), seen.alliance_id).await?;
    let fund = visible::locked(act, seen.fund_id).await?;
    let row = repo::sponsors::lock(act.tx(), id).await?.ok_or_else(none)?;
    Ok((fund, row, standing))
}

/// Passes an event that the deal's state allows.
///
/// # Errors
/// `illegal_transition`.
pub fn require_event(row: &Deal, event: &str) -> Result<(), Failure> {
    let state = DealState::parse(&row.state)
        .ok_or_else(|| anyhow::anyhow!("deal {} is '{}'", row.id, row.state))?;
    Ok(state::require(state.as_str(), state.events(), event)?)
}

async fn store(
    act: &Act<'_>,
    row: &mut Deal,
    state: DealState,
    action: &str,
    data: serde_json::Value,
) -> Result<(), Failure> {
    state.as_str().clone_into(&mut row.state);
    row.version += 1;
    repo::sponsors::update(act.tx(), row).await?;
    act.record(action, Some(row.alliance_id), row.id.0, data)
        .await?;
    Ok(())
}

/// The deals of a fund; every member may see them.
///
/// # Errors
/// 404 for strangers.
pub async fn list(look: &Look<'_>, fund: FundId, page: Page) -> Result<Slice<Deal>, Failure> {
    let (fund, _) = visible::fund(look.reader(), look.asker(), fund).await?;
    Ok(repo::sponsors::list(look.reader(), &fund, page).await?)
}

/// One deal.
///
/// # Errors
/// 404 for strangers.
pub async fn read(look: &Look<'_>, id: SponsorDealId) -> Result<Deal, Failure> {
    let row = repo::sponsors::find(look.reader(), id)
        .await?
        .ok_or_else(|| Refused::not_found("sponsor deal"))?;
    alliances::admit(look.reader(), look.asker(), row.alliance_id).await?;
    Ok(row)
}
