//! A sealed price is looked for everywhere.

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;
use crate::tenders::fair::BR;
use crate::tenders::fair::Fair;
use crate::tenders::fair::commit;
use crate::tenders::fair::fair;
use crate::tenders::fair::quote;

const CANARY_PRICE: &str = "7391846205.37";
const CANARY_TEXT: &str = "ZQX-CANARY-91";

pub async fn canary(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    let mut body = quote(&[(1, CANARY_PRICE), (100, "739.11")]);
    body["note"] = json!(CANARY_TEXT);
    let key = [("idempotency-key", "canary-1")];
    let sent = fair
        .mill
        .post_with(&fair.path("/quotes"), &key, body.clone())
        .await;
    sent.expect(201);
    let replayed = fair
        .mill
        .post_with(&fair.path("/quotes"), &key, body.clone())
        .await;
    replayed.expect(201);
    let path = format!("/v1/quotes/{}", sent.id());
    body["lines"][0]["line_ref"] = json!("L2");
    fair.mill
        .transition(&path, "revisions", Some(body))
        .await
        .expect_problem(422, "validation_failed");
    let press = fair.by_link("sales@press.example").await;
    press
        .post(&fair.path("/quotes"), quote(&BR))
        .await
        .expect(201);
    fair.app.clock_to("2027-01-20T00:00:05Z").await;
    look_everywhere(&fair, &path, &press).await;
    for mail in fair.app.mails().await {
        assert_clean(mail.raw.as_bytes(), "a mail");
        assert_clean(mail.text.as_bytes(), "a mail");
    }
    assert_stored_nowhere(&fair.app).await;
    fair.unseal().await;
    let read = fair.olga.get(&path).await;
    read.expect(200);
    assert!(read.text.contains(CANARY_PRICE) && read.text.contains(CANARY_TEXT));
    assert_stored_nowhere(&fair.app).await;
}

async fn look_everywhere(fair: &Fair, path: &str, press: &Person) {
    let paths = [
        path.to_owned(),
        fair.path(""),
        fair.path("/quotes"),
        fair.path("/rounds"),
        fair.path("/items"),
        fair.path("/invitations"),
        fair.path("/commitments"),
        fair.path("/clearing/me"),
        fair.path("/evaluations"),
        fair.path("/awards"),
        fair.path("/group-orders"),
        format!("/v1/alliances/{}/tenders", fair.alliance),
        fair.round().await,
        "/metrics".to_owned(),
    ];
    for person in [
        &fair.olga,
        &fair.theo,
        &fair.members[0],
        press,
        &fair.app.nobody(),
    ] {
        for path in &paths {
            assert_clean(person.get(path).await.text.as_bytes(), path);
        }
    }
}

/// Decimal, grouped, in minor units, scaled, base64 and hexadecimal.
#[track_caller]
fn assert_clean(bytes: &[u8], place: &str) {
    use base64::Engine;
    let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let base64 = |text: &str| base64::engine::general_purpose::STANDARD_NO_PAD.encode(text);
    let needles = [
        CANARY_PRICE.to_owned(),
        "7,391,846,205.37".to_owned(),
        "739184620537".to_owned(),
        CANARY_TEXT.to_owned(),
        hex(CANARY_TEXT),
        base64(CANARY_TEXT),
        hex(CANARY_PRICE),
        base64(CANARY_PRICE),
    ];
    for needle in needles {
        let found = bytes.windows(needle.len()).any(|w| w == needle.as_bytes());
        assert!(!found, "{needle} stands in {place}");
    }
}

async fn assert_stored_nowhere(app: &TestApp) {
    if app.database == Database::Sqlite {
        for entry in std::fs::read_dir(app.folder.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_file() {
                let bytes = std::fs::read(&path).expect("readable");
                assert_clean(&bytes, &path.display().to_string());
            }
        }
        return;
    }
    let reader = app.ctx().db.reader();
    let rows = |sql: String| {
        let reader = reader.clone();
        async move {
            let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
            let rows = reader.query_all_raw(statement).await.expect("rows");
            let text = |row: &sea_orm::QueryResult| row.try_get::<String>("", "t").expect("text");
            rows.iter().map(text).collect::<Vec<_>>()
        }
    };
    let tables =
        rows("SELECT tablename::text AS t FROM pg_tables WHERE schemaname = 'public'".into()).await;
    assert!(tables.iter().any(|table| table == "quote_revision"));
    for table in tables {
        for row in rows(format!("SELECT r::text AS t FROM \"{table}\" r")).await {
            assert_clean(row.as_bytes(), &table);
        }
    }
}
