//! What counting the ledger again finds: every seeded corruption, and nothing else.

use std::process::Command;

use guildhall::funds;
use sea_orm::ConnectionTrait;
use sea_orm::DbBackend;
use serde_json::Value;

use super::books::world;
use super::world::World;
use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_count_finds_every_seeded_corruption => corruptions;
    a_count_of_a_levy_by_rate_finds_nothing_wrong => by_rate;
}

/// SQLite cannot drop a constraint: the table is copied without any.
const BARE_ON_SQLITE: &str = "PRAGMA foreign_keys = OFF;
PRAGMA legacy_alter_table = ON;
CREATE TABLE bare AS SELECT * FROM ledger_transaction;
DROP TABLE ledger_transaction;
ALTER TABLE bare RENAME TO ledger_transaction;
PRAGMA legacy_alter_table = OFF;";

/// What takes the database's own guards away.
fn guards(backend: DbBackend) -> Vec<String> {
    let tables = [
        "posting",
        "ledger_transaction",
        "payment",
        "fund_period",
        "assessment_line",
    ];
    if backend == DbBackend::Sqlite {
        let dropped = tables.iter().flat_map(|table| {
            ["update", "delete"].map(|verb| format!("DROP TRIGGER {table}_no_{verb}"))
        });
        return dropped
            .chain([
                "PRAGMA ignore_check_constraints = ON".to_owned(),
                BARE_ON_SQLITE.to_owned(),
            ])
            .collect();
    }
    let disabled = tables.map(|table| format!("ALTER TABLE {table} DISABLE TRIGGER ALL"));
    let checks = [
        "account DROP CONSTRAINT account_bank_covered",
        "account DROP CONSTRAINT account_credit_covered",
        "ledger_transaction DROP CONSTRAINT ledger_transaction_document",
    ];
    let dropped = checks.map(|check| format!("ALTER TABLE {check}"));
    disabled.into_iter().chain(dropped).collect()
}

/// A corruption, what takes it back, and the invariant that finds it.
const CORRUPTIONS: [(&str, &str, &str); 18] = [
    (
        "UPDATE posting SET amount_minor = amount_minor + 1 WHERE sequence = 15",
        "UPDATE posting SET amount_minor = amount_minor - 1 WHERE sequence = 15",
        "F1",
    ),
    (
        "UPDATE ledger_transaction SET narration = narration || 'xyz' WHERE sequence = 2",
        "UPDATE ledger_transaction SET narration = replace(narration, 'xyz', '')",
        "F2",
    ),
    (
        "INSERT INTO fund_period (id, alliance_id, fund_id, closed_through, closed_by, closed_at) \
         SELECT id, alliance_id, id, '2099-01-01', created_by, created_at FROM fund WHERE code = 'D11-2026'",
        "DELETE FROM fund_period",
        "F2",
    ),
    (
        "UPDATE account SET kind = 'bank' WHERE kind = 'levy'",
        "UPDATE account SET kind = 'levy' WHERE kind = 'bank' AND party <> ''",
        "F3",
    ),
    (
        "UPDATE account SET kind = 'credit' WHERE kind = 'receivable'",
        "UPDATE account SET kind = 'receivable' WHERE kind = 'credit'",
        "F4",
    ),
    (
        "UPDATE payment SET fund_id = (SELECT id FROM fund WHERE code = 'SF-2027')",
        "UPDATE payment SET fund_id = (SELECT id FROM fund WHERE code = 'D11-2026')",
        "F5",
    ),
    (
        "UPDATE expense SET fund_id = (SELECT id FROM fund WHERE code = 'SF-2027')",
        "UPDATE expense SET fund_id = (SELECT id FROM fund WHERE code = 'D11-2026')",
        "F5",
    ),
    (
        "UPDATE assessment SET fund_id = (SELECT id FROM fund WHERE code = 'SF-2027')",
        "UPDATE assessment SET fund_id = (SELECT id FROM fund WHERE code = 'D11-2026')",
        "F5",
    ),
    (
        "UPDATE ledger_transaction SET kind = 'credit_note' WHERE sequence = 2",
        "UPDATE ledger_transaction SET kind = 'payment' WHERE sequence = 2",
        "F5",
    ),
    (
        "UPDATE ledger_transaction SET kind = 'gift' WHERE sequence = 2",
        "UPDATE ledger_transaction SET kind = 'payment' WHERE sequence = 2",
        "F5",
    ),
    (
        "UPDATE ledger_transaction SET document_ref = (SELECT document_ref FROM ledger_transaction WHERE sequence = 3) WHERE sequence = 2",
        "UPDATE ledger_transaction SET document_ref = (SELECT p.id FROM payment p WHERE p.transaction_id = ledger_transaction.id) WHERE sequence = 2",
        "F6",
    ),
    (
        "UPDATE payment SET transaction_id = (SELECT id FROM ledger_transaction WHERE sequence = 3) WHERE reference = 'bank line 0'",
        "UPDATE payment SET transaction_id = (SELECT id FROM ledger_transaction WHERE sequence = 2) WHERE reference = 'bank line 0'",
        "F6",
    ),
    (
        "UPDATE account SET balance_minor = balance_minor + 1 WHERE kind = 'bank'",
        "UPDATE account SET balance_minor = balance_minor - 1 WHERE kind = 'bank'",
        "F7",
    ),
    (
        "UPDATE assessment_line SET amount_minor = amount_minor + 1 WHERE merchant_name = 'bakery'",
        "UPDATE assessment_line SET amount_minor = amount_minor - 1 WHERE merchant_name = 'bakery'",
        "F8",
    ),
    (
        "UPDATE levy_notice SET amount_minor = amount_minor + 1 WHERE number = 1",
        "UPDATE levy_notice SET amount_minor = amount_minor - 1 WHERE number = 1",
        "F8",
    ),
    (
        "UPDATE account SET kind = 'levy_refunded' WHERE kind = 'spend'",
        "UPDATE account SET kind = 'spend' WHERE kind = 'levy_refunded'",
        "F9",
    ),
    (
        "UPDATE account SET kind = 'in_kind_spent' WHERE kind = 'payable'",
        "UPDATE account SET kind = 'payable' WHERE kind = 'in_kind_spent'",
        "F10",
    ),
    ("DELETE FROM posting WHERE sequence = 11", "SELECT 1", "F1"),
];

