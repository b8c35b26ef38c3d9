//! What is refused, with its code and its arithmetic.

use serde_json::json;

use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    strangers_find_nothing_and_wrong_roles_are_told => roles;
    infeasible_budgets_and_missing_sizes_create_nothing => infeasible;
    amounts_days_and_codes_out_of_range_are_refused => out_of_range;
    a_part_of_a_notice_is_paid_and_strangers_pay_nothing => part_payment;
    nobody_approves_what_they_asked_for => own_approval;
    unpaid_notices_keep_a_fund_open => arrears;
    a_policy_has_versions_and_a_code_one_fund => versions;
    a_mandate_for_other_shares_permits_nothing => other_content;
}

async fn roles(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let stranger = world.app.person("stranger").await;
    let notices = world.observer.get(&format!("{fund}/levy-notices")).await;
    let notice = notices.body["items"][0]["id"].as_str().expect("an id");
    let assessment = notices.body["items"][0]["assessment_id"]
        .as_str()
        .expect("an id");
    let paths = [
        fund.clone(),
        format!("{fund}/levy-notices"),
        format!("{fund}/assessments"),
        format!("{fund}/payments"),
        format!("{fund}/expenses"),
        format!("{fund}/refunds"),
        format!("{fund}/ledger"),
        format!("{fund}/ledger?format=csv"),
        format!("{fund}/balances"),
        format!("/v1/levy-notices/{notice}"),
        format!("/v1/assessments/{assessment}"),
        world.path("funds"),
        world.path("levy-policies"),
        world.path(&format!("statements/me?fund_id={}", &fund[10..])),
    ];
    for path in paths {
        stranger.get(&path).await.expect_problem(404, "not_found");
    }
    let payment = world.payment(0, 100);
    for (person, status) in [
        (&stranger, 404),
        (&world.owners[0], 403),
        (&world.organizer, 403),
        (&world.observer, 403),
    ] {
        let path = format!("{fund}/payments");
        person.post(&path, payment.clone()).await.expect(status);
        let headers = [("idempotency-key", "close"), ("if-match", "\"v3\"")];
        let close = format!("{fund}/close");
        person
            .send("POST", &close, &headers, None)
            .await
            .expect(status);
    }
    let body = json!({ "payee": "x", "line": "x", "amount_minor": 1, "description": "x" });
    world.owners[0]
        .post(&format!("{fund}/expenses"), body)
        .await
        .expect_problem(403, "role_required");
    world
        .treasurer
        .get(&format!("{fund}/ledger?format=xml"))
        .await
        .expect_problem(400, "invalid_parameter");
    world
        .treasurer
        .post_bare(&format!("/v1/assessments/{assessment}/issue"))
        .await
        .expect_problem(428, "precondition_required");
}

async fn infeasible(app: TestApp) {
    let mut world = World::found(app).await;
    let fund = world.fund("D11-2026").await;
    let capped = world.policy(Some(900_000)).await;
    let refused = world.propose(&fund, &capped, 5_000_000).await;
    refused.expect_problem(422, "caps_below_budget");
    assert_eq!(refused.body["params"]["maximum"], 4_500_000);
    assert_eq!(refused.body["params"]["shortfall"], 500_000);
    let body = json!({ "name": "Floors", "measure": "annual_revenue", "accept_declared": true, "floor_minor": 600 });
    let floors = world
        .treasurer
        .post(&world.path("levy-policies"), body)
        .await;
    let refused = world.propose(&fund, &floors.id(), 1_000).await;
    refused.expect_problem(422, "floors_exceed_budget");
    assert_eq!(refused.body["params"]["excess"], 2_000);
    world.join("newcomer", None).await;
    let policy = world.policy(None).await;
    let refused = world.propose(&fund, &policy, 5_000_000).await;
    refused.expect_problem(422, "measure_missing");
    assert_eq!(refused.body["params"]["members"][0]["name"], "newcomer");
    let list = world.observer.get(&format!("{fund}/assessments")).await;
    assert_eq!(list.body["items"], json!([]));
}

