//! How people come into an alliance: roles that are granted, invitations by mail.

use crate::alliances::grant;
use crate::alliances::join;
use crate::alliances::listed;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

on_both! {
    roles_are_granted_by_organizers_to_people_with_accounts => roles;
    a_role_ends_but_the_last_organizer_stays => roles_end;
    of_two_organizers_who_remove_each_other_one_stays => organizer_race;
    an_invitation_waits_until_its_reader_has_signed_up => invited_stranger;
    an_invitation_to_a_role_grants_it => invited_treasurer;
    an_invitation_is_answered_by_whom_it_is_for_and_once => answered_once;
    an_invitation_brings_the_merchant_that_is_no_member_yet => invited_owner;
    an_invitation_that_comes_in_several_times_counts_once => acceptance_race;
    what_nobody_answered_expires_after_fourteen_days => expiry;
}

fn invitation(email: &str, role: &str) -> Value {
    json!({ "email": email, "role": role, "locale": "en" })
}

/// Invites, and answers the path of the link's page and that of the invitation.
async fn invite(
    app: &TestApp,
    organizer: &Person,
    alliance: &str,
    body: Value,
) -> (String, String) {
    let email = body["email"].as_str().expect("an address").to_lowercase();
    let path = format!("/v1/alliances/{alliance}/invitations");
    let sent = organizer.post(&path, body).await;
    sent.expect(201);
    let mails = app.mails_to(&email).await;
    let mail = mails
        .iter()
        .rev()
        .find(|mail| mail.text.contains("/r/"))
        .expect("a mail with a link");
    (mail.link("/r/"), format!("/v1/invitations/{}", sent.id()))
}

async fn roles(app: TestApp) {
    let (olga, tom, mei) = (
        app.person("olga").await,
        app.person("tom").await,
        app.person("mei").await,
    );
    let alliance = olga.found_alliance("West Lake").await;
    let path = format!("/v1/alliances/{alliance}/role-grants");
    let body = json!({ "email": tom.email, "role": "treasurer" });
    tom.post(&path, body.clone())
        .await
        .expect_problem(404, "not_found");
    let of_tom = grant(&olga, &alliance, &tom, "treasurer").await;
    olga.post(&path, body)
        .await
        .expect_problem(409, "role_already_granted");
    let me = tom.get("/v1/me").await.id();
    let second = json!({ "user_id": me, "role": "observer" });
    tom.post(&path, second.clone())
        .await
        .expect_problem(403, "role_required");
    olga.post(&path, second).await.expect(201);
    for body in [
        json!({ "role": "observer" }),
        json!({ "user_id": me, "email": tom.email, "role": "observer" }),
        json!({ "email": "who@people.example", "role": "observer" }),
    ] {
        olga.post(&path, body)
            .await
            .expect_problem(422, "validation_failed");
    }
    olga.post(&path, json!({ "user_id": me, "role": "member" }))
        .await
        .expect_problem(400, "invalid_body");
    mei.get(&path).await.expect_problem(404, "not_found");
    let list = tom.get(&path).await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(3));
    assert!(!list.text.contains('@'), "names, no addresses");
    tom.get(&of_tom).await.expect(200);
}

async fn roles_end(app: TestApp) {
    let (olga, tom) = (app.person("olga").await, app.person("tom").await);
    let alliance = olga.found_alliance("West Lake").await;
    let of_tom = grant(&olga, &alliance, &tom, "treasurer").await;
    let observer = grant(&olga, &alliance, &tom, "observer").await;
    let path = format!("/v1/alliances/{alliance}/role-grants");
    let of_olga = grant_named(&tom, &path, "olga").await;
    tom.delete(&of_olga)
        .await
        .expect_problem(403, "role_required");
    olga.delete(&of_olga)
        .await
        .expect_problem(409, "last_organizer");
    // A role can be laid down by its holder, and what is gone is gone.
    tom.delete(&of_tom).await.expect(204);
    olga.delete(&of_tom).await.expect_problem(404, "not_found");
    olga.delete(&observer).await.expect(204);
    tom.get(&path).await.expect_problem(404, "not_found");
    let letters = app.mails_to(&tom.email).await;
    assert!(
        letters
            .iter()
            .any(|m| m.subject.contains("no longer observer"))
    );
}

/// The path of a person's grant.
async fn grant_named(reader: &Person, path: &str, name: &str) -> String {
    let list = reader.get(path).await;
    let items = list.body["items"].as_array().expect("a list");
    let grant = items.iter().find(|grant| grant["name"] == name);
    let id = grant.and_then(|grant| grant["id"].as_str());
    format!("{path}/{}", id.expect("a grant"))
}

