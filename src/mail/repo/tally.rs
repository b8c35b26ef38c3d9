//! Counters of campaigns: deliveries per state, changed in the commits that change the deliveries.
//!
//! Each process that sends has a share of its own, so that no two write one row; a share may be negative,
//! their sum is the number of deliveries.

use std::collections::BTreeMap;

use entity::campaign_count;
use entity::campaign_count::Column;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::ExprTrait;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Alias;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::CampaignId;
use crate::platform::db::Tx;

/// The share of everything that is no sender.
pub const OTHERS: i32 = -1;

/// Changes of counters that await their commit.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<(uuid::Uuid, String), i64>);

impl Tally {
    /// `n` deliveries of a campaign are new in a state. Letters outside of campaigns are not counted.
    pub fn add(&mut self, campaign: Option<CampaignId>, state: &str, n: i64) {
        if let Some(campaign) = campaign {
            *self.0.entry((campaign.0, state.to_owned())).or_default() += n;
        }
    }

    /// `n` deliveries of a campaign went from a state to another.
    pub fn shift(&mut self, campaign: Option<CampaignId>, from: &str, to: &str, n: i64) {
        self.add(campaign, from, -n);
        self.add(campaign, to, n);
    }

    /// Writes the changes into a share.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(self, tx: &Tx, shard: i32) -> Result<(), DbErr> {
        let rows: Vec<_> = self
            .0
            .into_iter()
            .filter(|(_, n)| *n != 0)
            .map(|((campaign, state), n)| campaign_count::ActiveModel {
                campaign_id: Set(CampaignId(campaign)),
                shard: Set(shard),
                state: Set(state),
                n: Set(n),
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let sum = Expr::col((campaign_count::Entity, Column::N))
            .add(Expr::col((Alias::new("excluded"), Column::N)));
        let more = OnConflict::columns([Column::CampaignId, Column::Shard, Column::State])
            .value(Column::N, sum)
            .to_owned();
        campaign_count::Entity::insert_many(rows)
            .on_conflict(more)
            .exec_without_returning(tx)
            .await?;
        Ok(())
    }
}

/// Number of deliveries of a campaign per state; states without any are left out.
///
/// # Errors
/// When the database refuses.
pub async fn read(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
) -> Result<Vec<(String, i64)>, DbErr> {
    let rows: Vec<(String, i64)> = campaign_count::Entity::find()
        .select_only()
        .column(Column::State)
        .column(Column::N)
        .filter(Column::CampaignId.eq(campaign))
        .into_tuple()
        .all(c)
        .await?;
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (state, n) in rows {
        *sums.entry(state).or_default() += n;
    }
    Ok(sums.into_iter().filter(|(_, n)| *n != 0).collect())
}
