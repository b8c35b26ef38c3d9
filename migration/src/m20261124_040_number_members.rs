//! A stable number per member of an alliance, given by the database when the member first appears: books name
//! members by it, because names change and not every program takes them. And indexes for books and statements.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMN: &str = "
ALTER TABLE membership ADD COLUMN number $big;
UPDATE membership SET number = (SELECT COUNT(*) FROM membership other
  WHERE other.alliance_id = membership.alliance_id AND other.id <= membership.id);
CREATE UNIQUE INDEX membership_number ON membership (alliance_id, number);
CREATE INDEX account_by_party ON account (alliance_id, party);
CREATE INDEX ledger_transaction_by_day ON ledger_transaction (alliance_id, effective_date, id);
CREATE INDEX ledger_transaction_by_fund_and_day ON ledger_transaction (alliance_id, fund_id, effective_date, id);
";

const ON_SQLITE: &str = "CREATE TRIGGER membership_numbered AFTER INSERT ON membership BEGIN \
    UPDATE membership SET number = (SELECT COALESCE(MAX(number), 0) + 1 FROM membership \
    WHERE alliance_id = NEW.alliance_id) WHERE id = NEW.id; END";

/// The alliance's row is locked, so that two who join at once wait for each other; the lock is one that the
/// foreign keys of others do not wait for.
const ON_POSTGRES: &str = "CREATE FUNCTION membership_number() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    PERFORM 1 FROM alliance WHERE id = NEW.alliance_id FOR NO KEY UPDATE; \
    SELECT COALESCE(MAX(number), 0) + 1 INTO NEW.number FROM membership WHERE alliance_id = NEW.alliance_id; \
    RETURN NEW; END $$; \
    CREATE TRIGGER membership_numbered BEFORE INSERT ON membership \
    FOR EACH ROW EXECUTE FUNCTION membership_number()";

const DOWN: &str = "
DROP INDEX ledger_transaction_by_fund_and_day;
DROP INDEX ledger_transaction_by_day;
DROP INDEX account_by_party;
DROP INDEX membership_number;
ALTER TABLE membership DROP COLUMN number;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, COLUMN).await?;
        let on_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let trigger = if on_sqlite { ON_SQLITE } else { ON_POSTGRES };
        manager.get_connection().execute_unprepared(trigger).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let on_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        let trigger = if on_sqlite {
            "DROP TRIGGER membership_numbered"
        } else {
            "DROP TRIGGER membership_numbered ON membership; DROP FUNCTION membership_number()"
        };
        manager.get_connection().execute_unprepared(trigger).await?;
        dialect::run(manager, DOWN).await
    }
}
