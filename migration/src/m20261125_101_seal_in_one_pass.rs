//! SQLite adds the postings of a transaction up once when it is sealed, not once for each thing that is checked.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TRIGGER: &str = "ledger_transaction_seal";
const BALANCE: &str = "RAISE(ABORT, 'ledger_transaction: the postings do not balance')";
const UNBALANCED: &str = "s.number < 2 OR s.number <> NEW.postings OR s.total <> 0";
const MOVE: &str = "RAISE(ABORT, 'ledger_transaction: the accounts were not moved by it')";
const UNMOVED: &str = "s.strange > 0 OR s.unmoved > 0";

/// Two statements, each of which evaluates the sums.
fn twice(sums: &str) -> String {
    format!(
        "SELECT {BALANCE} FROM ({sums}) s\n    WHERE {UNBALANCED};\n  SELECT {MOVE} FROM ({sums}) s\n    WHERE {UNMOVED};"
    )
}

/// One statement that tells both faults apart.
fn once(sums: &str) -> String {
    format!(
        "SELECT CASE WHEN {UNBALANCED} THEN {BALANCE}\n    WHEN {UNMOVED} THEN {MOVE} END FROM ({sums}) s;"
    )
}

/// Makes the trigger anew from its own text, in which the sums stand in the first brackets after `FROM`.
async fn reseal(
    manager: &SchemaManager<'_>,
    old: fn(&str) -> String,
    new: fn(&str) -> String,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let which = format!("name = '{TRIGGER}'");
    let text = dialect::schema_texts(manager, "ledger_transaction", &which)
        .await?
        .concat();
    let strange = || DbErr::Migration(format!("{TRIGGER} is not the one that is known"));
    let sums = text
        .split_once(" FROM (")
        .and_then(|(_, rest)| rest.split_once(") s"))
        .map(|(sums, _)| sums)
        .ok_or_else(strange)?;
    let before = old(sums);
    if !text.contains(&before) {
        return Err(strange());
    }
    let drop = format!("DROP TRIGGER {TRIGGER}");
    for sql in [drop, text.replace(&before, &new(sums))] {
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        reseal(manager, twice, once).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        reseal(manager, once, twice).await
    }
}
