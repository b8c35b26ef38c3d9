//! The schema, one change per file, for both databases. Never imports `entity`.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod dialect;
mod m20261122_000_platform;
mod m20261122_010_mail;
mod m20261122_020_accounts;
mod m20261122_030_merchants;
mod m20261122_040_alliances;
mod m20261122_050_mandates;
mod m20261122_060_funds;
mod m20261122_070_promotions;
mod m20261122_080_tenders;
mod m20261122_090_ballots;
mod m20261122_100_campaigns;
mod m20261124_010_widen_levies;
mod m20261124_020_guard_ledger;
mod m20261124_021_extend_dues;
mod m20261124_030_create_reservations;
mod m20261124_031_create_sponsor_deals;
mod m20261124_032_create_transfers;
mod m20261124_033_settle_funds;
mod m20261124_040_number_members;
mod m20261124_060_widen_ballots;
mod m20261124_061_extend_ballots;
mod m20261124_070_extend_mandates;
mod m20261124_071_create_dissolutions;
mod m20261124_080_deepen_promotions;
mod m20261124_090_add_calendar;
mod m20261124_091_extend_schedules;
mod m20261124_092_attach_files_to_mail;
mod m20261125_100_settle_once;
mod m20261125_101_seal_in_one_pass;
mod m20261125_102_name_payments;
mod m20261125_103_create_reversals;
mod m20261125_200_announce_admissions;
mod m20261125_201_guard_votes;
mod m20261125_300_guard_schedules;
mod m20261125_400_deepen_mail;
mod m20261125_401_open_mailings;
mod m20261125_450_take_bounces;
mod m20261125_451_log_consent;
mod m20261125_600_take_quotes_in_files;

/// Applies and reverts the changes in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000_platform::Migration),
            Box::new(m20261122_010_mail::Migration),
            Box::new(m20261122_020_accounts::Migration),
            Box::new(m20261122_030_merchants::Migration),
            Box::new(m20261122_040_alliances::Migration),
            Box::new(m20261122_050_mandates::Migration),
            Box::new(m20261122_060_funds::Migration),
            Box::new(m20261122_070_promotions::Migration),
            Box::new(m20261122_080_tenders::Migration),
            Box::new(m20261122_090_ballots::Migration),
            Box::new(m20261122_100_campaigns::Migration),
            Box::new(m20261124_010_widen_levies::Migration),
            Box::new(m20261124_020_guard_ledger::Migration),
            Box::new(m20261124_021_extend_dues::Migration),
            Box::new(m20261124_030_create_reservations::Migration),
            Box::new(m20261124_031_create_sponsor_deals::Migration),
            Box::new(m20261124_032_create_transfers::Migration),
            Box::new(m20261124_033_settle_funds::Migration),
            Box::new(m20261124_040_number_members::Migration),
            Box::new(m20261124_060_widen_ballots::Migration),
            Box::new(m20261124_061_extend_ballots::Migration),
            Box::new(m20261124_070_extend_mandates::Migration),
            Box::new(m20261124_071_create_dissolutions::Migration),
            Box::new(m20261124_080_deepen_promotions::Migration),
            Box::new(m20261124_090_add_calendar::Migration),
            Box::new(m20261124_091_extend_schedules::Migration),
            Box::new(m20261124_092_attach_files_to_mail::Migration),
            Box::new(m20261125_100_settle_once::Migration),
            Box::new(m20261125_101_seal_in_one_pass::Migration),
            Box::new(m20261125_102_name_payments::Migration),
            Box::new(m20261125_103_create_reversals::Migration),
            Box::new(m20261125_200_announce_admissions::Migration),
            Box::new(m20261125_201_guard_votes::Migration),
            Box::new(m20261125_400_deepen_mail::Migration),
            Box::new(m20261125_300_guard_schedules::Migration),
            Box::new(m20261125_450_take_bounces::Migration),
            Box::new(m20261125_451_log_consent::Migration),
            Box::new(m20261125_401_open_mailings::Migration),
            Box::new(m20261125_600_take_quotes_in_files::Migration),
        ]
    }
}
