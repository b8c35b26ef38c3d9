//! Money that is set aside and spent: by the lines of the budget, with as many consents as the by-laws ask for.

use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

use super::world::World;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    reserved_money_is_kept_for_its_expense => reserved;
    reservations_at_once_promise_no_more_than_there_is => reservations_race;
    the_by_laws_say_how_many_approve => approvals;
    approvals_and_payments_at_once_count_once => approvals_race;
    money_is_spent_on_the_lines_that_were_voted => budget_lines;
    money_of_a_fund_pays_only_its_own_documents => own_fund;
}

fn expense(line: &str, amount: i64) -> Value {
    json!({ "payee": "Print & Co", "line": line, "amount_minor": amount, "description": "posters" })
}

async fn reserve(world: &World, fund: &str, amount: i64) -> Answer {
    let path = format!("{fund}/reservations");
    world
        .organizer
        .post(&path, expense("posters", amount))
        .await
}

async fn ask(by: &Person, fund: &str, body: Value) -> Answer {
    by.post(&format!("{fund}/expenses"), body).await
}

async fn bound(world: &World, fund: &str, reservation: &str, amount: i64) -> Answer {
    let mut body = expense("posters", amount);
    body["reservation_id"] = json!(reservation);
    body["document_ref"] = json!("invoice 88");
    ask(&world.organizer, fund, body).await
}

/// A fund that holds 10,000.00.
async fn ten_thousand(world: &World, code: &str) -> String {
    let fund = world.collecting(code).await;
    world.pay(&fund, 2, 1_000_000).await.expect(201);
    fund
}

async fn reserved(app: TestApp) {
    let world = World::found(app).await;
    let fund = ten_thousand(&world, "D11-2026").await;
    let made = reserve(&world, &fund, 700_000).await;
    made.expect(201);
    assert_eq!(made.body["state"], "reserved");
    let refused = reserve(&world, &fund, 300_001).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 1);
    assert_eq!(refused.body["params"]["balance_minor"], 1_000_000);
    assert_eq!(refused.body["params"]["reserved_minor"], 700_000);
    let other = world.approved(&fund, "radio", 300_001).await;
    let refused = world.treasurer.transition(&other, "pay", None).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 1);
    let path = format!("/v1/reservations/{}", made.id());
    let refused = bound(&world, &fund, &made.id(), 700_001).await;
    refused.expect_problem(422, "exceeds_reservation");
    assert_eq!(refused.body["params"]["excess_minor"], 1);
    let asked = bound(&world, &fund, &made.id(), 650_000).await;
    asked.expect(201);
    assert_eq!(asked.body["document_ref"], "invoice 88");
    bound(&world, &fund, &made.id(), 1)
        .await
        .expect_problem(409, "conflict");
    let release = || world.treasurer.transition(&path, "release", None);
    release().await.expect_problem(409, "conflict");
    let paid = format!("/v1/expenses/{}", asked.id());
    world
        .treasurer
        .transition(&paid, "approve", None)
        .await
        .expect(200);
    assert_eq!(world.observer.get(&path).await.body["state"], "invoiced");
    release().await.expect_problem(409, "illegal_transition");
    world
        .treasurer
        .transition(&paid, "reject", None)
        .await
        .expect(200);
    let free = world.observer.get(&path).await;
    assert_eq!(free.body["state"], "reserved");
    assert_eq!(free.body["expense_id"], Value::Null);
    let again = bound(&world, &fund, &made.id(), 650_000).await;
    let paid = format!("/v1/expenses/{}", again.id());
    for event in ["approve", "pay"] {
        world
            .treasurer
            .transition(&paid, event, None)
            .await
            .expect(200);
    }
    assert_eq!(world.observer.get(&path).await.body["state"], "paid");
    // What the invoice did not need is free again: 350,000 are left for the radio.
    world
        .treasurer
        .transition(&other, "pay", None)
        .await
        .expect(200);
    let left = reserve(&world, &fund, 49_999).await;
    left.expect(201);
    let list = world.owners[0].get(&format!("{fund}/reservations")).await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(2));
    let left = format!("/v1/reservations/{}", left.id());
    world
        .treasurer
        .transition(&left, "release", None)
        .await
        .expect(200);
    world
        .treasurer
        .transition(&left, "release", None)
        .await
        .expect_problem(409, "illegal_transition");
}

