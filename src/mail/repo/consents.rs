//! Answers to the question whether somebody may be written to: all of them, and the last ones.

use std::collections::HashMap;
use std::collections::HashSet;

use entity::consent_log;
use entity::preference;
use entity::suppression;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ConsentId;
use crate::mail::domain::consent::ConsentCategory;
use crate::mail::domain::consent::ConsentWay;
use crate::mail::domain::consent::TEXT_VERSION;
use crate::mail::domain::refusal::RefusalSource;
use crate::mail::repo::suppressions;
use crate::mail::repo::suppressions::Refused;
use crate::platform::act::Act;
use crate::platform::db::Tx;

/// One answer in the log.
pub type Logged = consent_log::Model;

/// Who answers, how and from where.
#[derive(Debug, Clone)]
pub struct Answerer {
    pub email: String,
    pub alliance: AllianceId,
    pub way: ConsentWay,
    /// `user:…`, `link`, `system`.
    pub actor: String,
    pub origin: Option<String>,
}

/// Writes answers down, and lets them take effect: a no stops such mail at once, a yes takes back what the
/// same person refused before. An answer that is the last one already is not repeated. Answers how many
/// were new.
///
/// # Errors
/// When the database refuses.
pub async fn answer(
    act: &Act<'_>,
    who: &Answerer,
    answers: &[(ConsentCategory, bool)],
) -> Result<usize, DbErr> {
    let tx = act.tx();
    let before = last(tx, &who.email, who.alliance).await?;
    let mut new = 0;
    for (category, allowed) in answers {
        let changed = before.get(category) != Some(allowed);
        if changed {
            log(act, who, *category, *allowed).await?;
            new += 1;
        }
        if *allowed {
            take_back_refusal(tx, who, *category).await?;
        } else {
            let source = source_of(who.way);
            let category = Some(category.of_mail());
            let refused =
                Refused::of_alliance(who.alliance, category, &who.email, "unsubscribed", source);
            suppressions::suppress(tx, act.fresh(), &refused).await?;
        }
    }
    Ok(new)
}

const fn source_of(way: ConsentWay) -> RefusalSource {
    match way {
        ConsentWay::Organizer => RefusalSource::Organizer,
        ConsentWay::Complaint => RefusalSource::Complaint,
        ConsentWay::Joining | ConsentWay::Page | ConsentWay::OneClick | ConsentWay::Account => {
            RefusalSource::Link
        }
    }
}

async fn log(
    act: &Act<'_>,
    who: &Answerer,
    category: ConsentCategory,
    allowed: bool,
) -> Result<(), DbErr> {
    let tx = act.tx();
    let row = Logged {
        id: act.fresh::<ConsentId>(),
        email: who.email.to_lowercase(),
        alliance_id: who.alliance,
        category: category.as_str().to_owned(),
        allowed,
        text_version: TEXT_VERSION.to_owned(),
        way: who.way.as_str().to_owned(),
        actor: who.actor.clone(),
        origin: who.origin.clone(),
        answered_at: tx.now(),
    };
    let last = preference::Model {
        email: row.email.clone(),
        alliance_id: row.alliance_id,
        category: row.category.clone(),
        allowed,
        consent_id: row.id,
        changed_at: tx.now(),
    };
    consent_log::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    let replace = OnConflict::columns([
        preference::Column::Email,
        preference::Column::AllianceId,
        preference::Column::Category,
    ])
    .update_columns([
        preference::Column::Allowed,
        preference::Column::ConsentId,
        preference::Column::ChangedAt,
    ])
    .to_owned();
    preference::Entity::insert(last.into_active_model().reset_all())
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A yes ends refusals by the person's own will, of this category and of everything; complaints and dead
/// addresses are lifted by organizers.
async fn take_back_refusal(
    tx: &Tx,
    who: &Answerer,
    category: ConsentCategory,
) -> Result<(), DbErr> {
    let own = Condition::any()
        .add(suppression::Column::Category.eq(category.as_str()))
        .add(suppression::Column::Category.is_null());
    suppression::Entity::delete_many()
        .filter(suppression::Column::Email.eq(who.email.to_lowercase()))
        .filter(suppression::Column::AllianceId.eq(who.alliance))
        .filter(suppression::Column::Source.is_in(["link", "organizer"]))
        .filter(own)
        .exec(tx)
        .await?;
    Ok(())
}

/// The last answers of an address to an alliance.
///
/// # Errors
/// When the database refuses.
pub async fn last(
    c: &impl ConnectionTrait,
    email: &str,
    alliance: AllianceId,
) -> Result<HashMap<ConsentCategory, bool>, DbErr> {
    let rows = preference::Entity::find()
        .filter(preference::Column::Email.eq(email.to_lowercase()))
        .filter(preference::Column::AllianceId.eq(alliance))
        .all(c)
        .await?;
    let known = |row: &preference::Model| {
        ConsentCategory::parse(&row.category).map(|category| (category, row.allowed))
    };
    Ok(rows.iter().filter_map(known).collect())
}

/// Which of an alliance's categories an address refuses by a suppression.
///
/// # Errors
/// When the database refuses.
pub async fn refused(
    c: &impl ConnectionTrait,
    email: &str,
    alliance: AllianceId,
) -> Result<HashSet<ConsentCategory>, DbErr> {
    let rows = suppression::Entity::find()
        .filter(suppression::Column::Email.eq(email.to_lowercase()))
        .filter(suppression::Column::AllianceId.eq(alliance))
        .filter(suppression::Column::ExpiresAt.is_null())
        .all(c)
        .await?;
    let mut refused = HashSet::new();
    for row in rows {
        match row.category.as_deref().map(ConsentCategory::parse) {
            None => refused.extend(ConsentCategory::ALL),
            Some(category) => refused.extend(category),
        }
    }
    Ok(refused)
}

/// Those of some addresses that said yes to a category of an alliance's mail, in lower case.
///
/// # Errors
/// When the database refuses.
pub async fn consenting(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    category: ConsentCategory,
    emails: impl IntoIterator<Item = String>,
) -> Result<HashSet<String>, DbErr> {
    let emails: HashSet<String> = emails
        .into_iter()
        .map(|email| email.to_lowercase())
        .collect();
    if emails.is_empty() {
        return Ok(emails);
    }
    let rows = preference::Entity::find()
        .filter(preference::Column::AllianceId.eq(alliance))
        .filter(preference::Column::Category.eq(category.as_str()))
        .filter(preference::Column::Allowed.eq(true))
        .filter(preference::Column::Email.is_in(emails))
        .all(c)
        .await?;
    Ok(rows.into_iter().map(|row| row.email).collect())
}

/// Every answer of an address to an alliance, oldest first: the proof.
///
/// # Errors
/// When the database refuses.
pub async fn log_of(
    c: &impl ConnectionTrait,
    email: &str,
    alliance: AllianceId,
) -> Result<Vec<Logged>, DbErr> {
    consent_log::Entity::find()
        .filter(consent_log::Column::Email.eq(email.to_lowercase()))
        .filter(consent_log::Column::AllianceId.eq(alliance))
        .order_by_asc(consent_log::Column::Id)
        .all(c)
        .await
}
