//! Merchants and manufacturers: their staff, their sizes, their keys.

use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_merchant_belongs_to_its_staff => merchant_of_staff;
    staff_add_and_remove_each_other_and_one_remains => staff_remains;
    of_two_who_remove_each_other_one_stays => staff_race;
    a_size_is_stated_in_one_unit_for_a_period_that_is_none_empty => sizes_are_checked;
    a_manufacturer_belongs_to_its_staff => manufacturer_of_staff;
    an_api_key_is_shown_once_and_ends_when_it_is_revoked => api_keys;
    of_many_keys_made_at_once_two_live => api_key_race;
}

async fn merchant_of_staff(app: TestApp) {
    let (mei, lin) = (app.person("mei").await, app.person("lin").await);
    let id = mei.found_merchant("Tea House").await;
    let path = format!("/v1/merchants/{id}");
    let read = mei.get(&path).await;
    read.expect(200);
    assert_eq!(read.body["region"], "Hangzhou");
    lin.get(&path).await.expect_problem(404, "not_found");
    app.nobody()
        .get(&path)
        .await
        .expect_problem(401, "unauthenticated");
    lin.patch(&path, json!({ "name": "Mine" }))
        .await
        .expect_problem(404, "not_found");
    let changed = mei.patch(&path, json!({ "locale": "en" })).await;
    changed.expect(200);
    assert_eq!(changed.body["locale"], "en");
    assert_eq!(changed.body["name"], "Tea House");
    let json_type = ("content-type", "application/json");
    let body = || Some(br#"{"name":"A"}"#.to_vec());
    mei.send("PATCH", &path, &[json_type], body())
        .await
        .expect_problem(428, "precondition_required");
    mei.send("PATCH", &path, &[json_type, ("if-match", "\"v1\"")], body())
        .await
        .expect_problem(412, "precondition_failed");
    mei.patch(&path, json!({ "name": " padded" }))
        .await
        .expect_problem(422, "validation_failed");
    mei.patch(&path, json!({ "version": 9 }))
        .await
        .expect_problem(400, "invalid_body");
    let mine = mei.get("/v1/merchants").await;
    assert_eq!(mine.body["items"][0]["id"], id.as_str());
    assert_eq!(lin.get("/v1/merchants").await.body["items"], json!([]));
    let bad = json!({ "name": "", "region": "r", "category": "c" });
    mei.post("/v1/merchants", bad)
        .await
        .expect_problem(422, "validation_failed");
}

async fn staff_remains(app: TestApp) {
    let (mei, lin) = (app.person("mei").await, app.person_in("lin", "zh-CN").await);
    let id = mei.found_merchant("Tea House").await;
    let path = format!("/v1/merchants/{id}/staff");
    let of_lin = json!({ "email": "LIN@people.example" });
    lin.post(&path, of_lin.clone())
        .await
        .expect_problem(404, "not_found");
    let added = mei.post(&path, of_lin.clone()).await;
    added.expect(201);
    assert_eq!(added.body["name"], "lin");
    mei.post(&path, of_lin)
        .await
        .expect_problem(409, "staff_already");
    let unknown = json!({ "email": "who@people.example" });
    let unknown = mei.post(&path, unknown).await;
    unknown.expect_problem(422, "validation_failed");
    assert_eq!(unknown.body["errors"][0]["code"], "account_unknown");
    let letters = app.mails_to("lin@people.example").await;
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].subject.contains("您现在可以代表 Tea House"),
        "{}",
        letters[0].subject
    );
    let staff = lin.get(&path).await;
    assert_eq!(staff.body["items"].as_array().map(Vec::len), Some(2));
    let post_of = |who: &str| {
        let items = staff.body["items"].as_array().expect("a list");
        let found = items.iter().find(|s| s["name"] == who).expect("on it");
        format!("{path}/{}", found["user_id"].as_str().expect("an id"))
    };
    lin.delete(&post_of("mei")).await.expect(204);
    mei.get(&path).await.expect_problem(404, "not_found");
    lin.delete(&post_of("mei"))
        .await
        .expect_problem(404, "not_found");
    lin.delete(&post_of("lin"))
        .await
        .expect_problem(409, "last_staff");
}

async fn staff_race(app: TestApp) {
    let (mei, lin) = (app.person("mei").await, app.person("lin").await);
    let id = mei.found_merchant("Tea House").await;
    let path = format!("/v1/merchants/{id}/staff");
    let added = mei.post(&path, json!({ "email": lin.email })).await;
    let of_lin = format!("{path}/{}", added.body["user_id"].as_str().expect("an id"));
    let me = mei.get("/v1/me").await.id();
    let of_mei = format!("{path}/{me}");
    let both = join_all([mei.delete(&of_lin), lin.delete(&of_mei)]).await;
    let gone = both.iter().filter(|answer| answer.status == 204).count();
    assert_eq!(gone, 1, "{both:?}");
    let left = [mei.get(&path).await.status, lin.get(&path).await.status];
    assert!(left.contains(&200) && left.contains(&404), "{left:?}");
}