async fn reservations_race(app: TestApp) {
    let world = World::found(app).await;
    let fund = ten_thousand(&world, "D11-2026").await;
    let answers = join_all((0..6).map(|_| reserve(&world, &fund, 400_000))).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 2);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.expect_problem(409, "fund_overdrawn");
        assert_eq!(refused.body["params"]["by_minor"], 200_000);
    }
    let closing = world.treasurer.transition(&fund, "close", None).await;
    closing.expect_problem(409, "reservations_open");
    assert_eq!(closing.body["params"]["reserved_minor"], 800_000);
}

async fn approvals(app: TestApp) {
    let world = World::found(app).await;
    let fund = ten_thousand(&world, "D11-2026").await;
    let path = world.path("by-laws");
    let wrong = json!({ "expense_approvals": [{ "from_minor": 5, "approvals": 1 }, { "from_minor": 5, "approvals": 2 }] });
    world
        .organizer
        .post(&path, wrong)
        .await
        .expect_problem(422, "validation_failed");
    let laws = json!({ "expense_approvals": [
        { "from_minor": 100_000, "approvals": 2 },
        { "from_minor": 500_000, "approvals": 1, "roles": ["treasurer"] }] });
    world.organizer.post(&path, laws).await.expect(201);
    let second = world.appoint("second", "organizer").await;
    let asked = ask(&world.organizer, &fund, expense("posters", 100_000)).await;
    asked.expect(201);
    assert_eq!(asked.body["approvals_needed"], 2);
    let path = format!("/v1/expenses/{}", asked.id());
    world
        .organizer
        .transition(&path, "approve", None)
        .await
        .expect_problem(403, "separation_of_duties");
    let first = second.transition(&path, "approve", None).await;
    first.expect(200);
    assert_eq!(first.body["state"], "requested");
    second
        .transition(&path, "approve", None)
        .await
        .expect_problem(409, "approval_repeated");
    world
        .treasurer
        .transition(&path, "pay", None)
        .await
        .expect_problem(409, "illegal_transition");
    let last = world.treasurer.transition(&path, "approve", None).await;
    last.expect(200);
    assert_eq!(last.body["state"], "approved");
    assert_eq!(last.body["approvals"].as_array().map(Vec::len), Some(2));
    world
        .treasurer
        .transition(&path, "pay", None)
        .await
        .expect(200);
    let large = ask(&world.organizer, &fund, expense("posters", 500_000)).await;
    assert_eq!(large.body["approver_roles"], json!(["treasurer"]));
    let path = format!("/v1/expenses/{}", large.id());
    let refused = second.transition(&path, "approve", None).await;
    refused.expect_problem(403, "role_required");
    assert_eq!(refused.body["params"]["roles"], json!(["treasurer"]));
    world
        .treasurer
        .transition(&path, "approve", None)
        .await
        .expect(200);
    let small = ask(&world.treasurer, &fund, expense("posters", 99_999)).await;
    assert_eq!(small.body["approvals_needed"], 1);
}

