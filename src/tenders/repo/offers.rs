//! SQL of quotes and their sealed revisions.

use entity::quote;
use entity::quote_revision;
use entity::quote_upload;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::ExprTrait;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::QuoteId;
use crate::kernel::ids::QuoteUploadId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::tenders::domain::lifecycle::QuoteState;
use crate::tenders::repo::writers;

writers! {
    quote: Quote, insert_quote, save_quote;
}

pub type Revision = quote_revision::Model;
pub type Upload = quote_upload::Model;

pub async fn quote(c: &impl ConnectionTrait, id: QuoteId) -> Result<Option<Quote>, DbErr> {
    quote::Entity::find_by_id(id).one(c).await
}

pub async fn quotes(c: &impl ConnectionTrait, tender: TenderId) -> Result<Vec<Quote>, DbErr> {
    quote::Entity::find()
        .filter(quote::Column::TenderId.eq(tender))
        .order_by_asc(quote::Column::Id)
        .all(c)
        .await
}

pub async fn quote_of(
    c: &impl ConnectionTrait,
    tender: TenderId,
    manufacturer: ManufacturerId,
) -> Result<Option<Quote>, DbErr> {
    quote::Entity::find()
        .filter(quote::Column::TenderId.eq(tender))
        .filter(quote::Column::ManufacturerId.eq(manufacturer))
        .one(c)
        .await
}

/// Quotes that count: submitted and not taken back.
pub async fn count_submitted(c: &impl ConnectionTrait, tender: TenderId) -> Result<u64, DbErr> {
    quote::Entity::find()
        .filter(quote::Column::TenderId.eq(tender))
        .filter(quote::Column::State.is_in(["submitted", "opened", "awarded", "not_awarded"]))
        .count(c)
        .await
}

/// Moves all quotes of a round from one state to another.
pub async fn move_quotes(
    tx: &Tx,
    round: RoundId,
    from: QuoteState,
    to: QuoteState,
) -> Result<(), DbErr> {
    quote::Entity::update_many()
        .col_expr(quote::Column::State, Expr::value(to.as_str()))
        .col_expr(
            quote::Column::Version,
            Expr::col(quote::Column::Version).add(1),
        )
        .filter(quote::Column::RoundId.eq(round))
        .filter(quote::Column::State.eq(from.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn insert_revision(tx: &Tx, row: Revision) -> Result<(), DbErr> {
    quote_revision::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The present content of a quote.
pub async fn revision(c: &impl ConnectionTrait, quote: &Quote) -> Result<Option<Revision>, DbErr> {
    quote_revision::Entity::find()
        .filter(quote_revision::Column::QuoteId.eq(quote.id))
        .filter(quote_revision::Column::Number.eq(quote.revision))
        .one(c)
        .await
}

/// One content of a quote, whatever its present one is.
pub async fn revision_numbered(
    c: &impl ConnectionTrait,
    quote: QuoteId,
    number: i32,
) -> Result<Option<Revision>, DbErr> {
    quote_revision::Entity::find()
        .filter(quote_revision::Column::QuoteId.eq(quote))
        .filter(quote_revision::Column::Number.eq(number))
        .one(c)
        .await
}

pub async fn insert_upload(tx: &Tx, row: Upload) -> Result<(), DbErr> {
    quote_upload::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn upload(c: &impl ConnectionTrait, id: QuoteUploadId) -> Result<Option<Upload>, DbErr> {
    quote_upload::Entity::find_by_id(id).one(c).await
}
