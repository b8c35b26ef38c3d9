//! Sizes behind a levy: of their day, as far as they were known, with the evidence that the by-laws ask for.

use serde_json::Value;
use serde_json::json;

use super::world::World;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_size_counts_from_its_day_and_only_once_it_is_known => effective_dated;
    statements_of_one_status_share_no_day_and_are_corrected_by_name => overlaps;
    the_by_laws_ask_for_evidence_from_an_amount_on => evidence;
    a_measure_has_one_unit_and_is_defined_before_it_is_used => units;
}

/// The path of a member's sizes.
async fn facts(world: &World, member: usize) -> String {
    let path = format!("/v1/memberships/{}", world.memberships[member]);
    let found = world.owners[member].get(&path).await;
    let merchant = found.body["merchant_id"].as_str().expect("a merchant");
    format!("/v1/merchants/{merchant}/size-facts")
}

async fn declare(world: &World, member: usize, body: Value) -> Answer {
    let path = facts(world, member).await;
    world.owners[member].post(&path, body).await
}

/// Proposes what a policy charges for a snapshot day; answers the amount of the first member.
async fn charged(world: &World, fund: &str, policy: &str, day: &str) -> (String, Value) {
    let body = json!({ "policy_id": policy, "snapshot_date": day, "due_on": "2031-10-20" });
    let proposed = world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await;
    proposed.expect(201);
    (
        proposed.id(),
        proposed.body["shares"][0]["amount_minor"].clone(),
    )
}

/// Acceptance scenario 12 of fund.md.
async fn effective_dated(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to("2031-08-05T00:00:00Z").await;
    let purchases = |value: i64, from: &str| json!({ "measure": "purchases", "value": value, "unit": "CNY", "valid_from": from });
    declare(&world, 0, purchases(120_000_000, "2031-01-01"))
        .await
        .expect(201);
    let body = json!({ "name": "Half a percent",
        "method": { "direction": "rate", "rule": { "base": { "kind": "rate", "measure": "purchases", "rate": "0.005" } } },
        "terms": { "accept": ["declared"], "fallback": { "purchases": 0 } } });
    let policy = world
        .organizer
        .post(&world.path("levy-policies"), body)
        .await;
    policy.expect(201);
    let policy = policy.id();
    let fund = world.fund("D11-2031").await;
    let (early, amount) = charged(&world, &fund, &policy, "2031-07-01").await;
    assert_eq!(amount, 600_000, "the larger size is not known yet");
    world.decide(&early).await;
    let path = format!("/v1/assessments/{early}");
    world
        .treasurer
        .transition(&path, "issue", None)
        .await
        .expect(200);
    world.app.clock_to("2031-08-10T00:00:00Z").await;
    let stated = declare(&world, 0, purchases(150_000_000, "2031-07-01")).await;
    stated.expect(201);
    let verify = format!("{}/{}/verify", facts(&world, 0).await, stated.id());
    world.organizer.post_bare(&verify).await.expect(200);
    world.app.clock_to("2031-08-20T00:00:00Z").await;
    assert_eq!(
        charged(&world, &fund, &policy, "2031-06-30").await.1,
        600_000
    );
    assert_eq!(
        charged(&world, &fund, &policy, "2031-07-01").await.1,
        750_000
    );
    let notices = world.owners[0].get(&format!("{fund}/levy-notices")).await;
    assert_eq!(
        notices.body["items"][0]["amount_minor"], 600_000,
        "an issued notice never changes"
    );
    let size = facts(&world, 0)
        .await
        .replace("/size-facts", "/size?measure=purchases&day=2031-07-01");
    let now = world.organizer.get(&size).await;
    assert_eq!(
        (&now.body["value"], &now.body["status"]),
        (&json!(150_000_000), &json!("verified"))
    );
    let then = world.owners[0]
        .get(&format!("{size}&known_at=2031-08-06T00:00:00Z"))
        .await;
    assert_eq!(
        (&then.body["value"], &then.body["status"]),
        (&json!(120_000_000), &json!("declared"))
    );
    let strict = world
        .organizer
        .get(&format!(
            "{size}&known_at=2031-08-06T00:00:00Z&accept=verified"
        ))
        .await;
    assert!(strict.body["value"].is_null());
    let broken = world
        .organizer
        .get(&size.replace("2031-07-01", "July"))
        .await;
    broken.expect_problem(400, "invalid_parameter");
}

