//! Addresses that refuse mail.

use entity::delivery;
use entity::suppression;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::Func;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::ids::SuppressionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::mail::domain::letter::Category;
use crate::mail::repo::claim;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// An address that refuses mail.
pub type Suppression = suppression::Model;

/// What an address refuses: optional mail of one alliance, of one category or of every one.
#[derive(Debug, Clone)]
pub struct Refused {
    pub alliance: AllianceId,
    pub category: Option<Category>,
    pub email: String,
    pub reason: String,
}

/// To whom a delivery went, from which alliance and in which category: what a click can refuse.
///
/// # Errors
/// When the database refuses.
pub async fn addressee(
    c: &impl ConnectionTrait,
    id: DeliveryId,
) -> Result<Option<(String, AllianceId, Category)>, DbErr> {
    let row: Option<(String, Option<AllianceId>, String)> = delivery::Entity::find_by_id(id)
        .select_only()
        .column(delivery::Column::ToEmail)
        .column(delivery::Column::AllianceId)
        .column(delivery::Column::Category)
        .into_tuple()
        .one(c)
        .await?;
    Ok(row.and_then(|(email, alliance, category)| {
        let category = Category::parse(&category).filter(|c| c.may_be_refused())?;
        Some((email, alliance?, category))
    }))
}

/// Writes a refusal. No message of that kind leaves whose sender marks it after this commit.
/// `None`: the address refuses this already.
///
/// # Errors
/// When the database refuses.
pub async fn suppress(
    tx: &Tx,
    id: SuppressionId,
    refused: &Refused,
) -> Result<Option<Suppression>, DbErr> {
    let row = Suppression {
        id,
        alliance_id: Some(refused.alliance),
        category: refused.category.map(|c| c.as_str().to_owned()),
        email: refused.email.to_lowercase(),
        reason: refused.reason.clone(),
        created_at: tx.now(),
    };
    let inserted = suppression::Entity::insert(suppression::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        category: Set(row.category.clone()),
        email: Set(row.email.clone()),
        reason: Set(row.reason.clone()),
        created_at: Set(row.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    take_back(tx, refused).await?;
    Ok((inserted == 1).then_some(row))
}

/// What waits is suppressed when it is claimed; what was claimed before is taken from its sender here.
async fn take_back(tx: &Tx, refused: &Refused) -> Result<(), DbErr> {
    let optional = Category::ALL.iter().filter(|c| c.may_be_refused());
    let categories: Vec<&str> = optional
        .filter(|c| refused.category.is_none_or(|wanted| wanted == **c))
        .map(|c| c.as_str())
        .collect();
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value("suppressed"))
        .col_expr(delivery::Column::DoneAt, Expr::value(tx.now()))
        .col_expr(delivery::Column::Reason, Expr::value(claim::REFUSED))
        .col_expr(delivery::Column::LeaseToken, Expr::value(None::<Uuid>))
        .col_expr(delivery::Column::LeaseUntil, Expr::value(None::<Instant>))
        // Both: the first names the index of leased rows.
        .filter(delivery::Column::State.is_in(["claimed", "sending"]))
        .filter(delivery::Column::State.eq("claimed"))
        .filter(delivery::Column::AllianceId.eq(refused.alliance))
        .filter(delivery::Column::Category.is_in(categories))
        .filter(
            Expr::expr(Func::lower(Expr::col(delivery::Column::ToEmail)))
                .eq(refused.email.to_lowercase()),
        )
        .exec(tx)
        .await?;
    Ok(())
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
    let mut query =
        suppression::Entity::find().filter(suppression::Column::AllianceId.eq(alliance));
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
        .filter(suppression::Column::AllianceId.eq(alliance))
        .lock_exclusive()
        .one(tx)
        .await?;
    if let Some(row) = &row {
        suppression::Entity::delete_by_id(row.id).exec(tx).await?;
    }
    Ok(row)
}
