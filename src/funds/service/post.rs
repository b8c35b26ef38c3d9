//! Letters to those whom money concerns.

use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::funds::repo::Fund;
use crate::funds::repo::Notice;
use crate::funds::service::issue;
use crate::funds::service::visible;
use crate::kernel::ids::MembershipId;
use crate::kernel::money::format_minor;
use crate::kernel::problem::Failure;
use crate::kernel::role::Role;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::platform::act::Act;

/// What every letter about a fund says alike; amounts are added by [`amount`].
///
/// # Errors
/// When the database fails.
pub async fn facts(act: &Act<'_>, fund: &Fund) -> Result<Value, Failure> {
    let alliance = alliances::alliance(act.tx(), fund.alliance_id).await?;
    Ok(json!({
        "alliance": alliance.map(|a| a.name).unwrap_or_default(),
        "fund": fund.name,
        "code": fund.code,
        "currency": fund.currency,
        "custodian": format!("{}, {}, {}", fund.custodian_holder,
            fund.custodian_institution, fund.custodian_account_ref),
    }))
}

/// As [`facts`], with the number of a notice.
///
/// # Errors
/// As [`facts`].
pub async fn notice_facts(act: &Act<'_>, fund: &Fund, notice: &Notice) -> Result<Value, Failure> {
    let mut vars = facts(act, fund).await?;
    vars["number"] = json!(issue::number(fund, notice));
    Ok(vars)
}

/// An amount as people write it.
///
/// # Errors
/// When the database holds a currency that is none.
pub fn amount(fund: &Fund, minor: i64) -> Result<Value, Failure> {
    Ok(json!(format_minor(minor, visible::currency_of(fund)?)))
}

/// A letter to everybody who acts for a member; `key` names it, so that it is written once.
///
/// # Errors
/// A refusal where a variable is missing.
pub async fn to_member(
    act: &Act<'_>,
    fund: &Fund,
    membership: MembershipId,
    text: &LetterText<'_>,
    vars: &Value,
    key: &str,
) -> Result<(), Failure> {
    let contacts = alliances::contacts_of(act.tx(), fund.alliance_id, membership).await?;
    let mut letters = Vec::with_capacity(contacts.len());
    for contact in &contacts {
        letters.push(to_contact(fund, contact, text, vars, key)?);
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    Ok(())
}

/// The letter to one of the people who act for a member.
///
/// # Errors
/// A refusal where a variable is missing.
pub fn to_contact(
    fund: &Fund,
    contact: &Contact,
    text: &LetterText<'_>,
    vars: &Value,
    key: &str,
) -> Result<Letter, Failure> {
    let key = format!("{key}:{}:{}", contact.membership, contact.person.id);
    issue::letter(fund, contact, text, vars, key)
}

/// A letter to the treasurers of an alliance.
///
/// # Errors
/// A refusal where a variable is missing.
pub async fn to_treasurers(
    act: &Act<'_>,
    fund: &Fund,
    text: &LetterText<'_>,
    vars: &Value,
    key: &str,
) -> Result<(), Failure> {
    let people = alliances::role_holders(act.tx(), fund.alliance_id, &[Role::Treasurer]).await?;
    let mut letters = Vec::with_capacity(people.len());
    for person in people {
        let mut vars = vars.clone();
        vars["name"] = json!(person.name);
        let content = mail::compose(text, person.locale, &vars)?;
        let to = Recipient {
            email: person.email,
            name: person.name,
            locale: person.locale,
        };
        letters.push(Letter {
            alliance: Some(fund.alliance_id),
            dedupe_key: Some(format!("{key}:{}", person.id)),
            ..Letter::new(to, Category::LevyNotice, content)
        });
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    Ok(())
}
