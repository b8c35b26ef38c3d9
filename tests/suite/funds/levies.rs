//! Policies in both directions: tried on everybody, compared, adopted, billed with everything that a notice prints.

use guildhall::mandates::Matter;
use serde_json::Value;
use serde_json::json;

use super::world::NOTICES;
use super::world::World;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_policy_is_tried_on_everybody_and_nothing_is_stored => preview;
    two_policies_stand_side_by_side => compare;
    a_published_rule_is_taken_over_with_its_measures => examples;
    a_notice_prints_what_it_is_made_of => printed;
    a_change_of_the_policy_in_use_needs_a_decision => adoption;
}

/// Half a percent of revenue.
fn half_percent() -> Value {
    json!({ "direction": "rate", "rule": { "base": { "kind": "rate", "measure": "annual_revenue", "rate": "0.005" } } })
}

pub fn by_revenue() -> Value {
    json!({ "direction": "budget", "weights": { "kind": "measure", "measure": "annual_revenue" } })
}

pub async fn create(world: &World, name: &str, method: Value, terms: Value) -> Answer {
    let body = json!({ "name": name, "method": method, "terms": terms });
    world
        .organizer
        .post(&world.path("levy-policies"), body)
        .await
}

pub fn amounts(answer: &Answer, list: &str, field: &str) -> Vec<Option<i64>> {
    let items = answer.body[list].as_array().expect("a list");
    items.iter().map(|item| item[field].as_i64()).collect()
}

async fn preview(app: TestApp) {
    let mut world = World::found(app).await;
    let path = world.path("levy-policies/preview");
    let draft = |method: Value| json!({ "name": "Draft", "method": method, "terms": { "accept": ["declared"] } });
    let body = json!({ "policy": { "draft": draft(by_revenue()), "budget_minor": 5_000_000 }, "snapshot_date": "2026-01-01" });
    let found = world.observer.post(&path, body.clone()).await;
    found.expect(200);
    let expected: Vec<_> = NOTICES.iter().map(|amount| Some(*amount)).collect();
    assert_eq!(amounts(&found, "members", "amount_minor"), expected);
    assert_eq!(found.body["total_minor"], 5_000_000);
    let first = &found.body["members"][0];
    assert_eq!(first["sizes"][0]["value"], 320_000_000);
    assert_eq!(first["steps"][0]["step"], "weight");
    world.owners[0]
        .post(&path, body)
        .await
        .expect_problem(403, "role_required");
    let bands = json!({ "direction": "rate", "rule": { "base": { "kind": "bands", "measure": "annual_revenue",
        "bands": [{ "from": 50_000_000, "amount": 300_000 }, { "from": 200_000_000, "amount": 800_000 }] } } });
    world.join("newcomer", None).await;
    let placement = json!({ "class": "=cmd", "valid_from": "2026-01-01" });
    let placements = format!("/v1/memberships/{}/placements", world.memberships[5]);
    world
        .organizer
        .post(&placements, placement)
        .await
        .expect(201);
    let body = json!({ "policy": { "draft": draft(bands) }, "snapshot_date": "2026-01-01" });
    let found = world.treasurer.post(&path, body.clone()).await;
    found.expect(200);
    // print-shop lies below the first band, and the newcomer states nothing: both are told at once.
    assert_eq!(found.body["errors"], 2);
    assert_eq!(
        found.body["members"][3]["error"]["code"],
        "below_first_band"
    );
    assert_eq!(found.body["members"][5]["error"]["code"], "measure_missing");
    assert_eq!(found.body["total_minor"], 800_000 * 2 + 300_000 * 2);
    assert_eq!(found.body["warnings"][0]["by"], "500000");
    let csv = world
        .treasurer
        .post(&format!("{path}?format=csv"), body)
        .await;
    csv.expect(200);
    let lines: Vec<&str> = csv.text.split("\r\n").collect();
    assert!(lines[0].starts_with("membership_id,merchant_name,class"));
    assert_eq!(lines.len(), 8);
    assert!(lines[6].contains(",'=cmd,"), "{}", lines[6]);
    assert!(lines[6].ends_with(",measure_missing"));
    let list = world.observer.get(&world.path("levy-policies")).await;
    assert_eq!(list.body["items"], json!([]));
}

