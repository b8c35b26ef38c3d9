//! SQL of mail.

pub mod astray;
pub mod attachments;
pub mod bounces;
pub mod claim;
pub mod consents;
pub mod counts;
pub mod faults;
pub mod gates;
pub mod lanes;
pub mod ledger;
pub mod mailing;
pub mod refusals;
pub mod stencils;
pub mod suppressions;
pub mod tally;
pub mod workers;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::delivery;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::TryInsertResult;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::mail::domain::letter::Letter;
use crate::mail::domain::receiver;
use crate::mail::repo::mailing::Parcel;
use crate::mail::repo::mailing::Plan;
use crate::mail::repo::tally::Tally;
use crate::mail::service::DEFAULT_LIFE;
use crate::platform::db::Tx;
use crate::platform::random;

/// One letter in the ledger.
pub type Delivery = delivery::Model;

/// A campaign as the engine knows it.
pub type Mailing = entity::mailing::Model;

/// Rows of one insert: well below the number of values that a statement may bind.
pub const INSERT_ROWS: usize = 500;

/// Queues letters, except where one with the same `dedupe_key` exists. Answers how many were queued.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &Tx, letters: &[(DeliveryId, &Letter)]) -> Result<u64, DbErr> {
    attachments::keep(tx, letters.iter().map(|(_, letter)| *letter)).await?;
    let rows = letters
        .iter()
        .map(|(id, letter)| (letter.campaign, row(tx, *id, letter)));
    insert_rows(tx, "queued", rows.collect()).await
}

/// As [`insert`]; a parcel with a fault becomes a row that failed.
///
/// # Errors
/// When the database refuses.
pub async fn insert_parcels(tx: &Tx, parcels: &[Parcel]) -> Result<u64, DbErr> {
    attachments::keep(tx, parcels.iter().map(|parcel| &parcel.letter)).await?;
    let mut queued = Vec::with_capacity(parcels.len());
    let mut failed = Vec::new();
    for parcel in parcels {
        let mut row = row(tx, parcel.id, &parcel.letter);
        match &parcel.fault {
            None => queued.push((parcel.letter.campaign, row)),
            Some(fault) => {
                row.state = Set("failed".to_owned());
                row.done_at = Set(Some(tx.now()));
                row.reason = Set(Some(fault.clone()));
                failed.push((parcel.letter.campaign, row));
            }
        }
    }
    let mut inserted = insert_rows(tx, "queued", queued).await?;
    inserted += insert_rows(tx, "failed", failed).await?;
    Ok(inserted)
}

/// Rows in one state, each with its campaign; those of one campaign stand together.
async fn insert_rows(
    tx: &Tx,
    state: &str,
    rows: Vec<(Option<CampaignId>, delivery::ActiveModel)>,
) -> Result<u64, DbErr> {
    let mut total = 0;
    let mut tally = Tally::default();
    for of_one in rows.chunk_by(|a, b| a.0 == b.0) {
        let campaign = of_one[0].0;
        if let Some(campaign) = campaign {
            let alliance = of_one[0].1.alliance_id.clone().take().flatten();
            mailing::open(tx, &Plan::new(campaign, alliance)).await?;
        }
        // No target: either of the two unique indexes of `dedupe_key` may be hit.
        let outcome = delivery::Entity::insert_many(of_one.iter().map(|(_, row)| row.clone()))
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .try_insert()
            .exec_without_returning(tx)
            .await?;
        let count = match outcome {
            TryInsertResult::Inserted(count) => count,
            TryInsertResult::Empty | TryInsertResult::Conflicted => 0,
        };
        tally.add(campaign, state, i64::try_from(count).unwrap_or(0));
        total += count;
    }
    tally.write(tx, tally::OTHERS).await?;
    tx.wake_worker();
    Ok(total)
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
        dedupe_key: Set(stored_key(letter)),
        attachments: Set(attachments::listed(letter)),
        state: Set("queued".to_owned()),
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
        domain_group: Set(receiver::group_of(&letter.to.email).to_owned()),
        on_unsure: Set(letter.category.on_unsure().to_owned()),
        enhanced: Set(None),
        relay: Set(None),
        zone: Set(letter.zone.clone()),
        vars: Set(letter.vars.clone()),
    }
}

/// The key in its row. A campaign has many rows, so theirs are short: 96 bits of a digest.
fn stored_key(letter: &Letter) -> Option<String> {
    let key = letter.dedupe_key.as_ref()?;
    if letter.campaign.is_none() {
        return Some(key.clone());
    }
    let digest = random::digest(key.as_bytes());
    Some(URL_SAFE_NO_PAD.encode(&digest[..12]))
}

/// The letter that was queued first under the same `dedupe_key`.
///
/// # Errors
/// When the database refuses.
pub async fn find_twin(tx: &Tx, letter: &Letter) -> Result<Option<DeliveryId>, DbErr> {
    let Some(key) = stored_key(letter) else {
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
        .filter(delivery::Column::DedupeKey.eq(key))
        .into_tuple()
        .one(tx)
        .await
}
