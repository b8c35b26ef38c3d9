//! Telling members what became of a promotion or of their enrolment.

use std::collections::HashSet;

use serde_json::json;

use crate::alliances;
use crate::alliances::Contact;
use crate::alliances::Member;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::role::Role;
use crate::mail;
use crate::mail::Attachment;
use crate::mail::Category;
use crate::mail::Letter;
use crate::mail::LetterText;
use crate::mail::Recipient;
use crate::platform::act::Act;
use crate::promotions::repo::enrolments;
use crate::promotions::service::feeds;
use crate::promotions::service::loaded::Loaded;

/// Writes to the people of every member that holds a place.
///
/// # Errors
/// When the database fails.
pub async fn tell_members(
    act: &Act<'_>,
    loaded: &Loaded,
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    let members = enrolments::members(act.tx(), loaded.row.id).await?;
    if members.is_empty() {
        return Ok(());
    }
    let members: HashSet<MembershipId> = members.into_iter().collect();
    let mut contacts = alliances::contacts(act.tx(), loaded.row.alliance_id).await?;
    contacts.retain(|contact| members.contains(&contact.membership));
    write(act, loaded, text, contacts, &json!({})).await
}

/// Writes to the people of one member.
///
/// # Errors
/// When the database fails.
pub async fn tell_member(
    act: &Act<'_>,
    loaded: &Loaded,
    member: MembershipId,
    text: &LetterText<'_>,
) -> Result<(), Failure> {
    let alliance = loaded.row.alliance_id;
    let contacts = alliances::contacts_of(act.tx(), alliance, member).await?;
    write(act, loaded, text, contacts, &json!({})).await
}

/// Writes to the people of one member, and to the organizers, about products of the member.
///
/// # Errors
/// When the database fails.
pub async fn tell_of_products(
    act: &Act<'_>,
    loaded: &Loaded,
    member: &Member,
    text: &LetterText<'_>,
    skus: &[String],
) -> Result<(), Failure> {
    let alliance = loaded.row.alliance_id;
    let mut contacts = alliances::contacts_of(act.tx(), alliance, member.membership).await?;
    for person in alliances::role_holders(act.tx(), alliance, &[Role::Organizer]).await? {
        if !contacts.iter().any(|known| known.person.id == person.id) {
            contacts.push(Contact {
                membership: member.membership,
                merchant_name: member.name.clone(),
                person,
            });
        }
    }
    let more = json!({ "products": skus.join(", ") });
    write(act, loaded, text, contacts, &more).await
}

async fn write(
    act: &Act<'_>,
    loaded: &Loaded,
    text: &LetterText<'_>,
    contacts: Vec<Contact>,
    more: &serde_json::Value,
) -> Result<(), Failure> {
    let alliance = alliances::alliance(act.tx(), loaded.row.alliance_id).await?;
    let alliance_name = alliance.map(|alliance| alliance.name).unwrap_or_default();
    let files = Files::of_promotion(act, loaded.row.id, &alliance_name).await?;
    let mut letters = Vec::with_capacity(contacts.len());
    for contact in contacts {
        let mut vars = json!({
            "name": contact.person.name,
            "merchant": contact.merchant_name,
            "promotion": loaded.row.name,
            "alliance": alliance_name,
            "main_day": loaded.row.main_day,
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            vars[name] = value.clone();
        }
        let locale = contact.person.locale;
        let content = mail::compose(text, locale, &vars)?;
        let to = Recipient {
            email: contact.person.email,
            name: contact.person.name,
            locale,
        };
        let mut letter = Letter::new(to, Category::Enrolment, content);
        letter.alliance = Some(loaded.row.alliance_id);
        letter.attachments = files.of(locale);
        letters.push(letter);
    }
    mail::send_all(act.tx(), act.ctx.ids, &letters).await?;
    Ok(())
}

/// The phases of a promotion for calendar programs, in every language.
pub struct Files(Vec<(Locale, Option<Attachment>)>);

impl Files {
    /// Writes them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of_promotion(
        act: &Act<'_>,
        promotion: PromotionId,
        alliance: &str,
    ) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for locale in Locale::ALL {
            let file = feeds::attachment(act.tx(), act.ctx, promotion, alliance, *locale).await?;
            files.push((*locale, file));
        }
        Ok(Self(files))
    }

    /// Those in one language.
    pub fn of(&self, locale: Locale) -> Vec<Attachment> {
        let found = self.0.iter().find(|(known, _)| *known == locale);
        found
            .and_then(|(_, file)| file.clone())
            .into_iter()
            .collect()
    }
}
