//! What the letters of a campaign have in common: texts with gaps, never changed once a letter is queued.

use entity::stencil;
use sea_orm::ActiveModelTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;

use crate::kernel::ids::CampaignId;
use crate::kernel::locale::Locale;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

/// One text with gaps, in one language.
#[derive(Debug, Clone)]
pub struct Stencil {
    /// Templates; what they print of a recipient and of the campaign is escaped in `html`.
    pub subject: String,
    pub html: String,
    pub text: String,
    /// Values that all recipients share, as a JSON object.
    pub shared: serde_json::Value,
}

/// Keeps the stencil of a campaign in a language; the first one counts, so that all copies of a letter
/// are equal.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    tx: &Tx,
    campaign: CampaignId,
    locale: Locale,
    stencil: Stencil,
) -> Result<(), DbErr> {
    let row = stencil::Model {
        campaign_id: campaign,
        locale: locale.as_str().to_owned(),
        subject: stencil.subject,
        html: stencil.html,
        text: stencil.text,
        shared: stencil.shared,
        created_at: tx.now(),
    };
    stencil::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(on_any_conflict())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The stencil of a campaign in a language.
///
/// # Errors
/// When the database refuses.
pub async fn find(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
    locale: &str,
) -> Result<Option<Stencil>, DbErr> {
    let row = stencil::Entity::find_by_id((campaign, locale.to_owned()))
        .one(c)
        .await?;
    Ok(row.map(|row| Stencil {
        subject: row.subject,
        html: row.html,
        text: row.text,
        shared: row.shared,
    }))
}
