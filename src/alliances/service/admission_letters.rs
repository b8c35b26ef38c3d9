//! Letters about admissions: to the members who may object, to the merchant, and to the organizers.

use serde_json::json;

use crate::accounts;
use crate::accounts::Person;
use crate::alliances::face;
use crate::alliances::letters;
use crate::alliances::repo;
use crate::alliances::repo::admissions::Admission;
use crate::alliances::repo::memberships::Membership;
use crate::alliances::repo::tenants;
use crate::alliances::service::notes;
use crate::alliances::service::notes::About;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::merchants;
use crate::platform::act::Act;

/// Tells the people of all members, and of the merchant, that it is to join and how long members may object.
///
/// # Errors
/// When the database fails.
pub async fn announce(
    act: &Act<'_>,
    row: &Admission,
    membership: &Membership,
) -> Result<(), Failure> {
    let alliance = face::alliance(act.tx(), row.alliance_id)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    let merchant = merchant_name(act, membership).await?;
    let until = row.objections_until.to_utc();
    let until = until.with_timezone(&alliance.time_zone);
    let until = until.format("%Y-%m-%d %H:%M").to_string();
    let vars = |name: &str| {
        json!({ "name": name, "alliance": alliance.name, "merchant": merchant,
            "until": until, "time_zone": alliance.time_zone.to_string() })
    };
    let mut people: Vec<Person> = Vec::new();
    let members = face::contacts(act.tx(), row.alliance_id).await?;
    let staff = merchants::staff_of(act.tx(), membership.merchant_id).await?;
    let staff = accounts::people(act.tx(), &staff).await?;
    for person in members.into_iter().map(|c| c.person).chain(staff) {
        if people.iter().all(|known| known.id != person.id) {
            people.push(person);
        }
    }
    for person in people {
        let text = &letters::ADMISSION_ANNOUNCED;
        let content = mail::compose(text, person.locale, &vars(&person.name))?;
        let to = Recipient {
            email: person.email,
            name: person.name,
            locale: person.locale,
        };
        let mut letter = Letter::new(to, Category::Account, content);
        letter.alliance = Some(row.alliance_id);
        mail::send(act, &letter).await?;
    }
    Ok(())
}

async fn merchant_name(act: &Act<'_>, membership: &Membership) -> Result<String, Failure> {
    let merchant = merchants::merchant(act.tx(), membership.merchant_id).await?;
    Ok(merchant.map(|found| found.name).unwrap_or_default())
}

async fn alliance(act: &Act<'_>, row: &Admission) -> Result<tenants::Alliance, Failure> {
    repo::alliance(act.tx(), row.alliance_id)
        .await?
        .ok_or_else(|| Refused::not_found("object").into())
}

/// Tells the merchant what became of its admission.
///
/// # Errors
/// When the database fails.
pub async fn tell(
    act: &Act<'_>,
    row: &Admission,
    membership: &Membership,
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    let (alliance, merchant) = (
        alliance(act, row).await?,
        merchant_name(act, membership).await?,
    );
    let about = About {
        merchant_name: &merchant,
        ..About::alliance(&alliance)
    };
    notes::tell_merchant(act, about, membership.merchant_id, text).await
}

/// Tells the organizers that a member objects.
///
/// # Errors
/// When the database fails.
pub async fn tell_organizers(act: &Act<'_>, row: &Admission) -> Result<(), Failure> {
    let alliance = alliance(act, row).await?;
    let membership = repo::memberships::one(act.tx(), row.membership_id)
        .await?
        .ok_or_else(|| Refused::not_found("membership"))?;
    let merchant = merchant_name(act, &membership).await?;
    let about = About {
        merchant_name: &merchant,
        ..About::alliance(&alliance)
    };
    notes::tell_organizers(act, about, &letters::ADMISSION_OBJECTED).await
}
