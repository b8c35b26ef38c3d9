//! What the ledger's tables refuse by themselves, closed periods, and the chain of hashes.

use guildhall::funds;
use guildhall::kernel::ids::FundId;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    the_database_refuses_what_does_not_balance => unbalanced;
    nothing_is_posted_in_a_closed_period => closed_period;
    a_rewritten_ledger_breaks_its_chain => chain;
}

fn id_of(fund: &str) -> FundId {
    fund["/v1/funds/".len()..].parse().expect("an id")
}

/// Statements that a transaction of the database must refuse, at the latest when it commits.
async fn refused(world: &World, statements: &[String]) -> String {
    let db = world.app.ctx().db.clone();
    let outcome = db
        .write(async |tx| {
            for statement in statements {
                tx.execute_unprepared(statement).await?;
            }
            Ok(())
        })
        .await;
    format!("{:?}", outcome.expect_err("a refusal"))
}

async fn unbalanced(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 0, 100).await.expect(201);
    let copy = |id: &str, of: &str, amount: &str| {
        format!(
            "INSERT INTO posting (id, alliance_id, fund_id, transaction_id, account_id, sequence, amount_minor, balance_minor) \
             SELECT {id}, p.alliance_id, p.fund_id, {of}, p.account_id, 1000 + p.sequence, {amount}, p.balance_minor + {amount} \
             FROM posting p JOIN account a ON a.id = p.account_id JOIN ledger_transaction t ON t.id = p.transaction_id \
             WHERE a.kind = 'bank' AND t.kind = 'payment'"
        )
    };
    let (one, other) = match world.app.ctx().db.backend() {
        sea_orm::DbBackend::Sqlite => ("randomblob(16)", "x'01890a5dac96774bbcceb302099a8057'"),
        _ => (
            "gen_random_uuid()",
            "'01890a5d-ac96-774b-bcce-b302099a8057'",
        ),
    };
    let moved =
        "UPDATE account SET balance_minor = balance_minor + 7 WHERE kind = 'bank'".to_owned();
    // A posting of a sealed transaction, and one of none.
    let late = refused(&world, &[copy(one, "p.transaction_id", "7")]).await;
    assert!(
        late.contains("sealed") || late.contains("posting_once"),
        "{late}"
    );
    let orphan = refused(&world, &[moved.clone(), copy(one, other, "7")]).await;
    assert!(orphan.to_lowercase().contains("foreign key"), "{orphan}");
    let transaction = |postings: i64, sequence: i64| {
        format!(
            "INSERT INTO ledger_transaction (id, alliance_id, fund_id, kind, document_ref, narration, effective_date, recorded_at, \
             sequence, postings, previous_hash, hash) SELECT {other}, alliance_id, fund_id, 'reversal', document_ref, 'x', \
             effective_date, recorded_at, {sequence}, {postings}, hash, hash FROM ledger_transaction WHERE kind = 'payment'"
        )
    };
    let alone = refused(&world, &[moved, copy(one, other, "7"), transaction(1, 3)]).await;
    assert!(alone.contains("do not balance"), "{alone}");
    let empty = refused(&world, &[transaction(0, 3)]).await;
    assert!(empty.contains("do not balance"), "{empty}");
    assert_eq!(world.balances(&fund).await.values().sum::<i64>(), 0);
}

async fn closed_period(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = format!("{fund}/periods/close");
    for (body, code) in [
        (json!({}), "one_of"),
        (
            json!({ "through": "2026-01-31", "month": "2026-01" }),
            "one_of",
        ),
        (json!({ "month": "2026-13" }), "one_of"),
        (json!({ "through": "2199-01-01" }), "in_the_future"),
    ] {
        let refused = world.treasurer.post(&path, body).await;
        refused.expect_problem(422, "validation_failed");
        assert_eq!(refused.body["errors"][0]["code"], code);
    }
    let closed = world
        .treasurer
        .post(&path, json!({ "month": "2025-12" }))
        .await;
    closed.expect(200);
    assert_eq!(closed.body["closed_through"], "2025-12-31");
    world.pay(&fund, 0, 100).await.expect(201);
    let body = json!({ "through": "2026-01-15" });
    world.treasurer.post(&path, body.clone()).await.expect(200);
    let again = world.treasurer.post(&path, body).await;
    again.expect_problem(409, "period_closed");
    let late = world.pay(&fund, 0, 100).await;
    late.expect_problem(409, "period_closed");
    assert_eq!(late.body["params"]["closed_through"], "2026-01-15");
    assert_eq!(late.body["params"]["effective_date"], "2026-01-15");
    let mut payment = world.payment(0, 100);
    payment["received_on"] = json!("2026-01-16");
    let open = world
        .treasurer
        .post(&format!("{fund}/payments"), payment)
        .await;
    open.expect(201);
    let list = world.owners[0].get(&format!("{fund}/periods")).await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(2));
    // The database itself compares the days.
    let backdated = "INSERT INTO ledger_transaction (id, alliance_id, fund_id, kind, document_ref, narration, effective_date, \
        recorded_at) SELECT fund_id, alliance_id, fund_id, 'reversal', document_ref, 'x', effective_date, recorded_at \
        FROM ledger_transaction WHERE kind = 'payment' LIMIT 1";
    refused(&world, &[backdated.to_owned()]).await;
    let erased = refused(&world, &["DELETE FROM fund_period".to_owned()]).await;
    assert!(erased.contains("append-only"), "{erased}");
}

async fn chain(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let reader = world.app.ctx().db.reader();
    let whole = funds::verify_chain(&reader, id_of(&fund))
        .await
        .expect("a walk")
        .expect("a fund");
    assert_eq!(whole.broken, None);
    assert_eq!(whole.transactions, 6);
    assert_eq!(whole.hash.len(), 32);
    let db = world.app.ctx().db.for_migration();
    let (guards, rewrite) = match world.app.ctx().db.backend() {
        sea_orm::DbBackend::Sqlite => (
            "DROP TRIGGER posting_no_update",
            "UPDATE posting SET amount_minor = amount_minor + 1 WHERE sequence = 15",
        ),
        _ => (
            "ALTER TABLE posting DISABLE TRIGGER ALL",
            "UPDATE posting SET amount_minor = amount_minor + 1 WHERE sequence = 15",
        ),
    };
    db.execute_unprepared(guards).await.expect("a superuser");
    db.execute_unprepared(rewrite).await.expect("a forgery");
    let forged = funds::verify_chain(&reader, id_of(&fund))
        .await
        .expect("a walk")
        .expect("a fund");
    let broken = forged.broken.expect("a break");
    assert_eq!((broken.sequence, forged.transactions), (4, 3));
}
