//! The wire: whatever arrives, the answer is a problem of the documented shape, and the process stays up.

use serde_json::json;

use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    whatever_cannot_be_read_is_a_problem => unreadable;
    a_path_tells_which_methods_it_knows => methods;
    fields_that_break_rules_are_named => fields;
    pages_of_a_list_join_without_gap_or_repeat => pages;
}

const JSON: (&str, &str) = ("content-type", "application/json");

async fn unreadable(app: TestApp) {
    let nobody = app.nobody();
    let post = |headers: Vec<(&'static str, &'static str)>, body: Vec<u8>| {
        let nobody = nobody.clone();
        async move {
            nobody
                .send("POST", "/v1/auth/login", &headers, Some(body))
                .await
        }
    };
    post(vec![JSON], b"{".to_vec())
        .await
        .expect_problem(400, "invalid_body");
    post(vec![JSON], br#"{"email":1,"password":"x"}"#.to_vec())
        .await
        .expect_problem(400, "invalid_body");
    let unknown = post(
        vec![JSON],
        br#"{"email":"a@b.example","password":"x","role":"admin"}"#.to_vec(),
    )
    .await;
    unknown.expect_problem(400, "invalid_body");
    assert_eq!(unknown.body["errors"][0]["code"], "unknown_field");
    post(
        vec![JSON],
        br#"{"email":"a","email":"b","password":"x"}"#.to_vec(),
    )
    .await
    .expect_problem(400, "invalid_body");
    post(vec![JSON], "[".repeat(10_000).into_bytes())
        .await
        .expect_problem(400, "invalid_body");
    post(vec![JSON], vec![b' '; 300 * 1024])
        .await
        .expect_problem(413, "payload_too_large");
    post(vec![("content-type", "text/plain")], b"{}".to_vec())
        .await
        .expect_problem(415, "unsupported_media_type");
    post(vec![], b"{}".to_vec())
        .await
        .expect_problem(415, "unsupported_media_type");
    post(vec![JSON, ("content-encoding", "gzip")], b"{}".to_vec())
        .await
        .expect_problem(415, "unsupported_media_type");
    nobody
        .get("/v1/nothing")
        .await
        .expect_problem(404, "not_found");
    nobody
        .get("/version?colour=red")
        .await
        .expect_problem(400, "unknown_parameter");
    nobody.get("/livez").await.expect(200);
}

async fn methods(app: TestApp) {
    let nobody = app.nobody();
    let wrong = nobody.send("DELETE", "/v1/auth/login", &[], None).await;
    wrong.expect_problem(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "OPTIONS, POST");
    let options = nobody.send("OPTIONS", "/v1/me", &[], None).await;
    options.expect(204);
    assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS, PATCH");
    let head = nobody.send("HEAD", "/version", &[], None).await;
    head.expect(200);
    assert!(head.text.is_empty());
    let answer = nobody
        .send("GET", "/version", &[("x-request-id", "my-request-7")], None)
        .await;
    assert_eq!(answer.header("x-request-id"), "my-request-7");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("guildhall-sandbox", "true"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    nobody.get("/docs/").await.expect(200);
    nobody.get("/problems/not_found").await.expect(200);
    nobody
        .get("/problems/nothing")
        .await
        .expect_problem(404, "not_found");
    for code in guildhall::app::problems() {
        nobody
            .get(&format!("/problems/{}", code.code))
            .await
            .expect(200);
    }
}

async fn fields(app: TestApp) {
    let body = json!({ "email": "no address", "password": "four words make it", "display_name": "A\r\nBcc: x@evil.example" });
    let answer = app.nobody().post("/v1/auth/register", body).await;
    answer.expect_problem(422, "validation_failed");
    let mut pointers: Vec<&str> = answer.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|e| e["pointer"].as_str())
        .collect();
    pointers.sort_unstable();
    assert_eq!(pointers, ["#/display_name", "#/email"]);
    let clock = app
        .nobody()
        .put("/sandbox/clock", json!({ "now": "2030-01-01T00:00:00" }))
        .await;
    clock.expect_problem(422, "validation_failed");
    assert_eq!(clock.body["errors"][0]["code"], "offset_missing");
    app.clock_to("2030-01-01T00:00:00+08:00").await;
    let back = app
        .nobody()
        .put("/sandbox/clock", json!({ "now": "2029-01-01T00:00:00Z" }))
        .await;
    back.expect_problem(409, "clock_backwards");
}

async fn pages(app: TestApp) {
    let mei = app.person("mei").await;
    let login = json!({ "email": "mei@people.example", "password": "four words make it" });
    for _ in 0..6 {
        app.nobody()
            .post("/v1/auth/login", login.clone())
            .await
            .expect(200);
    }
    let whole = mei.get("/v1/me/sessions?limit=1000").await;
    let all: Vec<_> = whole.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|s| s["id"].clone())
        .collect();
    assert_eq!(all.len(), 7);
    let mut walked = Vec::new();
    let mut path = "/v1/me/sessions?limit=3".to_owned();
    loop {
        let page = mei.get(&path).await;
        page.expect(200);
        walked.extend(
            page.body["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|s| s["id"].clone()),
        );
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            break;
        };
        assert!(page.header("link").contains(cursor));
        path = format!("/v1/me/sessions?limit=3&cursor={cursor}");
    }
    assert_eq!(walked, all);
    mei.get("/v1/me/sessions?cursor=AAAA")
        .await
        .expect_problem(400, "cursor_invalid");
    mei.get("/v1/me/sessions?limit=0")
        .await
        .expect_problem(400, "invalid_parameter");
    mei.get("/v1/me/sessions?limit=3&limit=4")
        .await
        .expect_problem(400, "unknown_parameter");
    mei.delete("/v1/me/sessions/not-an-id")
        .await
        .expect_problem(404, "not_found");
}

#[actix_web::test]
async fn outside_the_sandbox_guesses_are_counted() {
    let app = TestApp::start_with(Database::Sqlite, false, &[]).await;
    let login = json!({ "email": "mei@people.example", "password": "a wrong password" });
    for _ in 0..10 {
        app.nobody()
            .post("/v1/auth/login", login.clone())
            .await
            .expect_problem(401, "invalid_credentials");
    }
    let refused = app.nobody().post("/v1/auth/login", login).await;
    refused.expect_problem(429, "quota_exceeded");
    assert!(!refused.header("retry-after").is_empty());
    app.nobody()
        .get("/sandbox/clock")
        .await
        .expect_problem(404, "not_found");
}
