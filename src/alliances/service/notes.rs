//! Notes to the people of a merchant and to the organizers.

use serde_json::json;

use crate::accounts;
use crate::accounts::Person;
use crate::alliances::letters;
use crate::alliances::repo;
use crate::alliances::repo::tenants;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MerchantId;
use crate::kernel::problem::Failure;
use crate::kernel::role::Role;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::merchants;
use crate::platform::act::Act;

/// What a note is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    pub alliance: AllianceId,
    pub alliance_name: &'a str,
    /// Empty where no merchant is concerned.
    pub merchant_name: &'a str,
    /// The address that was invited; empty where none was.
    pub invited: &'a str,
    pub role: Option<Role>,
}

impl<'a> About<'a> {
    /// About an alliance alone.
    pub const fn alliance(alliance: &'a tenants::Alliance) -> Self {
        Self {
            alliance: alliance.id,
            alliance_name: alliance.name.as_str(),
            merchant_name: "",
            invited: "",
            role: None,
        }
    }
}

/// Writes to everybody who acts for a merchant.
///
/// # Errors
/// When the database fails.
pub async fn tell_merchant(
    act: &Act<'_>,
    about: About<'_>,
    merchant: MerchantId,
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    let users = merchants::staff_of(act.tx(), merchant).await?;
    let people = accounts::people(act.tx(), &users).await?;
    tell(act, about, &people, text).await
}

/// Writes to every organizer.
///
/// # Errors
/// When the database fails.
pub async fn tell_organizers(
    act: &Act<'_>,
    about: About<'_>,
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    let users = repo::role_holders(act.tx(), about.alliance, &[Role::Organizer]).await?;
    let people = accounts::people(act.tx(), &users).await?;
    tell(act, about, &people, text).await
}

/// Writes to people; nobody is told of what they did themselves.
///
/// # Errors
/// When the database fails.
pub async fn tell(
    act: &Act<'_>,
    about: About<'_>,
    people: &[Person],
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    let doer = act.caller().user().map(|user| user.user);
    for person in people.iter().filter(|person| Some(person.id) != doer) {
        let vars = json!({
            "name": person.name,
            "alliance": about.alliance_name,
            "merchant": about.merchant_name,
            "invited": about.invited,
            "role": about.role.map(|role| letters::role_word(role, person.locale)),
        });
        let content = mail::compose(text, person.locale, &vars)?;
        let to = Recipient {
            email: person.email.clone(),
            name: person.name.clone(),
            locale: person.locale,
        };
        let letter = Letter {
            alliance: Some(about.alliance),
            ..Letter::new(to, Category::Account, content)
        };
        mail::send(act, &letter).await?;
    }
    Ok(())
}
