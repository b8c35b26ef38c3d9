//! The journal: every act leaves its record in the act's own transaction.

use entity::audit_event;
use sea_orm::ActiveValue::Set;
use sea_orm::DbErr;
use sea_orm::EntityTrait;

use crate::kernel::caller::Caller;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AuditEventId;
use crate::platform::db::Tx;
use crate::platform::ids::Ids;

/// One act: who did what to which object. Holds ids and facts, never secrets or addresses.
#[derive(Debug)]
pub struct Entry<'a> {
    pub alliance: Option<AllianceId>,
    pub actor: &'a Caller,
    /// `noun.past_participle`, such as `payment.recorded`.
    pub action: &'a str,
    pub object: uuid::Uuid,
    pub data: serde_json::Value,
    pub request_id: &'a str,
}

/// Appends an entry. The table refuses updates and deletes by trigger.
///
/// # Errors
/// When the database refuses.
pub async fn record(tx: &Tx, ids: Ids, entry: Entry<'_>) -> Result<(), DbErr> {
    audit_event::Entity::insert(audit_event::ActiveModel {
        id: Set(ids.fresh::<AuditEventId>()),
        alliance_id: Set(entry.alliance),
        at: Set(tx.now()),
        actor: Set(entry.actor.principal()),
        action: Set(entry.action.to_owned()),
        object_id: Set(entry.object),
        data: Set(entry.data),
        request_id: Set(entry.request_id.to_owned()),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}
