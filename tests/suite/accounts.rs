//! Accounts: signing up, logging in, and how sessions end.

use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    a_person_reads_and_changes_their_own_account => reads_and_changes;
    a_used_refresh_token_ends_the_session_when_it_comes_again => replayed_refresh;
    a_lost_update_is_refused => lost_update;
    forged_and_expired_tokens_are_refused => forged_tokens;
    out_of_the_sandbox_an_address_is_proved_by_mail => proves_address;
}

async fn reads_and_changes(app: TestApp) {
    let mei = app.person("mei").await;
    let me = mei.get("/v1/me").await;
    me.expect(200);
    assert_eq!(me.body["email"], "mei@people.example");
    assert_eq!(me.header("etag"), "\"v1\"");
    let changed = mei.patch("/v1/me", json!({ "locale": "zh-CN" })).await;
    changed.expect(200);
    assert_eq!(changed.body["locale"], "zh-CN");
    assert_eq!(changed.header("etag"), "\"v2\"");
    mei.get("/v1/me/sessions").await.expect(200);
    mei.post_bare("/v1/auth/logout").await.expect(204);
    mei.get("/v1/me")
        .await
        .expect_problem(401, "unauthenticated");
}

async fn replayed_refresh(app: TestApp) {
    app.person("mei").await;
    let login = json!({ "email": "MEI@people.example", "password": "four words make it" });
    let first = app.nobody().post("/v1/auth/login", login).await;
    first.expect(200);
    let refresh = |token: &serde_json::Value| {
        let body = json!({ "refresh_token": token });
        let nobody = app.nobody();
        async move { nobody.post("/v1/auth/refresh", body).await }
    };
    let second = refresh(&first.body["refresh_token"]).await;
    second.expect(200);
    let third = refresh(&second.body["refresh_token"]).await;
    third.expect(200);
    // Two generations old: no grace, and the whole family ends.
    refresh(&first.body["refresh_token"])
        .await
        .expect_problem(401, "session_revoked");
    refresh(&third.body["refresh_token"])
        .await
        .expect_problem(401, "session_revoked");
    let token = third.body["access_token"].as_str().expect("a token");
    app.nobody()
        .with_token(token)
        .get("/v1/me")
        .await
        .expect_problem(401, "unauthenticated");
}

async fn lost_update(app: TestApp) {
    let mei = app.person("mei").await;
    let patch = |etag: &'static str| {
        let mei = mei.clone();
        async move {
            let headers = [("if-match", etag), ("content-type", "application/json")];
            mei.send(
                "PATCH",
                "/v1/me",
                &headers,
                Some(br#"{"locale":"en"}"#.to_vec()),
            )
            .await
        }
    };
    patch("\"v1\"").await.expect(200);
    let stale = patch("\"v1\"").await;
    stale.expect_problem(412, "precondition_failed");
    assert_eq!(stale.header("etag"), "\"v2\"");
    patch("W/\"v2\"").await.expect(200);
    patch("*")
        .await
        .expect_problem(428, "precondition_required");
}

async fn forged_tokens(app: TestApp) {
    let mei = app.person("mei").await;
    let token = mei.token.clone().expect("a token");
    let (head, rest) = token.split_once('.').expect("three parts");
    let corpus = [
        String::new(),
        "x".repeat(5_000),
        token.trim_end_matches(|c| c != '.').to_owned(),
        format!("{head}x.{rest}"),
        format!("{token}x"),
        // {"alg":"none","typ":"at+jwt"}
        format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{rest}"),
        // {"alg":"HS256","typ":"at+jwt"}
        format!("eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9.{rest}"),
    ];
    for forged in corpus {
        let answer = mei.with_token(&forged).get("/v1/me").await;
        answer.expect_problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    mei.get("/v1/me").await.expect(200);
}

async fn proves_address(app: TestApp) {
    let app = TestApp::start_with(app.database, false, &[]).await;
    let body =
        json!({ "email": "lin@people.example", "password": "four words make it", "locale": "en" });
    let first = app.nobody().post("/v1/auth/register", body.clone()).await;
    first.expect(202);
    let second = app.nobody().post("/v1/auth/register", body).await;
    second.expect(202);
    assert_eq!(first.text, second.text);
    let login = json!({ "email": "lin@people.example", "password": "four words make it" });
    let login = app.nobody().post("/v1/auth/login", login).await;
    login.expect(200);
    let token = login.body["access_token"].as_str().expect("a token");
    let lin = app.nobody().with_token(token);
    lin.get("/v1/me").await.expect(200);
    guildhall::platform::worker::drain(app.ctx())
        .await
        .expect("drains");
    let mails = app.written_mails();
    assert_eq!(mails.len(), 2);
    let page = mails
        .iter()
        .find(|m| m.text.contains("/r/"))
        .expect("a link")
        .link("/r/");
    app.nobody().get(&page).await.expect(200);
    assert_eq!(
        lin.get("/v1/me").await.body["email_verified"],
        false,
        "a GET changes nothing"
    );
    app.nobody()
        .submit(&page, &[("choice", "confirm")])
        .await
        .expect(200);
    assert_eq!(lin.get("/v1/me").await.body["email_verified"], true);
    app.nobody()
        .submit(&page, &[("choice", "confirm")])
        .await
        .expect(409);
}

#[actix_web::test]
async fn a_sandbox_stays_a_sandbox() {
    let mut app = TestApp::start(Database::Sqlite).await;
    app.restart(true, &[]).await;
    let refused = std::panic::AssertUnwindSafe(app.restart(false, &[]));
    assert!(
        futures_util::FutureExt::catch_unwind(refused)
            .await
            .is_err()
    );
}
