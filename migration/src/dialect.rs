//! One text per change for both databases: column types are written as words in `$`, and each table names
//! its constraints. Tables are `STRICT` on SQLite, so that a wrong type is refused there as well.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// Words for the column types, per database.
const TYPES: [(&str, &str, &str); 7] = [
    // word, SQLite, PostgreSQL
    ("$uuid", "BLOB", "UUID"),
    ("$instant", "INTEGER", "TIMESTAMPTZ"),
    ("$json", "TEXT", "JSONB"),
    ("$bytes", "BLOB", "BYTEA"),
    ("$bool", "INTEGER", "BOOLEAN"),
    ("$date", "TEXT", "DATE"),
    ("$big", "INTEGER", "BIGINT"),
];

/// Runs statements separated by `;` at the end of a line.
pub async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    let mut text = sql.to_owned();
    for (word, on_sqlite, on_postgres) in TYPES {
        text = text.replace(word, if sqlite { on_sqlite } else { on_postgres });
    }
    text = text.replace("$true", if sqlite { "1" } else { "TRUE" });
    text = text.replace("$strict", if sqlite { "STRICT" } else { "" });
    for statement in text.split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
        manager
            .get_connection()
            .execute_unprepared(statement)
            .await?;
    }
    Ok(())
}

/// Refuses `UPDATE` and `DELETE` on a table, by trigger.
pub async fn append_only(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Sqlite {
        for verb in ["UPDATE", "DELETE"] {
            let name = format!("{table}_no_{}", verb.to_lowercase());
            connection
                .execute_unprepared(&format!(
                    "CREATE TRIGGER {name} BEFORE {verb} ON {table} \
                     BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ))
                .await?;
        }
        return Ok(());
    }
    connection
        .execute_unprepared(&format!(
            "CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        ))
        .await?;
    connection
        .execute_unprepared(&format!(
            "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
        ))
        .await?;
    Ok(())
}

/// Drops tables, newest first, with the trigger functions of the append-only ones.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for table in tables {
        connection
            .execute_unprepared(&format!("DROP TABLE {table}"))
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            connection
                .execute_unprepared(&format!("DROP FUNCTION IF EXISTS {table}_is_append_only()"))
                .await?;
        }
    }
    Ok(())
}
