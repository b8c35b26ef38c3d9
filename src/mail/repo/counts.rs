//! Counters of campaigns, as far as bounces change them.

use entity::campaign_count;
use entity::campaign_count::Column;
use sea_orm::ActiveValue::Set;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::CampaignId;
use crate::platform::db::Tx;

/// The share of the counters that bounces change: no worker's.
const SHARD: i32 = -1;

/// A delivery of a campaign is `bounced` that was `before`.
///
/// # Errors
/// When the database refuses.
pub async fn bounced(tx: &Tx, campaign: CampaignId, before: &str) -> Result<(), DbErr> {
    for (state, n) in [(before, -1), ("bounced", 1)] {
        let row = campaign_count::ActiveModel {
            campaign_id: Set(campaign),
            shard: Set(SHARD),
            state: Set(state.to_owned()),
            n: Set(n),
        };
        let more = OnConflict::columns([Column::CampaignId, Column::Shard, Column::State])
            .value(
                Column::N,
                Expr::col((campaign_count::Entity, Column::N)).add(n),
            )
            .to_owned();
        campaign_count::Entity::insert(row)
            .on_conflict(more)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
