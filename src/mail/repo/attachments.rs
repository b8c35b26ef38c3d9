//! SQL of the files that letters carry.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use entity::mail_attachment;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use serde::Deserialize;
use serde::Serialize;

use crate::mail::domain::letter::Attachment;
use crate::mail::domain::letter::Letter;
use crate::mail::repo::Delivery;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::platform::random;

/// What the row of a letter says of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Carried {
    file_name: String,
    media_type: String,
    /// Base64 of the SHA-256 of its bytes.
    digest: String,
}

/// Keeps the files of letters; the same bytes are kept once.
pub async fn keep<'a>(tx: &Tx, letters: impl Iterator<Item = &'a Letter>) -> Result<(), DbErr> {
    let mut files: HashMap<Vec<u8>, &[u8]> = HashMap::new();
    for file in letters.flat_map(|letter| &letter.attachments) {
        files.insert(random::digest(&file.body), &file.body);
    }
    if files.is_empty() {
        return Ok(());
    }
    let rows = files
        .into_iter()
        .map(|(digest, body)| mail_attachment::ActiveModel {
            digest: Set(digest),
            body: Set(body.to_vec()),
            created_at: Set(tx.now()),
        });
    mail_attachment::Entity::insert_many(rows)
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// What the row of a letter says of its files.
pub fn listed(letter: &Letter) -> Option<serde_json::Value> {
    if letter.attachments.is_empty() {
        return None;
    }
    let carried = letter.attachments.iter().map(|file| Carried {
        file_name: file.file_name.clone(),
        media_type: file.media_type.clone(),
        digest: STANDARD.encode(random::digest(&file.body)),
    });
    serde_json::to_value(carried.collect::<Vec<_>>()).ok()
}

/// The files of a letter, in their order.
pub async fn of(c: &impl ConnectionTrait, row: &Delivery) -> Result<Vec<Attachment>, DbErr> {
    let Some(listed) = &row.attachments else {
        return Ok(Vec::new());
    };
    let unreadable = |error: String| DbErr::Custom(format!("attachments of {}: {error}", row.id));
    let carried: Vec<Carried> =
        serde_json::from_value(listed.clone()).map_err(|error| unreadable(error.to_string()))?;
    let mut files = Vec::with_capacity(carried.len());
    for file in carried {
        let digest = STANDARD
            .decode(&file.digest)
            .map_err(|error| unreadable(error.to_string()))?;
        let kept = mail_attachment::Entity::find()
            .filter(mail_attachment::Column::Digest.eq(digest))
            .one(c)
            .await?
            .ok_or_else(|| unreadable("a file is missing".to_owned()))?;
        files.push(Attachment {
            file_name: file.file_name,
            media_type: file.media_type,
            body: kept.body,
        });
    }
    Ok(files)
}
