//! What was wrongly recorded is taken back by two people, once, with the document behind it.

use serde_json::Value;
use serde_json::json;

use super::world::RECEIVED_ON;
use super::world::World;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_payment_of_an_expense_is_taken_back_by_two_people_once => expense;
    money_and_gifts_that_never_came_are_taken_back => gifts;
    what_has_a_way_of_its_own_is_not_reversed => elsewhere;
}

/// The newest transaction of a kind.
async fn newest(world: &World, fund: &str, kind: &str) -> String {
    let ledger = world
        .observer
        .get(&format!("{fund}/ledger?limit=100"))
        .await;
    let items = ledger.body["items"].as_array().expect("items").clone();
    let found = items.iter().rev().find(|item| item["kind"] == kind);
    let id = &found.expect("a transaction")["transaction_id"];
    id.as_str().expect("an id").to_owned()
}

async fn reverse(by: &Person, transaction: &str) -> Answer {
    let path = format!("/v1/transactions/{transaction}/reverse");
    by.post(&path, json!({ "reason": "Paid to the wrong printer" }))
        .await
}

async fn expense(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 2, 1_000_000).await.expect(201);
    let body = json!({ "payee": "Print & Co", "line": "posters", "amount_minor": 300_000, "description": "posters" });
    let path = format!("{fund}/reservations");
    let reserved = world.organizer.post(&path, body.clone()).await;
    let mut body = body;
    body["reservation_id"] = json!(reserved.id());
    let asked = world
        .organizer
        .post(&format!("{fund}/expenses"), body)
        .await;
    let path = format!("/v1/expenses/{}", asked.id());
    for event in ["approve", "pay"] {
        world
            .treasurer
            .transition(&path, event, None)
            .await
            .expect(200);
    }
    let before = world.balances(&fund).await;
    let id = newest(&world, &fund, "expense").await;
    reverse(&world.observer, &id)
        .await
        .expect_problem(403, "role_required");
    let first = reverse(&world.treasurer, &id).await;
    first.expect(200);
    assert_eq!(first.body["state"], "requested");
    assert_eq!(
        world.balances(&fund).await,
        before,
        "one person moves nothing"
    );
    let again = reverse(&world.treasurer, &id).await;
    again.expect_problem(409, "approval_repeated");
    let done = reverse(&world.organizer, &id).await;
    done.expect(200);
    assert_eq!(done.body["state"], "done");
    assert_eq!(done.body["id"], first.body["id"]);
    let after = world.balances(&fund).await;
    assert_eq!(after["Assets:Bank:D11-2026"], 1_000_000);
    assert_eq!(after["Expenses:Spend:D11-2026:posters"], 0);
    assert_eq!(after["Liabilities:Payable:D11-2026:Print & Co"], 0);
    let expense = world.observer.get(&path).await;
    assert_eq!(expense.body["state"], "rejected");
    let path = format!("/v1/reservations/{}", reserved.id());
    let reservation = world.observer.get(&path).await;
    assert_eq!(reservation.body["state"], "reserved");
    let third = reverse(&world.treasurer, &id).await;
    third.expect_problem(409, "already_reversed");
    assert_eq!(
        third.body["params"]["reversal_id"],
        done.body["transaction_id"]
    );
    let list = world.observer.get(&format!("{fund}/reversals")).await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(1));
    world.holds().await;
}

async fn gifts(app: TestApp) {
    let world = World::found(app).await;
    let laws = json!({ "credit_note_consent": "none" });
    world
        .organizer
        .post(&world.path("by-laws"), laws)
        .await
        .expect(201);
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 2, 1_000_000).await.expect(201);
    let body = json!({ "sponsor": "Tea Machines", "ratio": "1/2" });
    let deal = world
        .organizer
        .post(&format!("{fund}/sponsor-deals"), body)
        .await;
    let deal = format!("/v1/sponsor-deals/{}", deal.id());
    world
        .organizer
        .transition(&deal, "earn", None)
        .await
        .expect(200);
    let body =
        json!({ "amount_minor": 200_000, "received_on": RECEIVED_ON, "reference": "bank line 7" });
    world
        .treasurer
        .transition(&deal, "receive", Some(body))
        .await
        .expect(200);
    let body =
        json!({ "donor": "Kiln", "line": "cups", "description": "cups", "value_minor": 70_000 });
    let gift = world.organizer.post(&format!("{fund}/in-kind"), body).await;
    let gift = format!("/v1/in-kind/{}", gift.id());
    world
        .treasurer
        .transition(&gift, "agree", None)
        .await
        .expect(200);
    let body = json!({ "delivered_on": RECEIVED_ON });
    world
        .treasurer
        .transition(&gift, "deliver", Some(body))
        .await
        .expect(200);
    for kind in ["sponsor_match", "in_kind"] {
        let id = newest(&world, &fund, kind).await;
        let done = reverse(&world.treasurer, &id).await;
        done.expect(200);
        assert_eq!(
            done.body["state"], "done",
            "the by-laws ask for nobody else"
        );
    }
    let deal = world.observer.get(&deal).await;
    assert_eq!(deal.body["received_minor"], 0);
    assert_eq!(deal.body["state"], "earned");
    let gift = world.observer.get(&gift).await;
    assert_eq!(gift.body["state"], "rejected");
    assert_eq!(gift.body["delivered_on"], Value::Null);
    let balances = world.balances(&fund).await;
    assert_eq!(balances["Assets:Bank:D11-2026"], 1_000_000);
    assert_eq!(balances["Expenses:InKind:D11-2026:cups"], 0);
    assert_eq!(balances.values().sum::<i64>(), 0);
    world.holds().await;
}

async fn elsewhere(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 2, 1_000_000).await.expect(201);
    for kind in ["levy", "payment"] {
        let id = newest(&world, &fund, kind).await;
        let refused = reverse(&world.treasurer, &id).await;
        refused.expect_problem(409, "not_reversible");
        assert_eq!(refused.body["params"]["kind"], kind);
    }
    let strange = reverse(&world.treasurer, "01890a5d-ac96-774b-bcce-b302099a8057").await;
    strange.expect_problem(404, "not_found");
    let list = world.observer.get(&format!("{fund}/reversals")).await;
    assert_eq!(list.body["items"], json!([]));
}
