//! The refusals that concern the rows of a claim, and the watch over addresses from which mail came back.

use std::collections::HashMap;
use std::collections::HashSet;

use entity::address_watch;
use entity::delivery;
use entity::suppression;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::DbBackend;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DeliveryId;
use crate::mail::domain::bounce::Recent;
use crate::mail::domain::consent::ConsentCategory;
use crate::mail::domain::letter::Category;
use crate::mail::domain::refusal;
use crate::mail::domain::refusal::RefusalSource;
use crate::mail::letterhead;
use crate::mail::repo::consents;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;

/// How the last messages to an address fared.
pub type Watch = Recent<DeliveryId>;

/// Lets claims and refusals of PostgreSQL pass one after the other, so that no row is claimed with a look
/// at the refusals from before one that is just being written, and none is missed when claimed rows are
/// taken back. On SQLite there is one writer.
///
/// # Errors
/// When the database refuses.
pub async fn take_turns(tx: &Tx, refuses: bool) -> Result<(), DbErr> {
    use sea_orm::ConnectionTrait;
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = if refuses {
        "SELECT pg_advisory_xact_lock(7103462911)"
    } else {
        "SELECT pg_advisory_xact_lock_shared(7103462911)"
    };
    tx.execute_unprepared(sql).await?;
    Ok(())
}

/// The refusals of some addresses, and advertising that nobody agreed to.
pub struct Refusals {
    known: HashMap<String, Vec<suppression::Model>>,
    not_agreed: HashSet<DeliveryId>,
}

impl Refusals {
    /// The refusals in force of the addresses of `rows`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn of(ctx: &Ctx, tx: &Tx, rows: &[delivery::Model]) -> Result<Self, DbErr> {
        let emails: HashSet<String> = rows.iter().map(|row| row.to_email.to_lowercase()).collect();
        let mut known: HashMap<String, Vec<suppression::Model>> = HashMap::new();
        let not_agreed = not_agreed(ctx, tx, rows).await?;
        if emails.is_empty() {
            return Ok(Self { known, not_agreed });
        }
        let in_force = Condition::any()
            .add(suppression::Column::ExpiresAt.is_null())
            .add(suppression::Column::ExpiresAt.gt(tx.now()));
        let found = suppression::Entity::find()
            .filter(suppression::Column::Email.is_in(emails))
            .filter(in_force)
            .all(tx)
            .await?;
        for row in found {
            known.entry(row.email.clone()).or_default().push(row);
        }
        Ok(Self { known, not_agreed })
    }

    /// Why a row must not be sent.
    pub fn reason(&self, row: &delivery::Model) -> Option<&'static str> {
        let never = || {
            self.not_agreed
                .contains(&row.id)
                .then_some(refusal::NOT_AGREED)
        };
        self.refused(row).or_else(never)
    }

    fn refused(&self, row: &delivery::Model) -> Option<&'static str> {
        if self.known.is_empty() {
            return None;
        }
        let category = Category::parse(&row.category);
        self.known
            .get(&row.to_email.to_lowercase())?
            .iter()
            .filter(|refusal| {
                refusal.alliance_id.is_none() || refusal.alliance_id == row.alliance_id
            })
            .filter(|refusal| {
                refusal.category.is_none() || refusal.category.as_deref() == Some(&row.category)
            })
            .find_map(|found| {
                let source = RefusalSource::parse(&found.source).unwrap_or(RefusalSource::Link);
                refusal::stops(source, found.expires_at.is_some(), category)
            })
    }
}