async fn organizer_race(app: TestApp) {
    let (olga, tom) = (app.person("olga").await, app.person("tom").await);
    let alliance = olga.found_alliance("West Lake").await;
    let of_tom = grant(&olga, &alliance, &tom, "organizer").await;
    let path = format!("/v1/alliances/{alliance}/role-grants");
    let of_olga = grant_named(&tom, &path, "olga").await;
    let both = join_all([
        olga.delete(&of_tom),
        tom.delete(&of_olga),
        olga.delete(&of_olga),
        tom.delete(&of_tom),
    ])
    .await;
    let gone = both.iter().filter(|answer| answer.status == 204).count();
    assert_eq!(gone, 1, "{both:?}");
    let left = [olga.get(&path).await, tom.get(&path).await];
    let left: Vec<_> = left.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].body["items"].as_array().map(Vec::len), Some(1));
}

async fn invited_stranger(app: TestApp) {
    let olga = app.person("olga").await;
    let alliance = olga.found_alliance("West Lake").await;
    let body = json!({ "email": "Lin@people.example", "role": "member", "merchant_name": "Lin's Wine", "locale": "zh-CN" });
    let (page, path) = invite(&app, &olga, &alliance, body).await;
    let shown = app.nobody().get(&page).await;
    shown.expect(200);
    for text in ["West Lake 邀请您加入", "成员", "注册"] {
        assert!(shown.text.contains(text), "{text}: {}", shown.text);
    }
    let early = app.nobody().submit(&page, &[("choice", "accept")]).await;
    early.expect(200);
    assert!(early.text.contains("请先"), "{}", early.text);
    assert_eq!(olga.get(&path).await.body["state"], "open");
    let lin = app.person("lin").await;
    let shown = app.nobody().get(&page).await;
    assert!(shown.text.contains("接受"), "{}", shown.text);
    assert_eq!(olga.get(&path).await.body["state"], "open");
    app.nobody()
        .submit(&page, &[("choice", "what")])
        .await
        .expect(422);
    app.nobody()
        .submit(&page, &[("choice", "accept")])
        .await
        .expect(200);
    app.nobody()
        .submit(&page, &[("choice", "accept")])
        .await
        .expect(409);
    let taken = lin.get(&path).await;
    assert_eq!(taken.body["state"], "accepted");
    let mine = lin.get("/v1/merchants").await;
    assert_eq!(mine.body["items"][0]["name"], "Lin's Wine");
    let id = taken.body["membership_id"].as_str().expect("a membership");
    let membership = lin.get(&format!("/v1/memberships/{id}")).await;
    assert_eq!(membership.body["state"], "active");
    let letters = app.mails_to(&olga.email).await;
    assert!(
        letters
            .iter()
            .any(|m| m.subject.contains("lin@people.example accepted"))
    );
}

async fn invited_treasurer(app: TestApp) {
    let (olga, tom) = (app.person("olga").await, app.person("tom").await);
    let alliance = olga.found_alliance("West Lake").await;
    let body = invitation(&tom.email, "treasurer");
    let (page, _) = invite(&app, &olga, &alliance, body).await;
    let shown = app.nobody().get(&page).await;
    assert!(shown.text.contains("treasurer"), "{}", shown.text);
    app.nobody()
        .submit(&page, &[("choice", "accept")])
        .await
        .expect(200);
    let seen = tom.get(&format!("/v1/alliances/{alliance}")).await;
    assert_eq!(seen.body["roles"], json!(["treasurer"]));
    let named = json!({ "email": "x@people.example", "role": "observer", "merchant_name": "X" });
    olga.post(&format!("/v1/alliances/{alliance}/invitations"), named)
        .await
        .expect_problem(422, "validation_failed");
}

