//! Secret ballots: nothing links a voter to a choice, before the close or after it, in answers, mails or rows.

use sea_orm::ConnectionTrait;
use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::Database;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    nothing_links_a_voter_to_a_choice_in_a_secret_ballot => canary;
    secret_votes_may_change_and_are_counted_by_weight => counts;
}

/// Options whose names stand nowhere but on the ballot paper.
const CANARIES: [&str; 2] = ["zqx-canary-71", "zqx-canary-72"];

fn secret(revote: bool) -> Value {
    json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
        "revote": revote, "secrecy": "secret" })
}

async fn canary(app: TestApp) {
    let guild = guild(&app, 3).await;
    let options =
        json!([{ "id": CANARIES[0], "title": "One" }, { "id": CANARIES[1], "title": "Two" }]);
    let body = json!({ "title": "Who goes?", "matter": "advisory", "closes_at": CLOSE, "rule": secret(true),
        "options": options });
    let ballot = guild.draft_of(body).await;
    guild
        .organizer
        .transition(&ballot, "publish", None)
        .await
        .expect(200);
    let key = [("idempotency-key", "secret-1")];
    let path = format!("{ballot}/votes");
    let person = &guild.members[0].1;
    let vote = json!({ "choice": CANARIES[0] });
    let taken = person.post_with(&path, &key, vote.clone()).await;
    taken.expect(201);
    assert_eq!(taken.body["choice"], Value::Null);
    let replayed = person.post_with(&path, &key, vote).await;
    replayed.expect(201);
    assert_eq!(replayed.body["receipt"], Value::Null, "shown once");
    guild.vote(&ballot, 1, CANARIES[1]).await.expect(201);
    let mails = app.mails_to("m2@people.example").await;
    let page = mails.last().expect("a mail").link("/r/");
    let shown = app.nobody().submit(&page, &[("choice", "option-2")]).await;
    shown.expect(200);
    assert_clean(shown.text.as_bytes(), "the page of a link");
    guild.vote(&ballot, 0, CANARIES[1]).await.expect(201);
    let salt = taken.body["receipt"]["salt"].as_str().expect("a salt");
    look_everywhere(&app, &guild, &ballot, salt).await;
    app.clock_to(CLOSE).await;
    let declared = guild.organizer.get(&ballot).await;
    assert_eq!(declared.body["winner"], CANARIES[1], "{}", declared.text);
    assert_eq!(
        declared.body["record"]["rounds"][0]["counts"][CANARIES[1]],
        3
    );
    let receipts = guild.organizer.get(&format!("{ballot}/receipts")).await;
    assert_eq!(receipts.body["items"].as_array().map(Vec::len), Some(3));
    look_everywhere(&app, &guild, &ballot, salt).await;
}

/// Votes, journal, proxies, electorate and mails, as everybody sees them, and every row.
async fn look_everywhere(app: &TestApp, guild: &Guild, ballot: &str, salt: &str) {
    let people = guild.members.iter().map(|(_, person)| person);
    for person in people.chain([&guild.organizer]) {
        for part in ["votes", "electorate", "proxies", "receipts"] {
            let answer = person.get(&format!("{ballot}/{part}")).await;
            answer.expect(200);
            assert_clean(answer.text.as_bytes(), part);
            assert!(!answer.text.contains(salt), "{part}");
        }
    }
    let mut ids = Vec::new();
    for (membership, person) in &guild.members {
        ids.extend([membership.clone(), person.get("/v1/me").await.id()]);
    }
    // The ballot, its record and the whole journal name the options or the voters, and never both.
    for part in ["", "/record"] {
        let answer = guild.members[2].1.get(&format!("{ballot}{part}")).await;
        let named = ids.iter().any(|id| answer.text.contains(id.as_str()));
        assert!(!named, "{part}: {}", answer.text);
    }
    let events = format!("/v1/alliances/{}/audit-events?limit=100", guild.alliance);
    let events = guild.organizer.get(&events).await;
    for event in events.body["items"].as_array().expect("events") {
        let text = event.to_string();
        let named = ids.iter().any(|id| text.contains(id.as_str()));
        let said = CANARIES.iter().any(|canary| text.contains(canary));
        assert!(!(named && said), "{text}");
    }
    let metrics = app.nobody().get("/metrics").await;
    assert_clean(metrics.text.as_bytes(), "the metrics");
    let journal = format!(
        "/v1/alliances/{}/audit-events?action=vote.cast",
        guild.alliance
    );
    let journal = guild.organizer.get(&journal).await;
    journal.expect(200);
    assert_clean(journal.text.as_bytes(), "the journal");
    for mail in app.mails().await {
        assert_clean(mail.raw.as_bytes(), "a mail");
    }
    let mut voters = Vec::new();
    for (membership, person) in &guild.members {
        voters.push(membership.clone());
        voters.push(person.get("/v1/me").await.id());
    }
    for (table, row) in rows(app).await {
        // The paper itself, its record, the journal of the declaration, and what the organizer was answered name
        // the options, and no voter.
        if !["ballot", "audit_event", "idempotency_key"].contains(&table.as_str()) {
            assert_clean(row.as_bytes(), &table);
        }
        assert!(
            !row.contains(salt),
            "the salt of a receipt stands in {table}"
        );
        let voter = voters
            .iter()
            .any(|id| row.contains(id.as_str()) || row.contains(&id.replace('-', "")));
        let named = CANARIES.iter().any(|canary| row.contains(canary));
        assert!(
            !(voter && named),
            "{table} links a voter to a choice: {row}"
        );
    }
}

