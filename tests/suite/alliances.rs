//! Alliances: founding, by-laws, joining.

use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use serde_json::json;

on_both! {
    an_alliance_is_hidden_from_strangers_until_it_is_listed => hidden_until_listed;
    by_laws_are_adopted_in_versions => by_laws;
    a_merchant_applies_and_becomes_a_member => applies;
    an_invited_merchant_decides_for_itself => invited_merchant;
    an_application_is_decided_by_the_other_side => first_steps;
    a_membership_takes_its_steps_from_the_right_side => sides;
    a_platform_admin_reads_names_and_nothing_more => admin_reads;
    of_many_applications_of_one_merchant_one_stands => application_race;
}

/// An alliance that lists itself.
pub async fn listed(organizer: &Person) -> String {
    let id = organizer.found_alliance("West Lake").await;
    let path = format!("/v1/alliances/{id}");
    organizer
        .patch(&path, json!({ "listed": true }))
        .await
        .expect(200);
    id
}

/// A member of the alliance: its merchant and its membership.
pub async fn join(organizer: &Person, staff: &Person, alliance: &str) -> (String, String) {
    let merchant = staff.found_merchant("Tea House").await;
    let membership = apply(staff, alliance, &merchant).await;
    let path = format!("/v1/memberships/{membership}");
    let approved = organizer.transition(&path, "approve", None).await;
    approved.expect(200);
    assert_eq!(approved.body["state"], "active");
    (merchant, membership)
}

async fn apply(staff: &Person, alliance: &str, merchant: &str) -> String {
    let body = json!({ "merchant_id": merchant });
    let path = format!("/v1/alliances/{alliance}/memberships");
    let applied = staff.post(&path, body).await;
    applied.expect(201);
    assert_eq!(applied.body["state"], "applied");
    applied.id()
}

/// Gives a person a role.
pub async fn grant(organizer: &Person, alliance: &str, person: &Person, role: &str) -> String {
    let path = format!("/v1/alliances/{alliance}/role-grants");
    let body = json!({ "email": person.email, "role": role });
    let granted = organizer.post(&path, body).await;
    granted.expect(201);
    format!("{path}/{}", granted.id())
}

async fn hidden_until_listed(app: TestApp) {
    let (olga, mei) = (app.person("olga").await, app.person("mei").await);
    let id = olga.found_alliance("West Lake").await;
    let path = format!("/v1/alliances/{id}");
    mei.get(&path).await.expect_problem(404, "not_found");
    let cards = "/v1/alliances?listed=true";
    assert_eq!(mei.get(cards).await.body["items"], json!([]));
    let seen = olga.get(&path).await;
    assert_eq!(seen.body["roles"], json!(["organizer"]));
    assert_eq!(seen.body["time_zone"], "Asia/Shanghai");
    mei.patch(&path, json!({ "listed": true }))
        .await
        .expect_problem(404, "not_found");
    let listing = olga.patch(&path, json!({ "listed": true })).await;
    listing.expect(200);
    let card = mei.get(&path).await;
    card.expect(200);
    let mut names: Vec<&str> = card
        .body
        .as_object()
        .expect("a card")
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["id", "kind", "locale", "member_count", "name"]);
    assert_eq!(mei.get(cards).await.body["items"][0], card.body);
    assert_eq!(mei.get("/v1/alliances").await.body["items"], json!([]));
    assert_eq!(
        olga.get("/v1/alliances").await.body["items"][0]["id"],
        id.as_str()
    );
    mei.patch(&path, json!({ "name": "Mine" }))
        .await
        .expect(404);
    mei.get("/v1/alliances?listed=maybe")
        .await
        .expect_problem(400, "invalid_parameter");
    olga.patch(&path, json!({ "time_zone": "Asia/Atlantis" }))
        .await
        .expect_problem(422, "validation_failed");
    let body = |zone: &str, currency: &str| json!({ "name": "A", "kind": "brand", "time_zone": zone, "currency": currency, "locale": "en" });
    for body in [body("Mars/Olympus", "CNY"), body("Europe/Paris", "XYZ")] {
        mei.post("/v1/alliances", body)
            .await
            .expect_problem(422, "validation_failed");
    }
}

