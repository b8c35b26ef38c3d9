//! Classes and owners of members, and what members see of each other.

use serde_json::json;

use super::levies::amounts;
use super::levies::by_revenue;
use super::levies::create;
use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    classes_and_owners_count_as_of_the_snapshot_day => placements;
    members_see_of_others_what_the_policy_says => visibility;
}

async fn placements(app: TestApp) {
    let world = World::found(app).await;
    let place = |member: usize, class: &str, owner: Option<&str>, from: &str| {
        let body = json!({ "class": class, "owner": owner, "valid_from": from });
        let path = format!("/v1/memberships/{}/placements", world.memberships[member]);
        let organizer = world.organizer.clone();
        async move {
            organizer.post(&path, body).await.expect(201);
        }
    };
    for member in 0..3 {
        place(member, "director", Some("Lake Holding"), "2026-01-01").await;
    }
    place(3, "charity", None, "2026-01-01").await;
    place(4, "member", None, "2026-01-01").await;
    place(4, "director", None, "2026-06-01").await;
    let method = json!({ "direction": "budget", "weights": { "kind": "class_points", "points": { "director": 2, "member": 1 } },
        "exempt_classes": ["charity"] });
    let terms = json!({ "owner_cap_minor": 6_000 });
    let policy = create(&world, "By office", method, terms).await;
    policy.expect(201);
    let tried = async |day: &str| {
        let body = json!({ "policy": { "policy_id": policy.id(), "budget_minor": 10_000 }, "snapshot_date": day });
        world
            .organizer
            .post(&world.path("levy-policies/preview"), body)
            .await
    };
    let found = tried("2026-03-01").await;
    found.expect(200);
    // Three sevenths of weight each would be 8,571: the owner stops at 6,000, and the bakery carries the rest.
    let expected = [2_000, 2_000, 2_000, 0, 4_000].map(Some);
    assert_eq!(amounts(&found, "members", "amount_minor"), expected);
    assert_eq!(found.body["members"][3]["exempt"], true);
    assert_eq!(found.body["members"][0]["owner"], "Lake Holding");
    assert_eq!(
        tried("2026-06-01").await.body["members"][4]["class"],
        "director"
    );
    let before = tried("2025-12-31").await;
    assert_eq!(before.body["errors"], 5, "no class yet");
    let fund = world.fund("D11-2026").await;
    let body = json!({ "budget_minor": 10_000, "policy_id": policy.id(), "snapshot_date": "2026-03-01", "due_on": "2026-10-20" });
    let proposed = world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await;
    proposed.expect(201);
    assert_eq!(
        proposed.body["members"], 4,
        "who is exempt is not in the list"
    );
    assert_eq!(proposed.body["shares"][0]["steps"][1]["step"], "owner_cap");
    let history = world
        .observer
        .get(&format!(
            "/v1/memberships/{}/placements",
            world.memberships[4]
        ))
        .await;
    assert_eq!(history.body["items"].as_array().map(Vec::len), Some(2));
}

async fn visibility(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.fund("D11-2026").await;
    let mut seen = Vec::new();
    for level in [json!(null), json!("band"), json!("amount")] {
        let terms = json!({ "accept": ["declared"], "visibility": level });
        let policy = create(&world, "By revenue", by_revenue(), terms).await;
        let proposed = world.propose(&fund, &policy.id(), 5_000_000).await;
        let path = format!("/v1/assessments/{}/shares", proposed.id());
        let own = world.owners[0].get(&path).await;
        own.expect(200);
        seen.push(own.body["items"].as_array().expect("items").clone());
        let all = world.observer.get(&path).await;
        assert!(
            all.body["items"]
                .as_array()
                .expect("items")
                .iter()
                .all(|s| s["seen"] == "whole")
        );
    }
    assert_eq!(seen[0].len(), 1, "hidden by default");
    assert_eq!(seen[1].len(), 5);
    assert_eq!(seen[1][0]["seen"], "whole");
    assert_eq!(
        (&seen[1][2]["from_minor"], &seen[1][2]["to_minor"]),
        (&json!(2_000_000), &json!(5_000_000))
    );
    assert!(seen[1][2]["share"].is_null() && seen[1][2]["amount_minor"].is_null());
    assert_eq!(seen[2][2]["amount_minor"], 3_366_820);
    assert!(seen[2][2]["share"].is_null());
}
