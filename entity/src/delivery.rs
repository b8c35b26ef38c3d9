//! `delivery`: one message to one recipient, rendered, with what became of it.

use sea_orm::entity::prelude::*;

use crate::ids::AllianceId;
use crate::ids::CampaignId;
use crate::ids::DeliveryId;
use crate::instant::Instant;

/// One message to one recipient.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub alliance_id: Option<AllianceId>,
    pub campaign_id: Option<CampaignId>,
    pub category: String,
    pub to_email: String,
    pub to_name: String,
    pub locale: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    pub unsubscribe_url: Option<String>,
    pub dedupe_key: Option<String>,
    /// Files that it carries: name, media type and digest of each.
    pub attachments: Option<Json>,
    pub state: String,
    pub due_at: Instant,
    pub attempts: i32,
    pub lease_until: Option<Instant>,
    pub lease_token: Option<Uuid>,
    pub first_try_at: Option<Instant>,
    pub done_at: Option<Instant>,
    pub code: Option<i32>,
    pub reason: Option<String>,
    pub expires_at: Instant,
    pub created_at: Instant,
    /// Whose limits it is subject to: a large provider, or `rest`.
    pub domain_group: String,
    /// What follows where it may have arrived: `resend`, or `hold` for a person.
    pub on_unsure: String,
    /// The server's last enhanced status code (RFC 3463).
    pub enhanced: Option<String>,
    /// The mail server that was tried last.
    pub relay: Option<String>,
    /// The recipient's time zone, for quiet hours.
    pub zone: Option<String>,
    /// The recipient's values of the campaign's stencil; absent where the row holds its own text.
    pub vars: Option<Json>,
}

/// No relations are read through the ORM.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
