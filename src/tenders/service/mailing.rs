//! To whom the slice writes, and how.

use serde_json::Value;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::TenderId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::merchants;
use crate::platform::act::Act;
use crate::tenders::repo::tenders as repo;
use crate::tenders::repo::tenders::Invitation;
use crate::tenders::repo::tenders::Tender;

/// What a letter is about and how often it may come.
pub struct Post<'a> {
    pub tender: &'a Tender,
    pub category: Category,
    pub text: &'a LetterText<'a>,
    /// The recipient's name is added as `name`.
    pub vars: Value,
    /// Sent once per address with this key.
    pub once: Option<String>,
}

/// Queues one letter.
///
/// # Errors
/// A refusal where a part cannot stand in a mail; else the database's failure.
pub async fn send(act: &Act<'_>, post: &Post<'_>, to: Recipient) -> Result<(), Failure> {
    let mut vars = post.vars.clone();
    vars["name"] = Value::from(to.name.as_str());
    vars["title"] = Value::from(post.tender.title.as_str());
    let content = mail::compose(post.text, to.locale, &vars)?;
    let once = post.once.as_ref().map(|key| format!("{key}:{}", to.email));
    let mut letter = Letter::new(to, post.category, content);
    letter.alliance = Some(post.tender.alliance_id);
    letter.dedupe_key = once;
    mail::send(act, &letter).await?;
    Ok(())
}

/// Everybody who reads mail for a manufacturer in a tender: the invited address and its staff.
///
/// # Errors
/// When the database fails.
pub async fn addresses(
    act: &Act<'_>,
    tender: TenderId,
    id: ManufacturerId,
) -> Result<Vec<Recipient>, Failure> {
    let mut found: Vec<Recipient> = vec![];
    let name = merchants::manufacturer(act.tx(), id)
        .await?
        .map_or_else(String::new, |m| m.name);
    for invitation in repo::invited(act.tx(), tender, &[id]).await? {
        if let Some(email) = &invitation.email {
            found.push(Recipient {
                email: email.clone(),
                name: name.clone(),
                locale: locale_of(&invitation),
            });
        }
    }
    let staff = merchants::manufacturer_staff(act.tx(), id).await?;
    for person in crate::accounts::people(act.tx(), &staff).await? {
        if found.iter().all(|known| known.email != person.email) {
            found.push(Recipient {
                email: person.email,
                name: person.name,
                locale: person.locale,
            });
        }
    }
    Ok(found)
}

/// The language of an invitation.
pub fn locale_of(invitation: &Invitation) -> Locale {
    Locale::parse(&invitation.locale).unwrap_or_default()
}

/// Writes to every invited manufacturer.
///
/// # Errors
/// As [`send`].
pub async fn send_to_invited(act: &Act<'_>, post: &Post<'_>) -> Result<(), Failure> {
    for invitation in repo::invitations(act.tx(), post.tender.id).await? {
        for to in addresses(act, post.tender.id, invitation.manufacturer_id).await? {
            send(act, post, to).await?;
        }
    }
    Ok(())
}
