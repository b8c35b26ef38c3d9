//! SQL of tenders, items, rounds, invitations and link sessions.

use entity::link_session;
use entity::tender;
use entity::tender_invitation;
use entity::tender_item;
use entity::tender_round;
use entity::unsealing;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::ExprTrait;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ItemId;
use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::RoundId;
use crate::kernel::ids::TenderId;
use crate::kernel::ids::TenderInvitationId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::tenders::repo::INSERT_ROWS;
use crate::tenders::repo::writers;

writers! {
    tender: Tender, insert_tender, save_tender;
    tender_round: Round, insert_round, save_round;
    tender_invitation: Invitation, insert_invitation, save_invitation;
}

pub type Item = tender_item::Model;
pub type Unsealing = unsealing::Model;
pub type LinkSession = link_session::Model;

pub async fn tender(c: &impl ConnectionTrait, id: TenderId) -> Result<Option<Tender>, DbErr> {
    tender::Entity::find_by_id(id).one(c).await
}

pub async fn lock_tender(tx: &Tx, id: TenderId) -> Result<Option<Tender>, DbErr> {
    tender::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// Tenders of an alliance; drafts only where `drafts` says so.
pub async fn list_tenders(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    drafts: bool,
    page: Page,
) -> Result<Slice<Tender>, DbErr> {
    let mut query = tender::Entity::find()
        .filter(tender::Column::AllianceId.eq(alliance))
        .order_by_asc(tender::Column::Id)
        .limit(page.limit + 1);
    if !drafts {
        query = query.filter(tender::Column::State.ne("draft"));
    }
    if let Some(after) = page.after {
        query = query.filter(tender::Column::Id.gt(TenderId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// Published tenders whose commitment window ended before `before`.
pub async fn tenders_to_close(
    c: &impl ConnectionTrait,
    before: Instant,
) -> Result<Vec<Tender>, DbErr> {
    tender::Entity::find()
        .filter(tender::Column::State.eq("published"))
        .filter(tender::Column::CommitmentClosesAt.lte(before))
        .order_by_asc(tender::Column::Id)
        .limit(500)
        .all(c)
        .await
}

/// Tenders with a round that the clock should open or close.
pub async fn rounds_due(
    c: &impl ConnectionTrait,
    now: Instant,
    closed_before: Instant,
) -> Result<Vec<Round>, DbErr> {
    let opening = tender_round::Column::State
        .eq("scheduled")
        .and(tender_round::Column::OpensAt.lte(now));
    let closing = tender_round::Column::State
        .is_in(["scheduled", "open"])
        .and(tender_round::Column::ClosesAt.lte(closed_before));
    tender_round::Entity::find()
        .filter(sea_orm::Condition::any().add(opening).add(closing))
        .order_by_asc(tender_round::Column::Id)
        .limit(500)
        .all(c)
        .await
}

pub async fn insert_items(tx: &Tx, items: Vec<Item>) -> Result<u64, DbErr> {
    let mut inserted = 0;
    let mut rest = items;
    while !rest.is_empty() {
        let next = rest.split_off(rest.len().min(INSERT_ROWS));
        let rows = rest.into_iter().map(IntoActiveModel::into_active_model);
        inserted += tender_item::Entity::insert_many(rows)
            .on_conflict(on_any_conflict())
            .exec_without_returning(tx)
            .await?;
        rest = next;
    }
    Ok(inserted)
}

/// All items, by id: the order in which they were sent.
pub async fn items(c: &impl ConnectionTrait, tender: TenderId) -> Result<Vec<Item>, DbErr> {
    tender_item::Entity::find()
        .filter(tender_item::Column::TenderId.eq(tender))
        .order_by_asc(tender_item::Column::Id)
        .all(c)
        .await
}

pub async fn item_by_ref(
    c: &impl ConnectionTrait,
    tender: TenderId,
    line_ref: &str,
) -> Result<Option<Item>, DbErr> {
    tender_item::Entity::find()
        .filter(tender_item::Column::TenderId.eq(tender))
        .filter(tender_item::Column::LineRef.eq(line_ref))
        .one(c)
        .await
}

pub async fn item(
    c: &impl ConnectionTrait,
    tender: TenderId,
    id: ItemId,
) -> Result<Option<Item>, DbErr> {
    tender_item::Entity::find_by_id(id)
        .filter(tender_item::Column::TenderId.eq(tender))
        .one(c)
        .await
}

pub async fn page_of_items(
    c: &impl ConnectionTrait,
    tender: TenderId,
    page: Page,
) -> Result<Slice<Item>, DbErr> {
    let mut query = tender_item::Entity::find()
        .filter(tender_item::Column::TenderId.eq(tender))
        .order_by_asc(tender_item::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(tender_item::Column::Id.gt(ItemId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// The rounds of a tender, first to last.
pub async fn rounds(c: &impl ConnectionTrait, tender: TenderId) -> Result<Vec<Round>, DbErr> {
    tender_round::Entity::find()
        .filter(tender_round::Column::TenderId.eq(tender))
        .order_by_asc(tender_round::Column::Number)
        .all(c)
        .await
}

pub async fn round(c: &impl ConnectionTrait, id: RoundId) -> Result<Option<Round>, DbErr> {
    tender_round::Entity::find_by_id(id).one(c).await
}

pub async fn unsealings(
    c: &impl ConnectionTrait,
    round: RoundId,
    since: Instant,
) -> Result<Vec<Unsealing>, DbErr> {
    unsealing::Entity::find()
        .filter(unsealing::Column::RoundId.eq(round))
        .filter(unsealing::Column::ApprovedAt.gt(since))
        .order_by_asc(unsealing::Column::Id)
        .all(c)
        .await
}

pub async fn insert_unsealing(tx: &Tx, row: Unsealing) -> Result<(), DbErr> {
    unsealing::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn invitation(
    c: &impl ConnectionTrait,
    id: TenderInvitationId,
) -> Result<Option<Invitation>, DbErr> {
    tender_invitation::Entity::find_by_id(id).one(c).await
}

pub async fn invitations(
    c: &impl ConnectionTrait,
    tender: TenderId,
) -> Result<Vec<Invitation>, DbErr> {
    tender_invitation::Entity::find()
        .filter(tender_invitation::Column::TenderId.eq(tender))
        .order_by_asc(tender_invitation::Column::Id)
        .all(c)
        .await
}

pub async fn page_of_invitations(
    c: &impl ConnectionTrait,
    tender: TenderId,
    page: Page,
) -> Result<Slice<Invitation>, DbErr> {
    let mut query = tender_invitation::Entity::find()
        .filter(tender_invitation::Column::TenderId.eq(tender))
        .order_by_asc(tender_invitation::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(tender_invitation::Column::Id.gt(TenderInvitationId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// Those of `manufacturers` that the tender invited.
pub async fn invited(
    c: &impl ConnectionTrait,
    tender: TenderId,
    manufacturers: &[ManufacturerId],
) -> Result<Vec<Invitation>, DbErr> {
    if manufacturers.is_empty() {
        return Ok(vec![]);
    }
    tender_invitation::Entity::find()
        .filter(tender_invitation::Column::TenderId.eq(tender))
        .filter(tender_invitation::Column::ManufacturerId.is_in(manufacturers.iter().copied()))
        .order_by_asc(tender_invitation::Column::Id)
        .all(c)
        .await
}

/// An invitation of this alliance's tender by address, for sending it again.
pub async fn invitation_by_email(
    c: &impl ConnectionTrait,
    tender: TenderId,
    email: &str,
) -> Result<Option<Invitation>, DbErr> {
    tender_invitation::Entity::find()
        .filter(tender_invitation::Column::TenderId.eq(tender))
        .filter(tender_invitation::Column::Email.eq(email))
        .one(c)
        .await
}

pub async fn insert_link_session(tx: &Tx, row: LinkSession) -> Result<(), DbErr> {
    link_session::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

pub async fn link_session(
    c: &impl ConnectionTrait,
    digest: Vec<u8>,
) -> Result<Option<LinkSession>, DbErr> {
    link_session::Entity::find_by_id(digest).one(c).await
}

/// Tenders that are open or to be awarded, and those with an order that is not confirmed.
pub async fn count_unfinished(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    let running = tender::Entity::find()
        .filter(tender::Column::AllianceId.eq(alliance))
        .filter(tender::Column::State.is_in(["published", "evaluating"]))
        .count(tx)
        .await?;
    let ordered = entity::group_order::Entity::find()
        .filter(entity::group_order::Column::AllianceId.eq(alliance))
        .filter(entity::group_order::Column::State.is_in(["draft", "placed"]))
        .count(tx)
        .await?;
    Ok(running + ordered)
}