async fn found(world: &World) -> Vec<String> {
    let snapshot = world.app.ctx().db.snapshot().await.expect("a snapshot");
    let counted = funds::verify(&snapshot).await.expect("a count");
    assert_eq!(counted.funds, 2);
    counted
        .findings
        .iter()
        .map(|finding| finding.invariant.to_string())
        .collect()
}

async fn corruptions(app: TestApp) {
    let (world, _) = world(app).await;
    world.fund("SF-2027").await;
    let db = world.app.ctx().db.for_migration();
    for guard in guards(world.app.ctx().db.backend()) {
        db.execute_unprepared(&guard).await.expect(&guard);
    }
    assert_eq!(found(&world).await, Vec::<String>::new());
    for (corruption, undo, invariant) in CORRUPTIONS {
        db.execute_unprepared(corruption).await.expect(corruption);
        let findings = found(&world).await;
        assert!(
            findings.contains(&invariant.to_owned()),
            "{corruption}: {findings:?}"
        );
        db.execute_unprepared(undo).await.expect(undo);
        if undo != "SELECT 1" {
            assert_eq!(found(&world).await, Vec::<String>::new(), "{undo}");
        }
    }
}

/// A rate has no budget: its notices sum to what it came to.
async fn by_rate(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.fund("D11-2026").await;
    world.fund("SF-2027").await;
    let rule = serde_json::json!({ "base": { "kind": "rate", "measure": "annual_revenue", "rate": "0.001" } });
    let body = serde_json::json!({ "name": "By rate", "method": { "direction": "rate", "rule": rule },
        "terms": { "accept": ["declared"] } });
    let policies = world.path("levy-policies");
    let policy = world.organizer.post(&policies, body).await;
    policy.expect(201);
    let body = serde_json::json!({ "policy_id": policy.id(), "snapshot_date": "2026-01-01", "due_on": "2031-10-20" });
    let proposed = world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await;
    proposed.expect(201);
    world.decide(&proposed.id()).await;
    let path = format!("/v1/assessments/{}", proposed.id());
    let issued = world.treasurer.transition(&path, "issue", None).await;
    issued.expect(200);
    assert_eq!(found(&world).await, Vec::<String>::new());
    let db = world.app.ctx().db.for_migration();
    let corruption = "UPDATE levy_notice SET amount_minor = amount_minor + 1 WHERE number = 1";
    db.execute_unprepared(corruption).await.expect(corruption);
    assert_eq!(found(&world).await, ["F8"]);
}

fn verify(folder: &std::path::Path) -> (Option<i32>, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_guildhall"))
        .args(["verify", "--json"])
        .env("GUILDHALL_DATA_DIR", folder)
        .env_remove("GUILDHALL_DATABASE_URL")
        .output()
        .expect("runs");
    let told = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code(), told)
}

#[actix_web::test]
async fn the_command_says_by_its_exit_code_whether_the_ledger_holds() {
    let (world, _) = world(TestApp::start(Database::Sqlite).await).await;
    let folder = world.app.folder.path();
    let (code, told) = verify(folder);
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(told["holds"], true);
    assert_eq!(told["transactions"], 7);
    let db = world.app.ctx().db.for_migration();
    db.execute_unprepared(
        "UPDATE account SET balance_minor = balance_minor + 1 WHERE kind = 'bank'",
    )
    .await
    .expect("corrupted");
    let (code, told) = verify(folder);
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(told["findings"][0]["invariant"], "F7");
    let empty = tempfile::tempdir().expect("a folder");
    assert_eq!(verify(empty.path()).0, Some(2));
}