#[track_caller]
fn assert_clean(bytes: &[u8], place: &str) {
    for canary in CANARIES {
        let found = bytes.windows(canary.len()).any(|w| w == canary.as_bytes());
        assert!(!found, "{canary} stands in {place}");
    }
}

/// Every row of every table as text.
pub async fn rows(app: &TestApp) -> Vec<(String, String)> {
    let reader = app.ctx().db.reader();
    let postgres = app.database == Database::Postgres;
    let backend = if postgres {
        sea_orm::DbBackend::Postgres
    } else {
        sea_orm::DbBackend::Sqlite
    };
    let query = |sql: String| {
        let reader = reader.clone();
        async move {
            let statement = sea_orm::Statement::from_string(backend, sql);
            let rows = reader.query_all_raw(statement).await.expect("rows");
            let text = |row: &sea_orm::QueryResult| row.try_get::<String>("", "t").expect("text");
            rows.iter().map(text).collect::<Vec<_>>()
        }
    };
    let tables = if postgres {
        "SELECT tablename::text AS t FROM pg_tables WHERE schemaname = 'public'"
    } else {
        "SELECT name AS t FROM sqlite_schema WHERE type = 'table'"
    };
    let mut all = Vec::new();
    for table in query(tables.into()).await {
        let sql = if postgres {
            format!("SELECT r::text AS t FROM \"{table}\" r")
        } else {
            let columns = query(format!(
                "SELECT name AS t FROM pragma_table_info('{table}')"
            ))
            .await;
            let quoted: Vec<String> = columns
                .iter()
                .map(|c| format!("coalesce(CASE typeof(\"{c}\") WHEN 'blob' THEN lower(hex(\"{c}\")) ELSE CAST(\"{c}\" AS TEXT) END, '')"))
                .collect();
            format!(
                "SELECT {} AS t FROM \"{table}\"",
                quoted.join(" || ' ' || ")
            )
        };
        for row in query(sql).await {
            all.push((table.clone(), row));
        }
    }
    assert!(all.iter().any(|(table, _)| table == "secret_vote"));
    all
}

async fn counts(app: TestApp) {
    let guild = guild(&app, 3).await;
    let ballot = guild.open(secret(true)).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    let changed = guild.vote(&ballot, 0, "against").await;
    changed.expect(201);
    guild.vote(&ballot, 1, "for").await.expect(201);
    let person = &guild.members[0].1;
    let own = person.get(&format!("{ballot}/votes")).await;
    assert_eq!(own.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(own.body["items"][0]["choice"], Value::Null);
    let other = guild.members[2].1.get(&format!("{ballot}/votes")).await;
    assert_eq!(other.body["items"], json!([]));
    app.clock_to(CLOSE).await;
    let declared = person.get(&ballot).await;
    assert_eq!(
        declared.body["record"]["for"]["head"], 1,
        "{}",
        declared.text
    );
    assert_eq!(declared.body["record"]["against"]["head"], 1);
    assert_eq!(declared.body["result"], "lost");
    let published = person.get(&format!("{ballot}/receipts")).await;
    let mine = &changed.body["receipt"]["digest"];
    let items = published.body["items"].as_array().expect("receipts");
    assert!(
        items.iter().any(|item| item["digest"] == *mine),
        "{}",
        published.text
    );
    let final_votes = guild
        .open_until(secret(false), "2031-06-20T00:00:00Z")
        .await;
    guild.vote(&final_votes, 0, "for").await.expect(201);
    guild
        .vote(&final_votes, 0, "against")
        .await
        .expect_problem(409, "already_voted");
}