async fn approvals_race(app: TestApp) {
    let world = World::found(app).await;
    let fund = ten_thousand(&world, "D11-2026").await;
    let laws = json!({ "expense_approvals": [{ "from_minor": 0, "approvals": 2 }] });
    world
        .organizer
        .post(&world.path("by-laws"), laws)
        .await
        .expect(201);
    let second = world.appoint("second", "organizer").await;
    let asked = ask(&world.organizer, &fund, expense("posters", 100_000)).await;
    let path = format!("/v1/expenses/{}", asked.id());
    let twice = join_all((0..4).map(|_| second.transition(&path, "approve", None))).await;
    assert_eq!(
        twice.iter().filter(|answer| answer.status == 200).count(),
        1
    );
    assert!(
        twice
            .iter()
            .all(|answer| [200, 409, 412].contains(&answer.status))
    );
    let seen = world.observer.get(&path).await;
    assert_eq!(seen.body["state"], "requested");
    assert_eq!(seen.body["approvals"].as_array().map(Vec::len), Some(1));
    world
        .treasurer
        .transition(&path, "approve", None)
        .await
        .expect(200);
    let paid = join_all((0..4).map(|_| world.treasurer.transition(&path, "pay", None))).await;
    assert_eq!(paid.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(world.balances(&fund).await["Assets:Bank:D11-2026"], 900_000);
}

async fn budget_lines(app: TestApp) {
    let world = World::found(app).await;
    let policy = world.policy(None).await;
    let fund = world.fund("D11-2026").await;
    let early = ask(&world.organizer, &fund, expense("fireworks", 1)).await;
    early.expect(201);
    let body = json!({ "budget_minor": 5_000_000, "policy_id": policy, "snapshot_date": "2026-01-01", "due_on": "2031-10-20",
        "lines": [{ "line": "posters", "amount_minor": 2_000_000 }, { "line": "radio", "amount_minor": 3_000_000 }] });
    let proposed = world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await;
    proposed.expect(201);
    world.decide(&proposed.id()).await;
    let assessment = format!("/v1/assessments/{}", proposed.id());
    world
        .treasurer
        .transition(&assessment, "issue", None)
        .await
        .expect(200);
    let refused = ask(&world.organizer, &fund, expense("fireworks", 1)).await;
    refused.expect_problem(422, "budget_line_unknown");
    assert_eq!(refused.body["params"]["lines"], json!(["posters", "radio"]));
    assert_eq!(refused.body["errors"][0]["pointer"], "#/line");
    let path = format!("{fund}/reservations");
    world
        .organizer
        .post(&path, expense("fireworks", 1))
        .await
        .expect_problem(422, "budget_line_unknown");
    let early = format!("/v1/expenses/{}", early.id());
    world
        .treasurer
        .transition(&early, "approve", None)
        .await
        .expect_problem(422, "budget_line_unknown");
    ask(&world.organizer, &fund, expense("radio", 1))
        .await
        .expect(201);
}

async fn own_fund(app: TestApp) {
    let world = World::found(app).await;
    let fund = ten_thousand(&world, "D11-2026").await;
    let other = ten_thousand(&world, "SF-2027").await;
    let foreign = reserve(&world, &other, 100_000).await;
    let refused = bound(&world, &fund, &foreign.id(), 100).await;
    refused.expect_problem(409, "restricted_fund");
    assert_eq!(refused.body["params"]["document_fund_id"], other[10..]);
    let list = world.observer.get(&format!("{fund}/expenses")).await;
    assert_eq!(list.body["items"], json!([]), "nothing is half done");
    let stranger = World::found(TestApp::start(world.app.database).await).await;
    let far = ten_thousand(&stranger, "X").await;
    let far = reserve(&stranger, &far, 1).await;
    bound(&world, &fund, &far.id(), 1)
        .await
        .expect_problem(404, "not_found");
    // Overspend: refused by exactly what is missing, nothing written, the other fund untouched.
    let before = world.balances(&fund).await;
    let large = world.approved(&fund, "posters", 9_999_999).await;
    let refused = world.treasurer.transition(&large, "pay", None).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 8_999_999);
    assert_eq!(
        world.balances(&fund).await["Assets:Bank:D11-2026"],
        before["Assets:Bank:D11-2026"]
    );
    assert_eq!(
        world.balances(&other).await["Assets:Bank:SF-2027"],
        1_000_000
    );
}
