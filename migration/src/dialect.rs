//! One text per change for both databases: column types are written as words in `$`, and each table names
//! its constraints. Tables are `STRICT` on SQLite, so that a wrong type is refused there as well.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;
use sea_orm_migration::sea_orm::DbBackend;
use sea_orm_migration::sea_orm::Statement;

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

/// Replaces the conditions of named `CHECK` constraints of a table, given as (constraint, condition).
///
/// SQLite cannot alter a constraint. There the table is made anew from its own text, filled, and put in the place
/// of the old one, with its indexes and triggers (the procedure of sqlite.org/lang_altertable.html, section 7),
/// in one script, because foreign keys can only be set aside outside a transaction.
pub async fn replace_checks(
    manager: &SchemaManager<'_>,
    table: &str,
    checks: &[(&str, &str)],
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return rebuild(manager, table, |mut text| {
            for (name, condition) in checks {
                text = with_check(&text, name, condition)
                    .ok_or_else(|| DbErr::Migration(format!("{table} has no constraint {name}")))?;
            }
            Ok(text)
        })
        .await;
    }
    for (name, condition) in checks {
        let sql = format!(
            "ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} CHECK ({condition})"
        );
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Changes what neither database can change alike: on SQLite the text of the table, given as (old, new), each of
/// which it must contain; on PostgreSQL by the statements `on_postgres`.
pub async fn rewrite(
    manager: &SchemaManager<'_>,
    table: &str,
    on_sqlite: &[(&str, &str)],
    on_postgres: &[&str],
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        return rebuild(manager, table, |mut text| {
            for (old, new) in on_sqlite {
                if !text.contains(old) {
                    return Err(DbErr::Migration(format!("{table} has no '{old}'")));
                }
                text = text.replace(old, new);
            }
            Ok(text)
        })
        .await;
    }
    for sql in on_postgres {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}

/// Runs what the two databases say in different words.
pub async fn either(
    manager: &SchemaManager<'_>,
    on_sqlite: &[&str],
    on_postgres: &[&str],
) -> Result<(), DbErr> {
    let sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    for sql in if sqlite { on_sqlite } else { on_postgres } {
        manager.get_connection().execute_unprepared(sql).await?;
    }
    Ok(())
}

async fn rebuild(
    manager: &SchemaManager<'_>,
    table: &str,
    change: impl FnOnce(String) -> Result<String, DbErr>,
) -> Result<(), DbErr> {
    let text = schema_texts(manager, table, "type = 'table'")
        .await?
        .concat();
    let text = change(text)?;
    let body = text
        .find('(')
        .map(|at| &text[at..])
        .ok_or_else(|| DbErr::Migration(format!("there is no table {table}")))?;
    let others = schema_texts(manager, table, "type IN ('index', 'trigger')").await?;
    let others: String = others.iter().map(|sql| format!("{sql};\n")).collect();
    let script = format!(
        "PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\nBEGIN IMMEDIATE;\n\
         CREATE TABLE {table}_anew {body};\n\
         INSERT INTO {table}_anew SELECT * FROM {table};\n\
         DROP TABLE {table};\n\
         ALTER TABLE {table}_anew RENAME TO {table};\n\
         {others}COMMIT;\nPRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;"
    );
    manager.get_connection().execute_unprepared(&script).await?;
    Ok(())
}

/// The texts by which SQLite made a table, or what belongs to it.
pub async fn schema_texts(
    manager: &SchemaManager<'_>,
    table: &str,
    which: &str,
) -> Result<Vec<String>, DbErr> {
    let sql = format!(
        "SELECT sql FROM sqlite_schema WHERE tbl_name = '{table}' AND {which} AND sql IS NOT NULL"
    );
    let statement = Statement::from_string(DbBackend::Sqlite, sql);
    let rows = manager.get_connection().query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "sql")).collect()
}

/// The text of a table in which a constraint has another condition.
fn with_check(text: &str, name: &str, condition: &str) -> Option<String> {
    let start = text.find(&format!("CONSTRAINT {name} CHECK"))?;
    let open = start + text[start..].find('(')?;
    let mut depth = 0;
    let length = text[open..].find(|letter| {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    let (before, after) = (&text[..=open], &text[open + length..]);
    Some(format!("{before}{condition}{after}"))
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

#[cfg(test)]
mod tests {
    use super::with_check;

    #[test]
    fn a_condition_is_replaced_up_to_its_own_bracket() {
        let text = "CREATE TABLE t (a TEXT CONSTRAINT t_a CHECK (a IN ('x', 'y')), CONSTRAINT t_b CHECK ((a = 'x') = (b IS NULL)))";
        let changed = with_check(text, "t_a", "a = 'z'").expect("a constraint");
        assert!(
            changed
                .starts_with("CREATE TABLE t (a TEXT CONSTRAINT t_a CHECK (a = 'z'), CONSTRAINT")
        );
        assert!(changed.ends_with("CHECK ((a = 'x') = (b IS NULL)))"));
        assert_eq!(with_check(text, "t_c", "TRUE"), None);
    }
}
