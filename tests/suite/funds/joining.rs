//! Who joins pays the founders' price for the days that are left; the true-up settles the season once.

use serde_json::Value;
use serde_json::json;

use super::world::World;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_joiner_half_way_lowers_everybodys_season => join_half_way;
    of_two_who_bill_a_joiner_one_finds_nobody => supplement_race;
}

/// Declares outlets of a member, from before the season on.
async fn declare(world: &World, member: usize, outlets: i64) {
    let path = format!("/v1/memberships/{}", world.memberships[member]);
    let found = world.owners[member].get(&path).await;
    let merchant = found.body["merchant_id"].as_str().expect("a merchant");
    let body = json!({ "measure": "outlets", "value": outlets, "unit": "count", "valid_from": "2026-01-01" });
    let path = format!("/v1/merchants/{merchant}/size-facts");
    world.owners[member].post(&path, body).await.expect(201);
}

/// 12,000.00 over 120 days, a:3 b:1 founders; answers the paths of the fund and of the issued assessment.
async fn founders(world: &World) -> (String, String) {
    declare(world, 0, 3).await;
    declare(world, 1, 1).await;
    let method = json!({ "direction": "budget", "weights": { "kind": "measure", "measure": "outlets" },
        "exempt_below": [{ "measure": "outlets", "value": 1 }] });
    let body = json!({ "name": "By outlets", "method": method, "terms": { "accept": ["declared"], "fallback": { "outlets": 0 } } });
    let policy = world
        .organizer
        .post(&world.path("levy-policies"), body)
        .await;
    policy.expect(201);
    let body = json!({ "name": "Season", "code": "S26", "season_from": "2026-10-01", "season_to": "2027-01-28",
        "custodian": { "holder": "Tea Street", "institution": "Bank of Hangzhou", "account_ref": "6222-1" } });
    let fund = world.organizer.post(&world.path("funds"), body).await;
    let fund = format!("/v1/funds/{}", fund.id());
    let proposed = world.propose(&fund, &policy.id(), 1_200_000).await;
    proposed.expect(201);
    assert_eq!(proposed.body["members"], 2);
    assert_eq!(proposed.body["unit_price"], "300000");
    let assessment = format!("/v1/assessments/{}", proposed.id());
    let body = json!({ "snapshot_date": "2026-11-30", "due_on": "2026-12-15" });
    let early = world
        .organizer
        .post(&format!("{assessment}/supplements"), body)
        .await;
    early.expect_problem(409, "illegal_transition");
    world.decide(&proposed.id()).await;
    world
        .treasurer
        .transition(&assessment, "issue", None)
        .await
        .expect(200);
    (fund, assessment)
}

async fn supplement(world: &World, assessment: &str) -> Answer {
    let body = json!({ "snapshot_date": "2026-11-30", "due_on": "2026-12-15" });
    world
        .organizer
        .post(&format!("{assessment}/supplements"), body)
        .await
}

fn column(answer: &Answer, list: &str, field: &str) -> Vec<Value> {
    let items = answer.body[list].as_array().expect("a list");
    items.iter().map(|item| item[field].clone()).collect()
}

/// Vector `join-half-way` of apportion.json.
async fn join_half_way(app: TestApp) {
    let mut world = World::found(app).await;
    let (fund, assessment) = founders(&world).await;
    supplement(&world, &assessment)
        .await
        .expect_problem(422, "nothing_to_bill");
    // Day 61 in Shanghai begins in the evening of the day before in UTC.
    world.join_on("joiner", None, "2026-11-29T16:00:00Z").await;
    declare(&world, 5, 2).await;
    let joined = supplement(&world, &assessment).await;
    joined.expect(201);
    assert_eq!(joined.body["kind"], "supplement");
    assert_eq!(joined.body["state"], "approved");
    let share = &joined.body["shares"][0];
    assert_eq!(share["amount_minor"], 300_000);
    assert_eq!(share["liable_from"], "2026-11-30");
    assert_eq!(
        share["steps"][2],
        json!({ "step": "prorate_days", "with": "60/120", "value": "300000" })
    );
    let path = format!("/v1/assessments/{}", joined.id());
    world
        .treasurer
        .transition(&path, "issue", None)
        .await
        .expect(200);
    let notices = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(
        column(&notices, "items", "amount_minor"),
        [900_000, 300_000, 300_000]
    );
    let body = json!({ "basis": "budget", "due_on": "2027-01-31" });
    let proposed = world
        .organizer
        .post(&format!("{fund}/true-ups"), body.clone())
        .await;
    proposed.expect(201);
    assert_eq!(proposed.body["total_minor"], 1_200_000);
    assert_eq!(
        column(&proposed, "lines", "billed_minor"),
        [900_000, 300_000, 300_000]
    );
    assert_eq!(
        column(&proposed, "lines", "final_minor"),
        [720_000, 240_000, 240_000]
    );
    assert_eq!(
        column(&proposed, "lines", "adjustment_minor"),
        [-180_000, -60_000, -60_000]
    );
    world
        .organizer
        .post(&format!("{fund}/true-ups"), body)
        .await
        .expect_problem(409, "true_up_exists");
    let true_up = format!("/v1/true-ups/{}", proposed.id());
    let own = world.owners[5].get(&true_up).await;
    assert_eq!(
        column(&own, "lines", "adjustment_minor"),
        [-60_000],
        "a member sees its own"
    );
    settle(&world, &fund, &true_up).await;
}

/// Credit notes go out once; the notices stay as they were issued.
async fn settle(world: &World, fund: &str, true_up: &str) {
    let apply = || world.treasurer.transition(true_up, "apply", None);
    let (a, b) = futures_util::future::join(apply(), apply()).await;
    let mut both = [a, b];
    both.sort_by_key(|answer| answer.status);
    both[0].expect(200);
    assert_eq!(both[0].body["state"], "applied");
    assert!(
        both[1].status == 409 || both[1].status == 412,
        "{}",
        both[1].text
    );
    apply().await.expect_problem(409, "illegal_transition");
    let notes = world.observer.get(&format!("{fund}/credit-notes")).await;
    assert_eq!(
        column(&notes, "items", "amount_minor"),
        [180_000, 60_000, 60_000]
    );
    let notices = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(
        column(&notices, "items", "amount_minor"),
        [900_000, 300_000, 300_000]
    );
    assert_eq!(
        column(&notices, "items", "due_minor"),
        [720_000, 240_000, 240_000]
    );
    let balances = world.balances(fund).await;
    assert_eq!(balances.values().sum::<i64>(), 0);
}

async fn supplement_race(app: TestApp) {
    let mut world = World::found(app).await;
    let (_, assessment) = founders(&world).await;
    world.join_on("joiner", None, "2026-11-29T16:00:00Z").await;
    declare(&world, 5, 2).await;
    let (a, b) = futures_util::future::join(
        supplement(&world, &assessment),
        supplement(&world, &assessment),
    )
    .await;
    let mut both = [a, b];
    both.sort_by_key(|answer| answer.status);
    both[0].expect(201);
    both[1].expect_problem(422, "nothing_to_bill");
}
