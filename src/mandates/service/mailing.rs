//! Letters to the people of a member.

use serde_json::Value;
use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::problem::Failure;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::platform::act::Act;

/// Writes to everybody who acts for a member, whatever its state; `name`, `merchant` and `alliance` are added.
///
/// # Errors
/// A refusal where a variable is missing; else the database's failure.
pub async fn tell_member(
    act: &Act<'_>,
    alliance: AllianceId,
    member: MembershipId,
    text: &LetterText<'_>,
    vars: &Value,
) -> Result<(), Failure> {
    let contacts = alliances::contacts_of(act.tx(), alliance, member).await?;
    tell(act, alliance, contacts, text, vars).await
}

/// Writes to people of members; `name`, `merchant` and `alliance` are added.
///
/// # Errors
/// As [`tell_member`].
pub async fn tell(
    act: &Act<'_>,
    alliance: AllianceId,
    contacts: Vec<Contact>,
    text: &LetterText<'_>,
    vars: &Value,
) -> Result<(), Failure> {
    let found = alliances::alliance(act.tx(), alliance).await?;
    let name = found.map(|alliance| alliance.name).unwrap_or_default();
    let mut letters = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let mut vars = vars.clone();
        vars["alliance"] = json!(name);
        vars["merchant"] = json!(contact.merchant_name);
        vars["name"] = json!(contact.person.name);
        let content = mail::compose(text, contact.person.locale, &vars)?;
        let to = Recipient {
            email: contact.person.email,
            name: contact.person.name,
            locale: contact.person.locale,
        };
        let mut letter = Letter::new(to, Category::Account, content);
        letter.alliance = Some(alliance);
        letters.push(letter);
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    Ok(())
}
