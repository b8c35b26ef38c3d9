//! SQL of the journal, for readers.

use entity::audit_event;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use uuid::Uuid;

use crate::kernel::ids::AllianceId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;

pub type AuditEvent = audit_event::Model;

/// Which entries are wanted; what is absent limits nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub action: Option<String>,
    pub object: Option<Uuid>,
    /// The first instant that counts.
    pub since: Option<Instant>,
}

/// The journal of an alliance in the order of its entries.
pub async fn list(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    filter: &Filter,
    page: Page,
) -> Result<Slice<AuditEvent>, DbErr> {
    let mut query =
        audit_event::Entity::find().filter(audit_event::Column::AllianceId.eq(alliance));
    if let Some(action) = &filter.action {
        query = query.filter(audit_event::Column::Action.eq(action));
    }
    if let Some(object) = filter.object {
        query = query.filter(audit_event::Column::ObjectId.eq(object));
    }
    if let Some(since) = filter.since {
        query = query.filter(audit_event::Column::At.gte(since));
    }
    if let Some(after) = page.after {
        query = query.filter(audit_event::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(audit_event::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}