async fn answered_once(app: TestApp) {
    let (olga, tom, mei) = (
        app.person("olga").await,
        app.person("tom").await,
        app.person("mei").await,
    );
    let alliance = olga.found_alliance("West Lake").await;
    let all = format!("/v1/alliances/{alliance}/invitations");
    let body = invitation(&tom.email, "observer");
    mei.post(&all, body.clone())
        .await
        .expect_problem(404, "not_found");
    let headers = [("content-type", "application/json")];
    let bytes = Some(body.to_string().into_bytes());
    olga.send("POST", &all, &headers, bytes)
        .await
        .expect_problem(400, "idempotency_key_missing");
    let (page, path) = invite(&app, &olga, &alliance, body.clone()).await;
    olga.post(&all, body.clone())
        .await
        .expect_problem(409, "already_invited");
    for event in ["accept", "decline", "revoke"] {
        mei.post_bare(&format!("{path}/{event}"))
            .await
            .expect_problem(404, "not_found");
    }
    mei.get(&path).await.expect_problem(404, "not_found");
    olga.post_bare(&format!("{path}/accept"))
        .await
        .expect_problem(403, "role_required");
    tom.post_bare(&format!("{path}/revoke"))
        .await
        .expect_problem(403, "role_required");
    tom.post_bare(&format!("{path}/decline")).await.expect(200);
    tom.post_bare(&format!("{path}/accept"))
        .await
        .expect_problem(409, "illegal_transition");
    let shown = app.nobody().get(&page).await;
    assert!(!shown.text.contains("<button"), "{}", shown.text);
    app.nobody()
        .submit(&page, &[("choice", "accept")])
        .await
        .expect(409);
    tom.get(&all).await.expect_problem(404, "not_found");
    let (_, path) = invite(&app, &olga, &alliance, body).await;
    olga.post_bare(&format!("{path}/revoke")).await.expect(200);
    tom.post_bare(&format!("{path}/accept"))
        .await
        .expect_problem(409, "illegal_transition");
    let list = olga.get(&all).await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(2));
}

async fn invited_owner(app: TestApp) {
    let (olga, mei) = (app.person("olga").await, app.person("mei").await);
    let alliance = listed(&olga).await;
    join(&olga, &mei, &alliance).await;
    let body = invitation(&mei.email, "member");
    let (_, path) = invite(&app, &olga, &alliance, body).await;
    let accept = format!("{path}/accept");
    mei.post_bare(&accept)
        .await
        .expect_problem(409, "already_member");
    let garden = mei.found_merchant("Tea Garden").await;
    let memberships = format!("/v1/alliances/{alliance}/memberships");
    let applied = mei
        .post(&memberships, json!({ "merchant_id": garden }))
        .await;
    applied.expect(201);
    let accepted = mei.post_bare(&accept).await;
    accepted.expect(200);
    assert_eq!(accepted.body["membership_id"], applied.body["id"]);
    let list = mei.get(&format!("{memberships}?state=active")).await;
    assert_eq!(list.body["items"].as_array().map(Vec::len), Some(2));
}

async fn acceptance_race(app: TestApp) {
    let (olga, lin) = (app.person("olga").await, app.person("lin").await);
    let alliance = olga.found_alliance("West Lake").await;
    let body = invitation(&lin.email, "member");
    let (page, path) = invite(&app, &olga, &alliance, body).await;
    let nobody = app.nobody();
    let accept = format!("{path}/accept");
    let form = [("choice", "accept")];
    let (by_link, by_call) = futures_util::future::join(
        join_all((0..3).map(|_| nobody.submit(&page, &form))),
        join_all((0..3).map(|_| lin.post_bare(&accept))),
    )
    .await;
    let answers: Vec<_> = by_link.into_iter().chain(by_call).collect();
    let won = answers.iter().filter(|a| a.status == 200).count();
    assert_eq!(won, 1, "{answers:?}");
    assert!(answers.iter().all(|a| matches!(a.status, 200 | 409)));
    let members = olga
        .get(&format!("/v1/alliances/{alliance}/memberships"))
        .await;
    assert_eq!(members.body["items"].as_array().map(Vec::len), Some(1));
    let mine = lin.get("/v1/merchants").await;
    assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(mine.body["items"][0]["name"], "lin");
}

async fn expiry(app: TestApp) {
    let (olga, lin) = (app.person("olga").await, app.person("lin").await);
    let alliance = olga.found_alliance("West Lake").await;
    let merchant = lin.found_merchant("Wine Cellar").await;
    let path = format!("/v1/alliances/{alliance}/memberships");
    let offered = olga.post(&path, json!({ "merchant_id": merchant })).await;
    let offered = format!("/v1/memberships/{}", offered.id());
    let body = invitation(&lin.email, "observer");
    let (page, path) = invite(&app, &olga, &alliance, body.clone()).await;
    app.advance(13 * 86_400).await;
    assert_eq!(lin.get(&path).await.body["state"], "open");
    assert_eq!(lin.get(&offered).await.body["state"], "invited");
    app.advance(86_400 + 60).await;
    assert_eq!(lin.get(&path).await.body["state"], "expired");
    assert_eq!(lin.get(&offered).await.body["state"], "expired");
    lin.transition(&offered, "approve", None)
        .await
        .expect_problem(409, "illegal_transition");
    app.nobody()
        .submit(&page, &[("choice", "accept")])
        .await
        .expect(409);
    invite(&app, &olga, &alliance, body).await;
}
