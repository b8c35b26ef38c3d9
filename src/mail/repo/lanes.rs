//! Lanes: the letters of one campaign to one group of domains. A lane that must wait holds up no other.

use chrono::TimeDelta;
use entity::delivery;
use entity::delivery::Column;
use entity::mailing;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Select;

use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::time::Instant;
use crate::mail::repo::Mailing;

/// States in which a letter waits for its turn.
pub const WAITING: [&str; 2] = ["queued", "deferred"];

/// One lane.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// `None`: the letters outside of campaigns, which go first.
    pub mailing: Option<Mailing>,
    pub group: String,
}

impl Lane {
    /// Whose letters these are.
    pub fn campaign(&self) -> Option<CampaignId> {
        self.mailing.as_ref().map(|mailing| mailing.campaign_id)
    }
}

/// The waiting letters of a campaign, or those outside of any.
pub fn waiting(campaign: Option<CampaignId>) -> Select<delivery::Entity> {
    let of = match campaign {
        Some(campaign) => Column::CampaignId.eq(campaign),
        None => Column::CampaignId.is_null(),
    };
    delivery::Entity::find()
        .filter(of)
        .filter(Column::State.is_in(WAITING))
}

/// The lanes in which something is due, those of single letters first. Each group costs one look into the
/// index, however many letters it has.
///
/// # Errors
/// When the database refuses.
pub async fn due(c: &impl ConnectionTrait, now: Instant) -> Result<Vec<Lane>, DbErr> {
    let open = mailing::Entity::find()
        .filter(mailing::Column::State.eq("open"))
        .order_by_asc(mailing::Column::CampaignId)
        .all(c)
        .await?;
    let mut lanes = Vec::new();
    for mailing in std::iter::once(None).chain(open.into_iter().map(Some)) {
        let campaign = mailing.as_ref().map(|m| m.campaign_id);
        let mut after: Option<String> = None;
        loop {
            let mut next = waiting(campaign)
                .select_only()
                .column(Column::DomainGroup)
                .column(Column::DueAt);
            if let Some(after) = &after {
                next = next.filter(Column::DomainGroup.gt(after.as_str()));
            }
            let found: Option<(String, Instant)> = next
                .order_by_asc(Column::DomainGroup)
                .order_by_asc(Column::DueAt)
                .limit(1)
                .into_tuple()
                .one(c)
                .await?;
            let Some((group, due_at)) = found else {
                break;
            };
            if due_at <= now {
                lanes.push(Lane {
                    mailing: mailing.clone(),
                    group: group.clone(),
                });
            }
            after = Some(group);
        }
    }
    Ok(lanes)
}

/// Whether letters lie with senders that ended, or wait for their second chance.
///
/// # Errors
/// When the database refuses.
pub async fn any_astray(c: &impl ConnectionTrait, now: Instant) -> Result<bool, DbErr> {
    let abandoned = Column::State
        .is_in(["claimed", "sending"])
        .and(Column::LeaseUntil.lt(now));
    let unsure = Column::State
        .eq("unsure")
        .and(Column::OnUnsure.eq("resend"))
        .and(Column::DueAt.lte(now));
    for which in [abandoned, unsure] {
        let found = delivery::Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(which)
            .limit(1)
            .into_tuple::<DeliveryId>()
            .one(c)
            .await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The end of the day of UTC that holds `now`.
pub fn next_day(now: Instant) -> Instant {
    const DAY_MS: i64 = 86_400_000;
    let into = now.millis().rem_euclid(DAY_MS);
    now.plus(TimeDelta::milliseconds(DAY_MS - into))
}
