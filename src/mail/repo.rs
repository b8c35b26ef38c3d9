//! SQL of mail.

pub mod attachments;
pub mod bounces;
pub mod claim;
pub mod consents;
pub mod counts;
pub mod ledger;
pub mod mailing;
pub mod refusals;
pub mod suppressions;

use entity::delivery;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::TryInsertResult;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::DeliveryId;
use crate::mail::domain::letter::Letter;
use crate::mail::repo::mailing::Parcel;
use crate::mail::service::DEFAULT_LIFE;
use crate::platform::db::Tx;

/// One letter in the ledger.
pub type Delivery = delivery::Model;

/// Rows of one insert: well below the number of values that a statement may bind.
pub const INSERT_ROWS: usize = 500;

/// Queues letters, except where one with the same `dedupe_key` exists. Answers how many were queued.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, letters: &[(DeliveryId, &Letter)]) -> Result<u64, DbErr> {
    attachments::keep(tx, letters.iter().map(|(_, letter)| *letter)).await?;
    let rows = letters.iter().map(|(id, letter)| row(tx, *id, letter));
    insert_rows(tx, rows.collect()).await
}

/// As [`insert`]; a parcel with a fault becomes a row that failed.
///
/// # Errors
/// When the database refuses.
pub async fn insert_parcels(tx: &Tx, parcels: &[Parcel]) -> Result<u64, DbErr> {
    attachments::keep(tx, parcels.iter().map(|parcel| &parcel.letter)).await?;
    let rows = parcels.iter().map(|parcel| {
        let mut row = row(tx, parcel.id, &parcel.letter);
        if let Some(fault) = &parcel.fault {
            row.state = Set("failed".to_owned());
            row.done_at = Set(Some(tx.now()));
            row.reason = Set(Some(fault.clone()));
        }
        row
    });
    insert_rows(tx, rows.collect()).await
}

async fn insert_rows(tx: &Tx, rows: Vec<delivery::ActiveModel>) -> Result<u64, DbErr> {
    if rows.is_empty() {
        return Ok(0);
    }
    // No target: either of the two unique indexes of `dedupe_key` may be hit.
    let outcome = delivery::Entity::insert_many(rows)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    tx.wake_worker();
    match outcome {
        TryInsertResult::Inserted(count) => Ok(count),
        TryInsertResult::Empty | TryInsertResult::Conflicted => Ok(0),
    }
}

fn row(tx: &Tx, id: DeliveryId, letter: &Letter) -> delivery::ActiveModel {
    delivery::ActiveModel {
        id: Set(id),
        alliance_id: Set(letter.alliance),
        campaign_id: Set(letter.campaign),
        category: Set(letter.category.as_str().to_owned()),
        to_email: Set(letter.to.email.clone()),
        to_name: Set(letter.to.name.clone()),
        locale: Set(letter.to.locale.as_str().to_owned()),
        subject: Set(letter.content.subject.clone()),
        html: Set(letter.content.html.clone()),
        text: Set(letter.content.text.clone()),
        unsubscribe_url: Set(letter.unsubscribe.clone()),
        dedupe_key: Set(letter.dedupe_key.clone()),
        attachments: Set(attachments::listed(letter)),
        state: Set("queued".to_owned()),
        on_hold: Set(false),
        due_at: Set(tx.now()),
        attempts: Set(0),
        lease_until: Set(None),
        lease_token: Set(None),
        first_try_at: Set(None),
        done_at: Set(None),
        code: Set(None),
        reason: Set(None),
        expires_at: Set(letter
            .expires_at
            .unwrap_or_else(|| tx.now().plus(DEFAULT_LIFE))),
        created_at: Set(tx.now()),
        domain_group: Set("rest".to_owned()),
        on_unsure: Set("resend".to_owned()),
        enhanced: Set(None),
        relay: Set(None),
        zone: Set(None),
        vars: Set(None),
    }
}

/// The letter that was queued first under the same `dedupe_key`.
///
/// # Errors
/// When the database refuses.
pub async fn find_twin(tx: &Tx, letter: &Letter) -> Result<Option<DeliveryId>, DbErr> {
    let Some(key) = &letter.dedupe_key else {
        return Ok(None);
    };
    let scope = match letter.campaign {
        Some(campaign) => delivery::Column::CampaignId.eq(campaign),
        None => delivery::Column::CampaignId.is_null(),
    };
    delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .filter(scope)
        .filter(delivery::Column::DedupeKey.eq(key.as_str()))
        .into_tuple()
        .one(tx)
        .await
}
