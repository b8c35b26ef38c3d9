//! What somebody wants to get from an alliance: the choices as a page and as an answer of the account.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::accounts;
use crate::alliances;
use crate::kernel::ids::AllianceId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::mail::ConsentCategory;
use crate::mail::ConsentWay;
use crate::mail::consent_text;
use crate::mail::consents;
use crate::mail::consents::Answerer;
use crate::platform::act::Act;
use crate::platform::act::Look;
use sea_orm::ConnectionTrait;
use serde_json::json;

/// One row of the matrix.
#[derive(Debug, Clone)]
pub struct Choice {
    pub category: ConsentCategory,
    /// The last answer; `None`: never asked.
    pub answered: Option<bool>,
    /// Whether such mail is sent as things stand.
    pub is_sent: bool,
    /// The words that a yes agrees to.
    pub text: String,
}

/// The choices of an address.
#[derive(Debug, Clone)]
pub struct Choices {
    pub email: String,
    pub alliance: String,
    /// Whether advertising needs a yes here.
    pub asks_for_consent: bool,
    pub items: Vec<Choice>,
}

/// Reads what an address answered.
///
/// # Errors
/// 404 where there is no such alliance.
pub async fn choices(
    c: &impl ConnectionTrait,
    email: &str,
    alliance: AllianceId,
    locale: Locale,
) -> Result<Choices, Failure> {
    let found = alliances::alliance(c, alliance)
        .await?
        .ok_or_else(|| Refused::not_found("link"))?;
    let asks = alliances::by_laws(c, alliance)
        .await?
        .country_pack
        .asks_for_consent();
    let answered: HashMap<ConsentCategory, bool> = consents::last(c, email, alliance).await?;
    let refused: HashSet<ConsentCategory> = consents::refused(c, email, alliance).await?;
    let items = ConsentCategory::ALL.iter().map(|category| {
        let answer = answered.get(category).copied();
        let needs = asks && category.of_mail().advertises();
        Choice {
            category: *category,
            answered: answer,
            is_sent: !refused.contains(category) && (!needs || answer == Some(true)),
            text: consent_text(*category, &found.name, locale),
        }
    });
    Ok(Choices {
        email: email.to_owned(),
        alliance: found.name.clone(),
        asks_for_consent: asks,
        items: items.collect(),
    })
}

/// Writes answers down, with a journal entry where one was new. The journal names no address.
///
/// # Errors
/// When the database fails.
pub async fn answer(
    act: &Act<'_>,
    who: &Answerer,
    answers: &[(ConsentCategory, bool)],
) -> Result<(), Failure> {
    let new = consents::answer(act, who, answers).await?;
    if new > 0 {
        let answers: HashMap<&str, bool> = answers
            .iter()
            .map(|(category, allowed)| (category.as_str(), *allowed))
            .collect();
        let facts = json!({ "way": who.way, "answers": answers });
        act.record(
            "preference.changed",
            Some(who.alliance),
            who.alliance.0,
            facts,
        )
        .await?;
    }
    Ok(())
}

/// The caller's own choices.
///
/// # Errors
/// 404 for strangers.
pub async fn mine(look: &Look<'_>, alliance: AllianceId) -> Result<Choices, Failure> {
    alliances::admit(look.reader(), look.asker(), alliance).await?;
    let user = look.user()?.user;
    let person = accounts::person(look.reader(), user)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    choices(look.reader(), &person.email, alliance, person.locale).await
}

/// The caller answers for the own address.
///
/// # Errors
/// 404 for strangers.
pub async fn answer_mine(
    act: &Act<'_>,
    alliance: AllianceId,
    answers: &[(ConsentCategory, bool)],
    origin: Option<String>,
) -> Result<Choices, Failure> {
    alliances::admit(act.tx(), act.asker(), alliance).await?;
    act.enter(None).await?;
    let user = act.user()?.user;
    let person = accounts::person(act.tx(), user)
        .await?
        .ok_or_else(|| Refused::not_found("object"))?;
    let who = Answerer {
        email: person.email.clone(),
        alliance,
        way: ConsentWay::Account,
        actor: format!("user:{user}"),
        origin,
    };
    answer(act, &who, answers).await?;
    choices(act.tx(), &person.email, alliance, person.locale).await
}