/// Advertising of alliances whose country asks for a yes, to people who did not say one.
async fn not_agreed(
    ctx: &Ctx,
    tx: &Tx,
    rows: &[delivery::Model],
) -> Result<HashSet<DeliveryId>, DbErr> {
    let mut groups: HashMap<(AllianceId, ConsentCategory), Vec<&delivery::Model>> = HashMap::new();
    for row in rows {
        let category = Category::parse(&row.category).filter(|category| category.advertises());
        let category = category.and_then(ConsentCategory::of);
        if let (Some(alliance), Some(category)) = (row.alliance_id, category) {
            groups.entry((alliance, category)).or_default().push(row);
        }
    }
    let mut found = HashSet::new();
    for ((alliance, category), rows) in groups {
        let head = letterhead::of(ctx, Some(alliance)).await;
        if !head.is_some_and(|head| head.asks_for_consent) {
            continue;
        }
        let emails = rows.iter().map(|row| row.to_email.clone());
        let agreed = consents::consenting(tx, alliance, category, emails).await?;
        let missing = |row: &&&delivery::Model| !agreed.contains(&row.to_email.to_lowercase());
        found.extend(rows.iter().filter(missing).map(|row| row.id));
    }
    Ok(found)
}

/// The watched ones among some addresses.
pub struct Watches(Vec<(String, Watch)>);

impl Watches {
    /// The watches over the addresses of `rows`. One whose last message arrived ends here, with its pause.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn of(tx: &Tx, rows: &[delivery::Model]) -> Result<Self, DbErr> {
        let emails: HashSet<String> = rows.iter().map(|row| row.to_email.to_lowercase()).collect();
        let mut watches = Vec::new();
        if emails.is_empty() {
            return Ok(Self(watches));
        }
        let found = address_watch::Entity::find()
            .filter(address_watch::Column::Email.is_in(emails))
            .all(tx)
            .await?;
        for row in found {
            let recent = recent_of(&row);
            if recent.has_recovered(millis(tx)) {
                forget(tx, &row.email).await?;
            } else {
                watches.push((row.email, recent));
            }
        }
        Ok(Self(watches))
    }

    /// Notes which messages are about to leave.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note(mut self, tx: &Tx, rows: &[delivery::Model]) -> Result<(), DbErr> {
        for (email, recent) in &mut self.0 {
            for row in rows
                .iter()
                .filter(|row| row.to_email.to_lowercase() == *email)
            {
                recent.leaves(row.id, millis(tx));
            }
            keep(tx, email, recent).await?;
        }
        Ok(())
    }
}

/// Notes that a message came back for a while. Answers how the last ones fared.
///
/// # Errors
/// When the database refuses.
pub async fn note_return(tx: &Tx, email: &str, delivery: DeliveryId) -> Result<Watch, DbErr> {
    let found = address_watch::Entity::find_by_id(email).one(tx).await?;
    let mut recent = found.as_ref().map(recent_of).unwrap_or_default();
    recent.came_back(delivery, millis(tx));
    keep(tx, email, &recent).await?;
    Ok(recent)
}

fn millis(tx: &Tx) -> i64 {
    tx.now().to_utc().timestamp_millis()
}

fn recent_of(row: &address_watch::Model) -> Watch {
    serde_json::from_value(row.recent.clone()).unwrap_or_default()
}

async fn keep(tx: &Tx, email: &str, recent: &Watch) -> Result<(), DbErr> {
    let row = address_watch::ActiveModel {
        email: Set(email.to_owned()),
        recent: Set(serde_json::to_value(recent).unwrap_or_default()),
        changed_at: Set(tx.now()),
    };
    let change = OnConflict::column(address_watch::Column::Email)
        .update_columns([
            address_watch::Column::Recent,
            address_watch::Column::ChangedAt,
        ])
        .to_owned();
    address_watch::Entity::insert(row)
        .on_conflict(change)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// An address is no longer watched, and its pause is over.
///
/// # Errors
/// When the database refuses.
pub async fn forget(tx: &Tx, email: &str) -> Result<(), DbErr> {
    address_watch::Entity::delete_by_id(email).exec(tx).await?;
    suppression::Entity::delete_many()
        .filter(suppression::Column::Email.eq(email))
        .filter(suppression::Column::AllianceId.is_null())
        .filter(suppression::Column::ExpiresAt.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}