async fn out_of_range(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    for amount in [0, -1, 9_007_199_254_740_992_i64] {
        world
            .pay(&fund, 0, amount)
            .await
            .expect_problem(422, "validation_failed");
    }
    let mut body = world.payment(0, 100);
    body["received_on"] = json!("2199-01-01");
    let refused = world
        .treasurer
        .post(&format!("{fund}/payments"), body)
        .await;
    refused.expect_problem(422, "validation_failed");
    assert_eq!(refused.body["errors"][0]["code"], "in_the_future");
    let policy = world.policy(None).await;
    let body = json!({ "budget_minor": 100, "policy_id": policy, "snapshot_date": "2026-01-01",
        "due_on": "2031-10-20", "lines": [{ "line": "a", "amount_minor": 99 }] });
    world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await
        .expect_problem(422, "budget_lines_mismatch");
    let body = json!({ "name": "X", "code": "=1", "season_from": "2026-10-01", "season_to": "2026-11-30",
        "custodian": { "holder": "a", "institution": "b", "account_ref": "c" } });
    world
        .organizer
        .post(&world.path("funds"), body)
        .await
        .expect_problem(422, "validation_failed");
}

async fn part_payment(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let part = world.pay(&fund, 1, 233_504).await;
    part.expect(201);
    assert_eq!(part.body["allocations"][0]["amount_minor"], 233_504);
    let notices = world.owners[1].get(&format!("{fund}/levy-notices")).await;
    assert_eq!(notices.body["items"][0]["state"], "part_paid");
    assert_eq!(notices.body["items"][0]["due_minor"], 1);
    let other = World::found(TestApp::start(world.app.database).await).await;
    let mut body = world.payment(0, 1);
    body["membership_id"] = json!(other.memberships[0]);
    world
        .treasurer
        .post(&format!("{fund}/payments"), body)
        .await
        .expect_problem(404, "not_found");
}

async fn own_approval(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let body =
        json!({ "payee": "Me", "line": "posters", "amount_minor": 100, "description": "mine" });
    let asked = world
        .treasurer
        .post(&format!("{fund}/expenses"), body)
        .await;
    let expense = format!("/v1/expenses/{}", asked.id());
    world
        .treasurer
        .transition(&expense, "approve", None)
        .await
        .expect_problem(403, "separation_of_duties");
    world
        .treasurer
        .transition(&expense, "pay", None)
        .await
        .expect_problem(409, "illegal_transition");
    world
        .organizer
        .transition(&expense, "approve", None)
        .await
        .expect(200);
    world
        .organizer
        .transition(&expense, "pay", None)
        .await
        .expect_problem(403, "role_required");
    let refused = world.treasurer.transition(&expense, "pay", None).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 100);
}

async fn arrears(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 0, 868_856).await.expect(201);
    let refused = world.treasurer.transition(&fund, "close", None).await;
    refused.expect_problem(409, "arrears_open");
    assert_eq!(refused.body["params"]["notices"], 5);
    assert_eq!(refused.body["params"]["due_minor"], 5_000_000 - 868_856);
    assert_eq!(world.observer.get(&fund).await.body["state"], "collecting");
}

async fn versions(app: TestApp) {
    let world = World::found(app).await;
    world.policy(None).await;
    let second = world.policy(Some(1)).await;
    let path = world.path(&format!("levy-policies/{second}"));
    let second = world.owners[0].get(&path).await;
    second.expect(200);
    assert_eq!(second.body["number"], 2);
    let body = json!({ "name": "Foreign", "measure": "annual_revenue",
        "overrides": [{ "membership_id": "01890a5d-ac96-774b-bcce-b302099a8057", "cap_minor": 1 }] });
    world
        .organizer
        .post(&world.path("levy-policies"), body)
        .await
        .expect_problem(404, "not_found");
    world.fund("D11-2026").await;
    let body = json!({ "name": "Again", "code": "D11-2026", "season_from": "2026-10-01", "season_to": "2026-11-30",
        "custodian": { "holder": "a", "institution": "b", "account_ref": "c" } });
    world
        .organizer
        .post(&world.path("funds"), body)
        .await
        .expect_problem(409, "code_taken");
}

async fn other_content(app: TestApp) {
    let world = World::found(app).await;
    let policy = world.policy(None).await;
    let fund = world.fund("D11-2026").await;
    let small = world.propose(&fund, &policy, 100).await;
    let large = world.propose(&fund, &policy, 5_000_000).await;
    world.decide(&small.id()).await;
    world.app.drain().await;
    let large = format!("/v1/assessments/{}", large.id());
    world
        .treasurer
        .transition(&large, "issue", None)
        .await
        .expect_problem(409, "mandate_missing");
    world
        .organizer
        .transition(&large, "cancel", None)
        .await
        .expect(200);
    world
        .treasurer
        .transition(&large, "issue", None)
        .await
        .expect_problem(409, "illegal_transition");
}