async fn compare(app: TestApp) {
    let world = World::found(app).await;
    let policy = world.policy(None).await;
    let path = world.path("levy-policies/compare");
    let equal = json!({ "name": "Equal", "method": { "direction": "budget", "weights": { "kind": "equal" } } });
    let body = json!({ "left": { "policy_id": policy, "budget_minor": 5_000_000 },
        "right": { "draft": equal, "budget_minor": 5_000_000 }, "snapshot_date": "2026-01-01" });
    let found = world.organizer.post(&path, body.clone()).await;
    found.expect(200);
    let (more, less) = (&found.body["pay_more"], &found.body["pay_less"]);
    assert_eq!((more, less), (&json!(4), &json!(1)));
    assert_eq!(
        found.body["left_total_minor"],
        found.body["right_total_minor"]
    );
    let biggest = &found.body["biggest_changes"][0];
    assert_eq!(biggest["merchant_name"], "silk-shop");
    assert_eq!(biggest["difference_minor"], 1_000_000 - 3_366_820);
    let csv = world
        .organizer
        .post(&format!("{path}?format=csv"), body)
        .await;
    assert!(
        csv.text
            .contains(",silk-shop,CNY,3366820,1000000,-2366820\r\n"),
        "{}",
        csv.text
    );
    let neither = json!({ "left": {}, "right": {}, "snapshot_date": "2026-01-01" });
    let refused = world.organizer.post(&path, neither).await;
    refused.expect_problem(422, "validation_failed");
    let refused = world
        .organizer
        .post(&format!("{path}?format=xml"), json!({}))
        .await;
    assert_eq!(refused.status, 400);
}

async fn examples(app: TestApp) {
    let world = World::found(app).await;
    let list = world.app.nobody().get("/v1/levy-examples").await;
    list.expect(200);
    let items = list.body["items"].as_array().expect("items");
    assert_eq!(items.len(), 31);
    assert!(
        items
            .iter()
            .all(|item| item["source"].as_str().is_some_and(|s| !s.is_empty()))
    );
    let one = world
        .app
        .nobody()
        .get("/v1/levy-examples/south-bank-2014")
        .await;
    assert_eq!(one.body["rule"]["currency"], "GBP");
    world
        .app
        .nobody()
        .get("/v1/levy-examples/none")
        .await
        .expect_problem(404, "not_found");
    let path = world.path("levy-policies/from-example");
    let tiers = json!({ "example": "revenue-tiers-2025", "name": "Dues" });
    let taken = world.organizer.post(&path, tiers.clone()).await;
    taken.expect(201);
    assert_eq!(taken.body["direction"], "rate");
    assert_eq!(taken.body["warnings"].as_array().map(Vec::len), Some(4));
    let again = world.organizer.post(&path, tiers).await;
    assert_eq!(again.body["number"], 2);
    assert_eq!(again.body["content_hash"], taken.body["content_hash"]);
    let foreign = json!({ "example": "san-diego-tmd-2013" });
    let refused = world.organizer.post(&path, foreign).await;
    refused.expect_problem(422, "rule_invalid");
    assert_eq!(refused.body["params"]["reason"], "other_currency");
    let foreign = json!({ "example": "san-diego-tmd-2013", "numbers_as_they_are": true });
    world.organizer.post(&path, foreign).await.expect(201);
    let measures = world.observer.get(&world.path("measures")).await;
    let keys: Vec<&str> = measures.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|m| m["key"].as_str())
        .collect();
    assert!(
        keys.contains(&"rooms") && keys.contains(&"room_revenue"),
        "{keys:?}"
    );
}

