//! Addresses that refuse mail.

use entity::delivery;
use entity::suppression;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::Func;
use sea_orm::sea_query::LockType;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::BounceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::ids::SuppressionId;
use crate::kernel::locale::Locale;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::mail::domain::consent::ConsentCategory;
use crate::mail::domain::letter::Category;
use crate::mail::domain::refusal;
use crate::mail::domain::refusal::RefusalSource;
use crate::mail::repo::astray;
use crate::mail::repo::refusals;
use crate::mail::repo::tally;
use crate::mail::repo::tally::Tally;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// An address that refuses mail.
pub type Suppression = suppression::Model;

/// What an address refuses, and why.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Mail of one alliance, or of all of them.
    pub alliance: Option<AllianceId>,
    /// Mail of one category, or all that may be refused.
    pub category: Option<Category>,
    pub email: String,
    pub reason: String,
    pub source: RefusalSource,
    /// The message that it rests on.
    pub evidence: Option<BounceId>,
    /// End of a pause.
    pub expires_at: Option<Instant>,
    /// Through whose mail it was found, where it holds everywhere.
    pub found_in: Option<AllianceId>,
}

impl Refused {
    /// A refusal for good, of mail of an alliance.
    pub fn of_alliance(
        alliance: AllianceId,
        category: Option<Category>,
        email: &str,
        reason: &str,
        source: RefusalSource,
    ) -> Self {
        Self {
            alliance: Some(alliance),
            category,
            email: email.to_lowercase(),
            reason: reason.to_owned(),
            source,
            evidence: None,
            expires_at: None,
            found_in: None,
        }
    }

    /// An address that gets nothing from anybody, for good.
    pub fn everywhere(email: &str, reason: &str, source: RefusalSource) -> Self {
        Self {
            alliance: None,
            category: None,
            email: email.to_lowercase(),
            reason: reason.to_owned(),
            source,
            evidence: None,
            expires_at: None,
            found_in: None,
        }
    }
}

/// To whom a delivery went, and what a click on its link can refuse.
#[derive(Debug, Clone)]
pub struct Addressee {
    pub email: String,
    pub alliance: AllianceId,
    pub category: ConsentCategory,
    pub locale: Locale,
}

/// To whom a delivery went, from which alliance and in which category: what a click can refuse.
///
/// # Errors
/// When the database refuses.
pub async fn addressee(
    c: &impl ConnectionTrait,
    id: DeliveryId,
) -> Result<Option<Addressee>, DbErr> {
    let row: Option<(String, Option<AllianceId>, String, String)> =
        delivery::Entity::find_by_id(id)
            .select_only()
            .column(delivery::Column::ToEmail)
            .column(delivery::Column::AllianceId)
            .column(delivery::Column::Category)
            .column(delivery::Column::Locale)
            .into_tuple()
            .one(c)
            .await?;
    Ok(row.and_then(|(email, alliance, category, locale)| {
        let category = Category::parse(&category).and_then(ConsentCategory::of)?;
        Some(Addressee {
            email,
            alliance: alliance?,
            category,
            locale: Locale::parse(&locale).unwrap_or_default(),
        })
    }))
}

/// Writes a refusal. No message of that kind leaves whose sender marks it after this commit.
/// `None`: the address refuses this already. A pause gives way to what holds for good.
///
/// # Errors
/// When the database refuses.
pub async fn suppress(
    tx: &Tx,
    id: SuppressionId,
    refused: &Refused,
) -> Result<Option<Suppression>, DbErr> {
    refusals::take_turns(tx, true).await?;
    let row = Suppression {
        id,
        alliance_id: refused.alliance,
        category: refused.category.map(|c| c.as_str().to_owned()),
        email: refused.email.to_lowercase(),
        reason: refused.reason.clone(),
        created_at: tx.now(),
        source: refused.source.as_str().to_owned(),
        evidence_id: refused.evidence,
        expires_at: refused.expires_at,
        found_in: refused.found_in,
    };
    give_way(tx, &row).await?;
    let inserted = suppression::Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    take_back(tx, refused).await?;
    Ok((inserted == 1).then_some(row))
}

