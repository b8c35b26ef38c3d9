//! The last wall around votes: the database itself takes none outside the window of their ballot, and loses none.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// A ballot that takes a vote of its present round at that instant.
const OPEN: &str = "SELECT 1 FROM ballot b WHERE b.id = NEW.ballot_id AND b.state = 'open' \
    AND b.round = NEW.round AND NEW.cast_at < b.closes_at";
/// Slips bear no time.
const OPEN_FOR_SLIPS: &str = "SELECT 1 FROM ballot b WHERE b.id = NEW.ballot_id AND b.state = 'open' \
    AND b.round = NEW.round";

const TABLES: [(&str, &str); 2] = [("vote", OPEN), ("secret_vote", OPEN_FOR_SLIPS)];

fn on_sqlite(table: &str, open: &str) -> Vec<String> {
    let guard = |event: &str| {
        format!(
            "CREATE TRIGGER {table}_{event}_while_open BEFORE {event} ON {table} WHEN NOT EXISTS ({open}) \
             BEGIN SELECT RAISE(ABORT, '{table}: the ballot is not open'); END"
        )
    };
    let keep = format!(
        "CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} \
         BEGIN SELECT RAISE(ABORT, '{table}: votes are kept'); END"
    );
    vec![guard("insert"), guard("update"), keep]
}

fn on_postgres(table: &str, open: &str) -> Vec<String> {
    vec![
        format!(
            "CREATE FUNCTION {table}_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN RAISE EXCEPTION '{table}: votes are kept'; END IF;
  IF NOT EXISTS ({open}) THEN RAISE EXCEPTION '{table}: the ballot is not open'; END IF;
  RETURN NEW; END $$"
        ),
        format!(
            "CREATE TRIGGER {table}_while_open BEFORE INSERT OR UPDATE OR DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION {table}_is_in_time()"
        ),
    ]
}

async fn run(
    manager: &SchemaManager<'_>,
    on_sqlite: &[String],
    on_postgres: &[String],
) -> Result<(), DbErr> {
    let on_sqlite: Vec<&str> = on_sqlite.iter().map(String::as_str).collect();
    let on_postgres: Vec<&str> = on_postgres.iter().map(String::as_str).collect();
    dialect::either(manager, &on_sqlite, &on_postgres).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, open) in TABLES {
            run(manager, &on_sqlite(table, open), &on_postgres(table, open)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in TABLES {
            let triggers = ["insert_while_open", "update_while_open", "kept"];
            let on_sqlite = triggers.map(|name| format!("DROP TRIGGER {table}_{name}"));
            let on_postgres = [
                format!("DROP TRIGGER {table}_while_open ON {table}"),
                format!("DROP FUNCTION {table}_is_in_time"),
            ];
            run(manager, &on_sqlite, &on_postgres).await?;
        }
        Ok(())
    }
}