async fn by_laws(app: TestApp) {
    let (olga, tom, mei) = (
        app.person("olga").await,
        app.person("tom").await,
        app.person("mei").await,
    );
    let id = olga.found_alliance("West Lake").await;
    grant(&olga, &id, &tom, "treasurer").await;
    let path = format!("/v1/alliances/{id}/by-laws");
    let body = json!({ "unsealers": 3 });
    tom.post(&path, body.clone())
        .await
        .expect_problem(403, "role_required");
    mei.post(&path, body.clone())
        .await
        .expect_problem(404, "not_found");
    mei.get(&path).await.expect_problem(404, "not_found");
    let first = olga.post(&path, body).await;
    first.expect(201);
    assert_eq!(first.body["number"], 1);
    assert_eq!(first.body["content"]["unsealers"], 3);
    assert_eq!(first.body["content"]["campaign_recipients"], 5_000);
    let second = olga.post(&path, json!({})).await;
    assert_eq!(second.body["number"], 2);
    assert_eq!(second.body["content"]["unsealers"], 2);
    olga.post(&path, json!({ "unsealers": 1 }))
        .await
        .expect_problem(422, "validation_failed");
    olga.post(&path, json!({ "unsealer": 2 }))
        .await
        .expect_problem(400, "invalid_body");
    let versions = tom.get(&path).await;
    assert_eq!(versions.body["items"].as_array().map(Vec::len), Some(2));
}

async fn applies(app: TestApp) {
    let (olga, mei, lin) = (
        app.person("olga").await,
        app.person("mei").await,
        app.person("lin").await,
    );
    let alliance = listed(&olga).await;
    let (merchant, membership) = join(&olga, &mei, &alliance).await;
    let seen = mei.get(&format!("/v1/alliances/{alliance}")).await;
    assert_eq!(seen.body["roles"], json!(["member"]));
    let path = format!("/v1/alliances/{alliance}/memberships");
    let again = mei.post(&path, json!({ "merchant_id": merchant })).await;
    again.expect_problem(409, "already_member");
    // Another's merchant is nobody's business.
    lin.post(&path, json!({ "merchant_id": merchant }))
        .await
        .expect_problem(404, "not_found");
    lin.get(&path).await.expect_problem(404, "not_found");
    lin.get(&format!("/v1/memberships/{membership}"))
        .await
        .expect_problem(404, "not_found");
    let names = mei.get(&format!("{path}?state=active")).await;
    assert_eq!(names.body["items"][0]["merchant_name"], "Tea House");
    let none = mei.get(&format!("{path}?state=applied")).await;
    assert_eq!(none.body["items"], json!([]));
    mei.get(&format!("{path}?state=happy"))
        .await
        .expect_problem(400, "invalid_parameter");
    let subjects: Vec<String> = app.mails().await.into_iter().map(|m| m.subject).collect();
    assert!(
        subjects
            .iter()
            .any(|s| s.contains("Tea House asks to join West Lake"))
    );
    assert!(
        subjects
            .iter()
            .any(|s| s.contains("Tea House has joined West Lake"))
    );
}

async fn invited_merchant(app: TestApp) {
    let (olga, mei, lin) = (
        app.person("olga").await,
        app.person("mei").await,
        app.person("lin").await,
    );
    let alliance = olga.found_alliance("West Lake").await;
    let merchant = mei.found_merchant("Tea House").await;
    let path = format!("/v1/alliances/{alliance}/memberships");
    let body = json!({ "merchant_id": merchant });
    mei.post(&path, body.clone())
        .await
        .expect_problem(404, "not_found");
    let nobody = json!({ "merchant_id": "01890a5d-ac96-774b-bcce-b302099a8057" });
    olga.post(&path, nobody)
        .await
        .expect_problem(404, "not_found");
    let invited = olga.post(&path, body).await;
    invited.expect(201);
    assert_eq!(invited.body["state"], "invited");
    let of_mei = format!("/v1/merchants/{merchant}/memberships");
    let found = mei.get(&of_mei).await;
    assert_eq!(found.body["items"][0]["id"], invited.id().as_str());
    lin.get(&of_mei).await.expect_problem(404, "not_found");
    let one = format!("/v1/memberships/{}", invited.id());
    olga.transition(&one, "approve", None)
        .await
        .expect_problem(403, "role_required");
    lin.transition(&one, "approve", None)
        .await
        .expect_problem(404, "not_found");
    mei.transition(&one, "approve", None).await.expect(200);
    // A member knows the alliance; it still takes no applications.
    let second = mei.found_merchant("Tea Garden").await;
    mei.post(&path, json!({ "merchant_id": second }))
        .await
        .expect_problem(409, "alliance_not_listed");
    let third = lin.found_merchant("Wine Cellar").await;
    let offered = olga.post(&path, json!({ "merchant_id": third })).await;
    let offered = format!("/v1/memberships/{}", offered.id());
    lin.transition(&offered, "decline", None).await.expect(200);
    olga.post(&path, json!({ "merchant_id": third }))
        .await
        .expect(201);
}