/// A pause that is over, or that something stronger replaces, is taken away.
async fn give_way(tx: &Tx, row: &Suppression) -> Result<(), DbErr> {
    let mut old = suppression::Entity::delete_many()
        .filter(suppression::Column::Email.eq(row.email.as_str()))
        .filter(match row.alliance_id {
            Some(alliance) => suppression::Column::AllianceId.eq(alliance),
            None => suppression::Column::AllianceId.is_null(),
        })
        .filter(match &row.category {
            Some(category) => suppression::Column::Category.eq(category.as_str()),
            None => suppression::Column::Category.is_null(),
        })
        .filter(suppression::Column::ExpiresAt.is_not_null());
    if let Some(until) = row.expires_at {
        old = old.filter(suppression::Column::ExpiresAt.lte(until));
    }
    old.exec(tx).await?;
    Ok(())
}

/// What waits is suppressed when it is claimed; what was claimed before is taken from its sender here.
async fn take_back(tx: &Tx, refused: &Refused) -> Result<(), DbErr> {
    let wanted = |category: &Category| refused.category.is_none_or(|wanted| wanted == *category);
    for reason in [refusal::UNWANTED, refusal::GONE, refusal::PAUSED] {
        let categories: Vec<&str> = Category::ALL
            .iter()
            .filter(|category| {
                let stopped = refusal::stops(
                    refused.source,
                    refused.expires_at.is_some(),
                    Some(**category),
                );
                wanted(category) && stopped == Some(reason)
            })
            .map(|category| category.as_str())
            .collect();
        if !categories.is_empty() {
            take_back_of(tx, refused, &categories, reason).await?;
        }
    }
    Ok(())
}

async fn take_back_of(
    tx: &Tx,
    refused: &Refused,
    categories: &[&str],
    reason: &str,
) -> Result<(), DbErr> {
    let mut claimed = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .column(delivery::Column::CampaignId)
        // Both: the first names the index of leased rows.
        .filter(delivery::Column::State.is_in(["claimed", "sending"]))
        .filter(delivery::Column::State.eq("claimed"))
        .filter(delivery::Column::Category.is_in(categories.iter().copied()))
        .filter(
            Expr::expr(Func::lower(Expr::col(delivery::Column::ToEmail)))
                .eq(refused.email.to_lowercase()),
        );
    if let Some(alliance) = refused.alliance {
        claimed = claimed.filter(delivery::Column::AllianceId.eq(alliance));
    }
    let rows: Vec<(DeliveryId, Option<CampaignId>)> =
        claimed.lock(LockType::Update).into_tuple().all(tx).await?;
    if rows.is_empty() {
        return Ok(());
    }
    astray::without_lease(delivery::Entity::update_many())
        .col_expr(delivery::Column::State, Expr::value("suppressed"))
        .col_expr(delivery::Column::DoneAt, Expr::value(tx.now()))
        .col_expr(delivery::Column::Reason, Expr::value(reason))
        .filter(delivery::Column::Id.is_in(rows.iter().map(|(id, _)| *id)))
        .exec(tx)
        .await?;
    let mut moved = Tally::default();
    for (_, campaign) in rows {
        moved.shift(campaign, "claimed", "suppressed", 1);
    }
    moved.write(tx, tally::OTHERS).await
}

/// The refusals that an alliance may see: those of its mail, and those of everywhere that its mail brought
/// to light.
fn seen_by(alliance: AllianceId) -> Condition {
    Condition::any()
        .add(suppression::Column::AllianceId.eq(alliance))
        .add(
            Condition::all()
                .add(suppression::Column::AllianceId.is_null())
                .add(suppression::Column::FoundIn.eq(alliance)),
        )
}

/// One page of an alliance's refusals.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Suppression>, DbErr> {
    let mut query = suppression::Entity::find().filter(seen_by(alliance));
    if let Some(after) = page.after {
        query = query.filter(suppression::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(suppression::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

/// Takes a refusal of an alliance away, and answers what it was.
///
/// # Errors
/// When the database refuses.
pub async fn lift(
    tx: &Tx,
    alliance: AllianceId,
    id: SuppressionId,
) -> Result<Option<Suppression>, DbErr> {
    let row = suppression::Entity::find_by_id(id)
        .filter(seen_by(alliance))
        .lock_exclusive()
        .one(tx)
        .await?;
    if let Some(row) = &row {
        suppression::Entity::delete_by_id(row.id).exec(tx).await?;
        if row.alliance_id.is_none() {
            // It begins anew: what came back before counts no longer.
            refusals::forget(tx, &row.email).await?;
        }
    }
    Ok(row)
}
