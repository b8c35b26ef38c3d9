//! Routes of funds: thin handlers, one file per resource.

mod assessments;
mod calculators;
mod closing;
mod credits;
mod dues;
mod examples;
mod expenses;
mod fields;
mod fund_statement;
mod funds;
mod in_kind;
mod ledger;
mod notices;
mod payments;
mod periods;
mod pledges;
mod policies;
mod previews;
mod reservations;
mod reversals;
mod shares;
mod sponsors;
mod statement_csv;
mod statements;
mod tables;
mod transfers;
mod true_ups;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.configure(calculators::configure)
        .configure(policies::configure)
        .configure(previews::configure)
        .configure(examples::configure)
        .configure(funds::configure)
        .configure(assessments::configure)
        .configure(shares::configure)
        .configure(true_ups::configure)
        .configure(notices::configure)
        .configure(payments::configure)
        .configure(reservations::configure)
        .configure(sponsors::configure)
        .configure(in_kind::configure)
        .configure(transfers::configure)
        .configure(closing::configure)
        .configure(expenses::configure)
        .configure(ledger::configure)
        .configure(periods::configure)
        .configure(reversals::configure)
        .configure(dues::configure)
        .configure(credits::configure)
        .configure(pledges::configure)
        .configure(statements::configure)
        .configure(fund_statement::configure);
}