async fn printed(app: TestApp) {
    let world = World::found(app).await;
    let policy = create(
        &world,
        "Half a percent",
        half_percent(),
        json!({ "accept": ["declared"], "instalments": 2 }),
    )
    .await;
    policy.expect(201);
    let fund = world.fund("D11-2026").await;
    let body = json!({ "policy_id": policy.id(), "snapshot_date": "2026-01-01", "due_on": "2026-10-20",
        "tax": { "label": "VAT", "rate": "6 %", "amounts": [{ "membership_id": world.memberships[3], "amount_minor": 12_877 }] } });
    let proposed = world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await;
    proposed.expect(201);
    // 0.5 % of 18,415,000.00.
    assert_eq!(proposed.body["budget_minor"], 9_207_500);
    assert_eq!(proposed.body["shares"][3]["amount_minor"], 227_500);
    world.decide(&proposed.id()).await;
    let assessment = format!("/v1/assessments/{}", proposed.id());
    world
        .treasurer
        .transition(&assessment, "issue", None)
        .await
        .expect(200);
    let own = world.owners[3].get(&format!("{fund}/levy-notices")).await;
    let notice = format!(
        "/v1/levy-notices/{}",
        own.body["items"][0]["id"].as_str().expect("an id")
    );
    let notice = world.owners[3].get(&notice).await;
    notice.expect(200);
    let view = &notice.body;
    assert_eq!(view["policy_id"], json!(policy.id()));
    assert_eq!(view["policy_version"], 1);
    assert_eq!(view["snapshot_date"], "2026-01-01");
    assert_eq!(view["share"]["sizes"][0]["measure"], "annual_revenue");
    assert!(view["share"]["sizes"][0]["fact_id"].is_string());
    assert_eq!(view["share"]["exact_share"], "227500");
    assert_eq!(view["share"]["rounding"], "0");
    assert_eq!(view["share"]["steps"][0]["step"], "rate");
    assert_eq!(
        view["instalments"],
        json!([{ "due_on": "2026-10-20", "amount_minor": 113_750 },
        { "due_on": "2026-11-20", "amount_minor": 113_750 }])
    );
    assert_eq!(view["tax"]["amount_minor"], 12_877);
    assert!(
        view["decision"]
            .as_str()
            .is_some_and(|d| d.starts_with("ballot:"))
    );
    assert!(view["dispute"].is_string());
    let mail = world.app.mails_to("print-shop@people.example").await;
    for part in [
        "2026-10-20: 1,137.50",
        "VAT 6 %: 128.77",
        "rate = 227500",
        "Half a percent, version 1",
    ] {
        assert!(mail[0].text.contains(part), "{part}: {}", mail[0].text);
    }
}

async fn adoption(app: TestApp) {
    let world = World::found(app).await;
    world.collecting("FIRST").await;
    let list = world.observer.get(&world.path("levy-policies")).await;
    assert_eq!(list.body["items"][0]["state"], "adopted", "billed under it");
    let new = create(
        &world,
        "Half a percent",
        half_percent(),
        json!({ "accept": ["declared"] }),
    )
    .await;
    new.expect(201);
    let policy = world.path(&format!("levy-policies/{}", new.id()));
    let fund = world.fund("SECOND").await;
    let body =
        json!({ "policy_id": new.id(), "snapshot_date": "2026-01-01", "due_on": "2026-10-20" });
    let assessments = format!("{fund}/assessments");
    let assess = || world.organizer.post(&assessments, body.clone());
    let refused = assess().await;
    refused.expect_problem(409, "policy_not_adopted");
    let adopt = || world.organizer.transition(&policy, "adopt", None);
    adopt().await.expect_problem(409, "mandate_missing");
    let alliance = world.alliance.to_string();
    world
        .app
        .decide(&alliance, Matter::LevyPolicy, &new.id())
        .await;
    let both = futures_util::future::join(adopt(), adopt()).await;
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200, "{both:?}");
    assert!(statuses[1] == 409 || statuses[1] == 412, "{both:?}");
    let adopted = world.observer.get(&policy).await;
    assert_eq!(adopted.body["state"], "adopted");
    assert!(adopted.body["mandate_id"].is_string());
    adopt().await.expect_problem(409, "illegal_transition");
    assess().await.expect(201);
    // The same content under another name needs no decision again.
    let same = create(
        &world,
        "Renamed",
        half_percent(),
        json!({ "accept": ["declared"] }),
    )
    .await;
    let same = world.path(&format!("levy-policies/{}", same.id()));
    world
        .organizer
        .transition(&same, "adopt", None)
        .await
        .expect(200);
}