async fn sizes_are_checked(app: TestApp) {
    let (mei, lin) = (app.person("mei").await, app.person("lin").await);
    let id = mei.found_merchant("Tea House").await;
    let path = format!("/v1/merchants/{id}/size-facts");
    let stated = |change: Value| {
        let mut body = json!({ "measure": "annual_revenue", "value": 5, "unit": "CNY", "valid_from": "2026-01-01" });
        for (key, value) in change.as_object().expect("an object") {
            body[key] = value.clone();
        }
        body
    };
    let declared = mei.post(&path, stated(json!({}))).await;
    declared.expect(201);
    assert_eq!(declared.body["status"], "declared");
    lin.post(&path, stated(json!({})))
        .await
        .expect_problem(404, "not_found");
    for (change, code) in [
        (json!({ "value": -1 }), "invalid_value"),
        (json!({ "measure": "Annual Revenue" }), "invalid_value"),
        (json!({ "unit": "EUR" }), "unit_mismatch"),
        (json!({ "valid_to": "2026-01-01" }), "period_empty"),
    ] {
        let refused = mei.post(&path, stated(change.clone())).await;
        refused.expect_problem(422, "validation_failed");
        assert_eq!(refused.body["errors"][0]["code"], code, "{change}");
    }
    for change in [
        json!({ "value": 1.5 }),
        json!({ "valid_from": "1 May" }),
        json!({ "status": "verified" }),
    ] {
        mei.post(&path, stated(change))
            .await
            .expect_problem(400, "invalid_body");
    }
    mei.post(
        &path,
        stated(json!({ "measure": "outlets", "unit": "count" })),
    )
    .await
    .expect(201);
    let all = mei.get(&path).await;
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(2));
    let some = mei.get(&format!("{path}?measure=outlets")).await;
    assert_eq!(some.body["items"].as_array().map(Vec::len), Some(1));
    lin.get(&path).await.expect_problem(404, "not_found");
}

/// A manufacturer that the person acts for; answers its path.
async fn found_manufacturer(person: &Person) -> String {
    let body = json!({ "name": "Porcelain Works", "country": "CN", "locale": "zh-CN" });
    let made = person.post("/v1/manufacturers", body).await;
    made.expect(201);
    format!("/v1/manufacturers/{}", made.id())
}

async fn manufacturer_of_staff(app: TestApp) {
    let (mao, lin) = (app.person("mao").await, app.person("lin").await);
    let path = found_manufacturer(&mao).await;
    lin.get(&path).await.expect_problem(404, "not_found");
    let changed = mao.patch(&path, json!({ "country": "VN" })).await;
    changed.expect(200);
    assert_eq!(changed.body["country"], "VN");
    assert_eq!(changed.header("etag"), "\"v2\"");
    mao.patch(&path, json!({ "country": "Vietnam" }))
        .await
        .expect_problem(422, "validation_failed");
    let staff = format!("{path}/staff");
    mao.post(&staff, json!({ "email": lin.email }))
        .await
        .expect(201);
    lin.get(&path).await.expect(200);
    let me = mao.get("/v1/me").await.id();
    mao.delete(&format!("{staff}/{me}")).await.expect(204);
    mao.get(&path).await.expect_problem(404, "not_found");
    let me = lin.get("/v1/me").await.id();
    lin.delete(&format!("{staff}/{me}"))
        .await
        .expect_problem(409, "last_staff");
    let mine = lin.get("/v1/manufacturers").await;
    assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(1));
}

async fn api_keys(app: TestApp) {
    let (mao, lin) = (app.person("mao").await, app.person("lin").await);
    let path = found_manufacturer(&mao).await;
    let other = found_manufacturer(&lin).await;
    let keys = format!("{path}/api-keys");
    let body = json!({ "name": "orders", "scopes": ["quotes:read", "tenders:read"], "days": 30 });
    lin.post(&keys, body.clone())
        .await
        .expect_problem(404, "not_found");
    let headers = [("idempotency-key", "first-key")];
    let made = mao.post_with(&keys, &headers, body.clone()).await;
    made.expect(201);
    let secret = made.body["secret"].as_str().expect("shown").to_owned();
    assert!(secret.starts_with("gld_live_") && secret.len() == 67);
    let again = mao.post_with(&keys, &headers, body.clone()).await;
    again.expect(201);
    assert_eq!(again.body["secret"], Value::Null);
    assert_eq!(again.body["secret_shown"], true);
    let machine = app.nobody().with_token(&secret);
    machine.get(&path).await.expect(200);
    machine.get(&other).await.expect_problem(404, "not_found");
    machine.get(&keys).await.expect_problem(404, "not_found");
    machine
        .get("/v1/me")
        .await
        .expect_problem(403, "role_required");
    for forged in [
        secret.to_uppercase(),
        format!("{secret}x"),
        secret.replace("gld_live_", "gld_test_"),
    ] {
        let forged = app.nobody().with_token(&forged);
        forged
            .get(&path)
            .await
            .expect_problem(401, "unauthenticated");
    }
    let list = mao.get(&keys).await;
    assert!(!list.text.contains(&secret[18..61]), "{}", list.text);
    assert!(list.body["items"][0]["last_used_at"].is_string());
    for (change, status) in [
        (json!({ "name": "x", "scopes": [] }), 422),
        (
            json!({ "name": "x", "scopes": ["quotes:read"], "days": 366 }),
            422,
        ),
        (json!({ "name": "x", "scopes": ["everything"] }), 400),
    ] {
        mao.post(&keys, change).await.expect(status);
    }
    let one = format!("{keys}/{}", made.id());
    lin.delete(&one).await.expect_problem(404, "not_found");
    mao.delete(&one).await.expect(204);
    mao.delete(&one).await.expect_problem(404, "not_found");
    machine
        .get(&path)
        .await
        .expect_problem(401, "unauthenticated");
}

async fn api_key_race(app: TestApp) {
    let mao = app.person("mao").await;
    let path = found_manufacturer(&mao).await;
    let keys = format!("{path}/api-keys");
    let body = json!({ "name": "orders", "scopes": ["quotes:read"] });
    let made = join_all((0..5).map(|_| mao.post(&keys, body.clone()))).await;
    let won = made.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(won, 2, "{made:?}");
    let lost = made.iter().filter(|answer| answer.status == 409);
    for answer in lost {
        answer.expect_problem(409, "too_many_keys");
    }
}