async fn first_steps(app: TestApp) {
    let (olga, mei, tom) = (
        app.person("olga").await,
        app.person("mei").await,
        app.person("tom").await,
    );
    let alliance = listed(&olga).await;
    grant(&olga, &alliance, &tom, "observer").await;
    let merchant = mei.found_merchant("Tea House").await;
    let applied = apply(&mei, &alliance, &merchant).await;
    let applied = format!("/v1/memberships/{applied}");
    tom.get(&applied).await.expect(200);
    mei.transition(&applied, "approve", None)
        .await
        .expect_problem(403, "role_required");
    tom.transition(&applied, "decline", None)
        .await
        .expect_problem(403, "role_required");
    olga.post_bare(&format!("{applied}/approve"))
        .await
        .expect_problem(428, "precondition_required");
    let headers = [("if-match", "\"v7\"")];
    olga.post_with(&format!("{applied}/approve"), &headers, json!({}))
        .await
        .expect_problem(412, "precondition_failed");
    let declined = olga.transition(&applied, "decline", None).await;
    declined.expect(200);
    assert_eq!(declined.body["state"], "declined");
    // Turned down is not turned away: it may ask again, and think better of it.
    let again = apply(&mei, &alliance, &merchant).await;
    let again = format!("/v1/memberships/{again}");
    mei.transition(&again, "decline", None).await.expect(200);
}

async fn sides(app: TestApp) {
    let (olga, mei, tom) = (
        app.person("olga").await,
        app.person("mei").await,
        app.person("tom").await,
    );
    let alliance = listed(&olga).await;
    grant(&olga, &alliance, &tom, "treasurer").await;
    let (_, membership) = join(&olga, &mei, &alliance).await;
    let path = format!("/v1/memberships/{membership}");
    for event in ["suspend", "reinstate", "expel"] {
        for person in [&mei, &tom] {
            person
                .transition(&path, event, None)
                .await
                .expect_problem(403, "role_required");
        }
    }
    olga.transition(&path, "leave", None)
        .await
        .expect_problem(403, "role_required");
    let again = olga.transition(&path, "approve", None).await;
    again.expect_problem(409, "illegal_transition");
    assert_eq!(
        again.body["params"],
        json!({ "state": "active", "event": "approve", "allowed": ["suspend", "leave", "expel"] })
    );
    olga.transition(&path, "suspend", None).await.expect(200);
    // Rights rest, but it still belongs to the alliance.
    let seen = mei.get(&format!("/v1/alliances/{alliance}")).await;
    assert_eq!(seen.body["roles"], json!([]));
    mei.get(&format!("/v1/alliances/{alliance}/memberships"))
        .await
        .expect_problem(403, "role_required");
    olga.transition(&path, "reinstate", None).await.expect(200);
    let left = mei.transition(&path, "leave", None).await;
    left.expect(200);
    assert!(left.body["ended_at"].is_string());
    olga.transition(&path, "expel", None)
        .await
        .expect_problem(409, "illegal_transition");
    let (_, membership) = join(&olga, &mei, &alliance).await;
    let path = format!("/v1/memberships/{membership}");
    let undecided = olga.transition(&path, "expel", None).await;
    undecided.expect_problem(409, "mandate_missing");
    let letters = app.mails_to(&mei.email).await;
    for word in ["suspended", "reinstated"] {
        assert!(letters.iter().any(|m| m.subject.contains(word)), "{word}");
    }
}

async fn admin_reads(app: TestApp) {
    let olga = app.person("olga").await;
    let (email, password) = ("root@people.example", "four words make it");
    guildhall::accounts::create_admin(app.ctx(), email, password)
        .await
        .expect("made");
    let login = json!({ "email": email, "password": password });
    let login = app.nobody().post("/v1/auth/login", login).await;
    let token = login.body["access_token"].as_str().expect("a token");
    let admin = app.nobody().with_token(token);
    let path = format!("/v1/alliances/{}", olga.found_alliance("West Lake").await);
    let seen = admin.get(&path).await;
    seen.expect(200);
    assert_eq!(seen.body["roles"], json!([]));
    admin.get(&format!("{path}/memberships")).await.expect(200);
    for hidden in ["by-laws", "role-grants", "invitations"] {
        admin
            .get(&format!("{path}/{hidden}"))
            .await
            .expect_problem(404, "not_found");
    }
    admin
        .patch(&path, json!({ "name": "Mine" }))
        .await
        .expect_problem(404, "not_found");
}

async fn application_race(app: TestApp) {
    let (olga, mei) = (app.person("olga").await, app.person("mei").await);
    let alliance = listed(&olga).await;
    let merchant = mei.found_merchant("Tea House").await;
    let path = format!("/v1/alliances/{alliance}/memberships");
    let body = json!({ "merchant_id": merchant });
    let answers = join_all((0..6).map(|_| mei.post(&path, body.clone()))).await;
    let won = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(won, 1, "{answers:?}");
    for lost in answers.iter().filter(|a| a.status != 201) {
        lost.expect_problem(409, "already_member");
    }
}
