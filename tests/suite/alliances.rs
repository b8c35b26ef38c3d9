//! Alliances: founding, joining, roles, invitations.

use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    a_merchant_applies_and_becomes_a_member => applies;
    a_declared_size_is_verified_by_the_alliance => size_is_verified;
}

/// An alliance that lists itself.
async fn listed(organizer: &Person) -> String {
    let id = organizer.found_alliance("West Lake").await;
    let path = format!("/v1/alliances/{id}");
    organizer
        .patch(&path, json!({ "listed": true }))
        .await
        .expect(200);
    id
}

/// A member of the alliance: merchant and membership.
async fn join(organizer: &Person, merchant_staff: &Person, alliance: &str) -> (String, String) {
    let merchant = merchant_staff.found_merchant("Tea House").await;
    let body = json!({ "merchant_id": merchant });
    let path = format!("/v1/alliances/{alliance}/memberships");
    let applied = merchant_staff.post(&path, body).await;
    applied.expect(201);
    assert_eq!(applied.body["state"], "applied");
    let membership = applied.id();
    let path = format!("/v1/memberships/{membership}");
    let approved = organizer.transition(&path, "approve", None).await;
    approved.expect(200);
    assert_eq!(approved.body["state"], "active");
    (merchant, membership)
}

async fn applies(app: TestApp) {
    let (olga, mei) = (app.person("olga").await, app.person("mei").await);
    let alliance = listed(&olga).await;
    let (_, membership) = join(&olga, &mei, &alliance).await;
    let seen = mei.get(&format!("/v1/alliances/{alliance}")).await;
    seen.expect(200);
    assert_eq!(seen.body["roles"], json!(["member"]));
    let path = format!("/v1/memberships/{membership}");
    let again = olga.transition(&path, "approve", None).await;
    again.expect_problem(409, "illegal_transition");
    assert_eq!(
        again.body["params"]["allowed"],
        json!(["suspend", "leave", "expel"])
    );
}

async fn size_is_verified(app: TestApp) {
    let (olga, mei) = (app.person("olga").await, app.person("mei").await);
    let alliance = listed(&olga).await;
    let (merchant, _) = join(&olga, &mei, &alliance).await;
    let path = format!("/v1/merchants/{merchant}/size-facts");
    let body = json!({ "measure": "annual_revenue", "value": 120_000_000, "unit": "CNY", "valid_from": "2026-01-01" });
    let declared = mei.post(&path, body).await;
    declared.expect(201);
    let verify = format!("{path}/{}/verify", declared.id());
    mei.post_bare(&verify)
        .await
        .expect_problem(403, "role_required");
    let verified = olga.post_bare(&verify).await;
    verified.expect(200);
    assert_eq!(verified.body["status"], "verified");
    assert_eq!(verified.body["supersedes"], declared.body["id"]);
}
