//! SQL of campaigns.

pub mod schedules;

use entity::campaign;
use entity::template;
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::CampaignId;
use crate::kernel::ids::TemplateId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Template = template::Model;
pub type Campaign = campaign::Model;

pub async fn template(c: &impl ConnectionTrait, id: TemplateId) -> Result<Option<Template>, DbErr> {
    template::Entity::find_by_id(id).one(c).await
}

/// The newest version under a name.
pub async fn newest_template(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    name: &str,
) -> Result<Option<Template>, DbErr> {
    template::Entity::find()
        .filter(template::Column::AllianceId.eq(alliance))
        .filter(template::Column::Name.eq(name))
        .order_by_desc(template::Column::Number)
        .limit(1)
        .one(c)
        .await
}

/// `false`: somebody else was first with this number.
pub async fn insert_template(tx: &Tx, row: Template) -> Result<bool, DbErr> {
    let inserted = template::Entity::insert(template::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        name: Set(row.name),
        number: Set(row.number),
        category: Set(row.category),
        locales: Set(row.locales),
        created_by: Set(row.created_by),
        created_at: Set(row.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

pub async fn templates(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Template>, DbErr> {
    let mut query = template::Entity::find().filter(template::Column::AllianceId.eq(alliance));
    if let Some(after) = page.after {
        query = query.filter(template::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(template::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

pub async fn campaign(c: &impl ConnectionTrait, id: CampaignId) -> Result<Option<Campaign>, DbErr> {
    campaign::Entity::find_by_id(id).one(c).await
}

pub async fn lock_campaign(tx: &Tx, id: CampaignId) -> Result<Option<Campaign>, DbErr> {
    campaign::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

pub async fn campaigns(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    page: Page,
) -> Result<Slice<Campaign>, DbErr> {
    let mut query = campaign::Entity::find().filter(campaign::Column::AllianceId.eq(alliance));
    if let Some(after) = page.after {
        query = query.filter(campaign::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(campaign::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}

pub async fn insert_campaign(tx: &Tx, row: &Campaign) -> Result<(), DbErr> {
    campaign::Entity::insert(row.clone().into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Writes what may change of a campaign that this transaction holds locked.
pub async fn update_campaign(tx: &Tx, row: &Campaign) -> Result<(), DbErr> {
    let changes = campaign::ActiveModel {
        id: Set(row.id),
        state: Set(row.state.clone()),
        send_at: Set(row.send_at),
        cursor: Set(row.cursor),
        gathered_at: Set(row.gathered_at),
        started_at: Set(row.started_at),
        ended_at: Set(row.ended_at),
        approved_by: Set(row.approved_by),
        version: Set(row.version),
        ..Default::default()
    };
    campaign::Entity::update(changes).exec(tx).await?;
    Ok(())
}

/// The campaigns that the sweep has to look at, oldest first.
pub async fn at_work(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<CampaignId>, DbErr> {
    let due = Condition::all()
        .add(campaign::Column::State.eq("scheduled"))
        .add(campaign::Column::SendAt.lte(now));
    campaign::Entity::find()
        .select_only()
        .column(campaign::Column::Id)
        .filter(campaign::Column::EndedAt.is_null())
        .filter(
            Condition::any()
                .add(due)
                .add(campaign::Column::State.is_in(["sending", "cancelled"])),
        )
        .order_by_asc(campaign::Column::Id)
        .into_tuple()
        .all(c)
        .await
}

/// Campaigns that are to be sent, or half sent.
pub async fn count_unfinished(tx: &Tx, alliance: AllianceId) -> Result<u64, DbErr> {
    campaign::Entity::find()
        .filter(campaign::Column::AllianceId.eq(alliance))
        .filter(campaign::Column::State.is_in(["scheduled", "sending", "paused"]))
        .count(tx)
        .await
}