async fn overlaps(app: TestApp) {
    let world = World::found(app).await;
    let size = |value: i64, from: &str, to: Option<&str>| json!({ "measure": "outlets", "value": value, "unit": "count", "valid_from": from, "valid_to": to });
    let first = declare(&world, 0, size(3, "2031-01-01", Some("2032-01-01"))).await;
    first.expect(201);
    let refused = declare(&world, 0, size(4, "2031-12-31", None)).await;
    refused.expect_problem(422, "size_overlaps");
    assert_eq!(refused.body["params"]["overlaps"], json!(first.id()));
    assert_eq!(refused.body["params"]["valid_to"], "2032-01-01");
    declare(&world, 0, size(4, "2032-01-01", None))
        .await
        .expect(201);
    let mut correction = size(5, "2031-01-01", Some("2032-01-01"));
    correction["supersedes"] = json!(first.id());
    let corrected = declare(&world, 0, correction.clone()).await;
    corrected.expect(201);
    declare(&world, 0, correction)
        .await
        .expect_problem(409, "size_superseded");
    let path = facts(&world, 0).await;
    let verified = world
        .organizer
        .post_bare(&format!("{path}/{}/verify", corrected.id()))
        .await;
    verified.expect(200);
    let mut correction = size(6, "2031-01-01", Some("2032-01-01"));
    correction["supersedes"] = json!(verified.id());
    let refused = declare(&world, 0, correction).await;
    refused.expect_problem(409, "illegal_transition");
    // An estimate is the alliance's own, and counts where it is accepted.
    let guess =
        json!({ "measure": "outlets", "value": 9, "unit": "count", "valid_from": "2031-01-01" });
    let estimates = format!("{}/estimates", facts(&world, 1).await);
    world
        .organizer
        .post(&estimates, guess.clone())
        .await
        .expect(201);
    world
        .organizer
        .post(&estimates, guess.clone())
        .await
        .expect_problem(422, "size_overlaps");
    world.owners[1]
        .post(&estimates, guess)
        .await
        .expect_problem(403, "role_required");
    let read = facts(&world, 1)
        .await
        .replace("/size-facts", "/size?measure=outlets&day=2031-05-01");
    assert!(world.organizer.get(&read).await.body["value"].is_null());
    let accepted = world
        .organizer
        .get(&format!("{read}&accept=estimated"))
        .await;
    assert_eq!(accepted.body["value"], 9);
    // A disputed statement does not count until it is settled.
    let disputed = world
        .organizer
        .post_bare(&format!("{path}/{}/dispute", verified.id()))
        .await;
    disputed.expect(200);
    let read = path.replace("/size-facts", "/size?measure=outlets&day=2031-05-01");
    assert!(world.organizer.get(&read).await.body["value"].is_null());
    world
        .organizer
        .post_bare(&format!("{path}/{}/verify", disputed.id()))
        .await
        .expect(200);
    assert_eq!(world.organizer.get(&read).await.body["value"], 5);
}

async fn evidence(app: TestApp) {
    let world = World::found(app).await;
    let laws = json!({ "evidence": [{ "measure": "annual_revenue", "from_value": 320_000_000 }] });
    world
        .organizer
        .post(&world.path("by-laws"), laws)
        .await
        .expect(201);
    let policy = world.policy(None).await;
    let fund = world.fund("D11-2026").await;
    let refused = world.propose(&fund, &policy, 5_000_000).await;
    refused.expect_problem(422, "evidence_missing");
    assert_eq!(refused.body["params"]["from_value"], 320_000_000);
    let members = refused.body["params"]["members"]
        .as_array()
        .expect("members");
    let names: Vec<_> = members.iter().map(|m| m["name"].clone()).collect();
    assert_eq!(names, ["tea-house", "silk-shop"], "both at once");
    for member in [0, 2] {
        let path = facts(&world, member).await;
        let list = world.organizer.get(&path).await;
        let fact = list.body["items"][0]["id"].as_str().expect("an id");
        world
            .organizer
            .post_bare(&format!("{path}/{fact}/verify"))
            .await
            .expect(200);
    }
    let proposed = world.propose(&fund, &policy, 5_000_000).await;
    proposed.expect(201);
    assert_eq!(proposed.body["shares"][0]["size_status"], "verified");
    assert_eq!(proposed.body["shares"][1]["size_status"], "declared");
}

async fn units(app: TestApp) {
    let world = World::found(app).await;
    let body = json!({ "name": "By feet", "measure": "front_feet", "accept_declared": true });
    let refused = world
        .organizer
        .post(&world.path("levy-policies"), body.clone())
        .await;
    refused.expect_problem(422, "measure_unknown");
    assert_eq!(refused.body["params"]["measures"], json!(["front_feet"]));
    let measure = json!({ "key": "front_feet", "unit": "feet", "money": false, "scale": 1, "description": "Length of the front" });
    let measures = world.path("measures");
    world
        .organizer
        .post(&measures, measure.clone())
        .await
        .expect(201);
    world
        .organizer
        .post(&measures, measure)
        .await
        .expect_problem(409, "measure_exists");
    let dollars = json!({ "key": "sales", "unit": "USD", "money": true, "description": "Sales" });
    let refused = world.organizer.post(&measures, dollars).await;
    refused.expect_problem(422, "validation_failed");
    assert_eq!(refused.body["errors"][0]["code"], "other_currency");
    let policy = world
        .organizer
        .post(&world.path("levy-policies"), body)
        .await;
    policy.expect(201);
    for member in 0..5 {
        let unit = if member == 4 { "metres" } else { "feet" };
        let size = json!({ "measure": "front_feet", "value": 25, "unit": unit, "valid_from": "2026-01-01" });
        declare(&world, member, size).await.expect(201);
    }
    let fund = world.fund("D11-2026").await;
    let refused = world.propose(&fund, &policy.id(), 1_000).await;
    refused.expect_problem(422, "measure_unit_mismatch");
    assert_eq!(refused.body["params"]["expected"], "feet");
    assert_eq!(refused.body["params"]["members"][0]["name"], "bakery");
}
