//! The whole list of matters, and the states after a declaration.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const WIDE: [(&str, &str); 4] = [
    (
        "ballot_matter",
        "matter IN ('season_budget', 'levy_policy', 'promotion', 'tender_award', 'write_off', 'transfer', \
         'sponsor_deal', 'expulsion', 'dissolution', 'advisory')",
    ),
    (
        "ballot_state",
        "state IN ('draft', 'notice', 'open', 'declared', 'challenged', 'annulled', 'effective', 'withdrawn')",
    ),
    (
        "ballot_result",
        "result IN ('carried', 'lost', 'inquorate', 'casting_vote')",
    ),
    (
        "ballot_declared",
        "(state IN ('declared', 'challenged', 'annulled', 'effective')) = (result IS NOT NULL)",
    ),
];

const NARROW: [(&str, &str); 4] = [
    (
        "ballot_matter",
        "matter IN ('season_budget', 'promotion', 'advisory')",
    ),
    (
        "ballot_state",
        "state IN ('draft', 'notice', 'open', 'declared', 'effective', 'withdrawn')",
    ),
    (
        "ballot_result",
        "result IN ('carried', 'lost', 'inquorate')",
    ),
    (
        "ballot_declared",
        "(state IN ('declared', 'effective')) = (result IS NOT NULL)",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::replace_checks(manager, "ballot", &WIDE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::replace_checks(manager, "ballot", &NARROW).await
    }
}
