//! Letters about what comes back: what is due to a member and what it may choose, and that it was paid.

use serde_json::json;

use crate::alliances::Standing;
use crate::funds::domain::bought::bought;
use crate::funds::domain::ledger::AccountKind;
use crate::funds::letters;
use crate::funds::letters::closing as wording;
use crate::funds::repo;
use crate::funds::repo::Fund;
use crate::funds::repo::FundClosing;
use crate::funds::repo::Refund;
use crate::funds::service::closing;
use crate::funds::service::issue;
use crate::funds::service::refunds;
use crate::funds::service::visible;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::mail;
use crate::mail::LetterText;
use crate::platform::act::Act;

/// Tells every member to whom something is due what it may choose, and until when.
///
/// # Errors
/// When the database fails.
pub async fn begun(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    closing: &FundClosing,
    target: Option<&Fund>,
) -> Result<(), Failure> {
    let due = repo::refunds::due(act.tx(), fund).await?;
    let currency = visible::currency_of(fund)?;
    let zone = standing.alliance.time_zone;
    let until = closing.choose_by.to_utc().with_timezone(&zone);
    for refund in &due {
        let vars = json!({
            "alliance": standing.alliance.name,
            "fund": fund.name,
            "code": fund.code,
            "currency": fund.currency,
            "unspent": format_minor(closing.unspent_minor, currency),
            "paid": format_minor(refund.paid_minor, currency),
            "share": format_minor(refund.amount_minor, currency),
            "offset": format_minor(refund.offset_minor, currency),
            "credit": format_minor(refund.credit_minor, currency),
            "due": format_minor(refunds::due(refund), currency),
            "choose_by": until.format("%Y-%m-%d %H:%M").to_string(),
            "target": target.map(|target| target.name.clone()).unwrap_or_default(),
        });
        let text = match target {
            _ if refund.carried => &wording::CARRIED,
            Some(_) => &wording::CHOOSE,
            None => &wording::DUE,
        };
        send(act, fund, refund, text, &vars, "begun").await?;
    }
    Ok(())
}

/// Tells a member that its refund was paid, kept as credit, or kept because nobody took it.
///
/// # Errors
/// When the database fails.
pub async fn paid(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    refund: &Refund,
) -> Result<(), Failure> {
    let currency = visible::currency_of(fund)?;
    let target = match refund.rollover_fund_id {
        Some(id) => repo::funds::find(act.tx(), id).await?,
        None => None,
    };
    let vars = json!({
        "alliance": standing.alliance.name,
        "fund": fund.name,
        "code": fund.code,
        "currency": fund.currency,
        "due": format_minor(refunds::due(refund), currency),
        "target": target.map(|target| target.name).unwrap_or_default(),
    });
    let text = match refund.state.as_str() {
        "rolled_over" => &wording::ROLLED_OVER,
        "unclaimed" => &wording::UNCLAIMED,
        _ => &wording::REFUNDED,
    };
    send(act, fund, refund, text, &vars, "paid").await
}

async fn send(
    act: &Act<'_>,
    fund: &Fund,
    refund: &Refund,
    text: &LetterText<'_>,
    vars: &serde_json::Value,
    what: &str,
) -> Result<(), Failure> {
    let member = refund.membership_id;
    let mut all = Vec::new();
    for contact in crate::alliances::contacts_of(act.tx(), fund.alliance_id, member).await? {
        let key = format!("refund-{what}:{}:{}", refund.id, contact.person.id);
        all.push(issue::letter(fund, &contact, text, vars, key)?);
    }
    mail::send_all(act.tx(), act.ctx.ids, &all).await?;
    Ok(())
}

/// Tells every member of a fund that was closed in one step what came back, and what its money bought.
///
/// # Errors
/// When the database fails.
pub async fn closed(
    act: &Act<'_>,
    fund: &Fund,
    standing: &Standing,
    terms: &FundClosing,
    spent: i64,
) -> Result<(), Failure> {
    let currency = visible::currency_of(fund)?;
    let positions = closing::positions(act, fund).await?;
    let named: Vec<(String, i64)> = positions
        .iter()
        .map(|(id, position)| (id.to_string(), position.paid))
        .collect();
    let bought = bought(spent, &named)?;
    let collected: i64 = crate::kernel::money::sum(named.iter().map(|(_, paid)| *paid))?;
    let ids: Vec<MembershipId> = positions.keys().copied().collect();
    let contacts = issue::contacts(act, fund.alliance_id, &ids).await?;
    let mut all = Vec::new();
    for ((member, position), bought) in positions.iter().zip(bought) {
        let refund = repo::refunds::of_member(act.tx(), fund, *member).await?;
        let back = refund.as_ref().map_or(0, refunds::due);
        let vars = json!({
            "alliance": standing.alliance.name,
            "fund": fund.name,
            "code": fund.code,
            "currency": fund.currency,
            "paid": format_minor(position.paid, currency),
            "bought": format_minor(bought, currency),
            "refund": format_minor(back, currency),
            "collected": format_minor(collected, currency),
            "spent": format_minor(spent, currency),
            "unspent": format_minor(terms.unspent_minor, currency),
        });
        for contact in contacts.iter().filter(|c| c.membership == *member) {
            let key = format!("fund-closed:{}:{}:{member}", fund.id, contact.person.id);
            all.push(issue::letter(fund, contact, &letters::CLOSED, &vars, key)?);
        }
    }
    mail::send_all(act.tx(), act.ctx.ids, &all).await?;
    Ok(())
}

/// What a fund has spent, in minor units, before its accounts are closed.
///
/// # Errors
/// When the database fails.
pub async fn spent(act: &Act<'_>, fund: &Fund) -> Result<i64, Failure> {
    Ok(repo::ledger::posted(act.tx(), fund, AccountKind::Spend.as_str()).await?)
}
