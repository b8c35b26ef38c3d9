//! People, as other slices and they themselves see them.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::accounts::repo;
use crate::accounts::repo::User;
use crate::accounts::service::normalise;
use crate::kernel::ids::UserId;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::act::Act;
use crate::platform::act::Look;

/// What other slices may know of a person.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub locale: Locale,
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            name: user.display_name,
            locale: Locale::parse(&user.locale).unwrap_or_default(),
        }
    }
}

/// A person by id.
///
/// # Errors
/// When the database fails.
pub async fn person(
    connection: &impl ConnectionTrait,
    id: UserId,
) -> Result<Option<Person>, Failure> {
    Ok(repo::user(connection, id).await?.map(Person::from))
}

/// Several people by id, in no order.
///
/// # Errors
/// When the database fails.
pub async fn people(
    connection: &impl ConnectionTrait,
    ids: &[UserId],
) -> Result<Vec<Person>, Failure> {
    let users = repo::users(connection, ids).await?;
    Ok(users.into_iter().map(Person::from).collect())
}

/// The person with an address, however its case is written.
///
/// # Errors
/// When the database fails.
pub async fn person_by_email(
    connection: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<Person>, Failure> {
    let user = repo::user_by_email(connection, &normalise(email)).await?;
    Ok(user.map(Person::from))
}

/// The caller's own account.
///
/// # Errors
/// When the database fails.
pub async fn me(look: &Look<'_>) -> Result<User, Failure> {
    repo::user(look.reader(), look.user()?.user)
        .await?
        .ok_or_else(|| Refused::not_found("account").into())
}

/// Changes the caller's name and language.
///
/// # Errors
/// Fields that break a rule; 412 where it was changed meanwhile.
pub async fn change_me(
    act: &Act<'_>,
    name: Option<&str>,
    locale: Option<Locale>,
) -> Result<User, Failure> {
    let mut user = repo::lock_user(act.tx(), act.user()?.user)
        .await?
        .ok_or_else(|| Refused::not_found("account"))?;
    act.enter(Some(user.version)).await?;
    let name = name.unwrap_or(&user.display_name).to_owned();
    let locale = locale.map_or_else(|| user.locale.clone(), |l| l.as_str().to_owned());
    repo::set_profile(act.tx(), &user, &name, &locale).await?;
    act.record("account.changed", None, user.id.0, json!({}))
        .await?;
    user.version += 1;
    user.display_name = name;
    user.locale = locale;
    Ok(user)
}
