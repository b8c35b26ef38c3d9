//! What calendars and their clocks cost.
//!
//! `cargo bench --bench calendar` prints two comparisons on SQLite, and on PostgreSQL where
//! `GUILDHALL_TEST_POSTGRES_URL` is set:
//!
//! - the feed of a merchant with 1,000 phases over HTTP beside reading its rows: at most 4 times as long;
//! - a sweep of 50 due promotions and of their phases beside 1,000 and beside 1,000,000 dormant ones: at most
//!   1.5 times as long. `-- 1000 100000` compares other numbers.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

#[path = "../tests/suite/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the harness of the tests, which use more of it"
)]
mod support;

use std::time::Instant;

use entity::calendar_entry;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use serde_json::json;

use crate::support::Database;
use crate::support::Person;
use crate::support::TestApp;

/// Promotions that are due in each round.
const DUE: u64 = 50;
const ROUNDS: usize = 15;

#[actix_web::main]
async fn main() {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let (few, many) = match numbers[..] {
        [few, many, ..] => (few, many),
        _ => (1_000, 1_000_000),
    };
    let mut databases = vec![Database::Sqlite];
    if support::postgres_is_offered() {
        databases.push(Database::Postgres);
    }
    for database in databases {
        feed(database).await;
        sweeps(database, few, many).await;
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// Statements may take longer here than use cases do.
async fn execute(app: &TestApp, sql: &str) {
    let db = &app.ctx().db;
    let sql = match app.database {
        Database::Sqlite => sql.to_owned(),
        Database::Postgres => {
            format!("SET statement_timeout = 0; {sql}; SET statement_timeout = 5000")
        }
    };
    let done = db.for_migration().execute_unprepared(&sql).await;
    done.expect("executed");
}

/// An alliance whose organizer is also the staff of a member; answers both ids.
async fn found(app: &TestApp) -> (Person, String, String) {
    let olga = app.person("olga").await;
    let alliance = olga.found_alliance("West Lake").await;
    let membership = olga.admit(&alliance, &olga, "Tea House").await;
    let seen = olga.get(&format!("/v1/memberships/{membership}")).await;
    let merchant = seen.body["merchant_id"]
        .as_str()
        .expect("a merchant")
        .to_owned();
    (olga, alliance, merchant)
}

async fn promote(olga: &Person, alliance: &str, name: &str) -> String {
    let body = json!({ "name": name, "main_day": "2027-06-01", "template": "double_eleven" });
    let made = olga
        .post(&format!("/v1/alliances/{alliance}/promotions"), body)
        .await;
    made.expect(201);
    let path = format!("/v1/promotions/{}", made.id());
    for event in ["propose", "schedule"] {
        olga.transition(&path, event, None).await.expect(200);
    }
    path
}

async fn feed(database: Database) {
    let app = TestApp::start(database).await;
    let (olga, alliance, merchant) = found(&app).await;
    // Twelve phases each.
    for n in 0..84 {
        promote(&olga, &alliance, &format!("双十一全球狂欢节第{n}季")).await;
    }
    let path = format!("/v1/merchants/{merchant}/calendar-feeds");
    let made = olga.post(&path, json!({ "name": "bench" })).await;
    let url = made.body["url"].as_str().expect("an address");
    let path = url.strip_prefix(&app.url).expect("ours").to_owned();
    let alliance: entity::ids::AllianceId = alliance.parse().expect("an id");
    let (mut whole, mut rows, mut phases) = (Vec::new(), Vec::new(), 0);
    for round in 0..=ROUNDS {
        let begin = Instant::now();
        app.nobody().get(&path).await.expect(200);
        let feed = millis(begin);
        let begin = Instant::now();
        let read = calendar_entry::Entity::find()
            .filter(calendar_entry::Column::AllianceId.eq(alliance))
            .all(&app.ctx().db.reader())
            .await
            .expect("rows");
        let plain = millis(begin);
        phases = read.len();
        // The first round warms up.
        if round > 0 {
            whole.push(feed);
            rows.push(plain);
        }
    }
    let (whole, rows) = (median(whole), median(rows));
    println!(
        "{database:?}: feed of {phases} phases {whole:.2} ms, reading its rows {rows:.2} ms: ratio {:.2} (at most 4)",
        whole / rows
    );
}

/// A service with dormant promotions, and with some that can be made due.
async fn dormant(database: Database, count: u64) -> TestApp {
    let app = TestApp::start(database).await;
    let (olga, alliance, _) = found(&app).await;
    for n in 0..DUE {
        promote(&olga, &alliance, &format!("Due {n}")).await;
    }
    app.clock_to("2027-06-01T04:00:00Z").await;
    let postgres = database == Database::Postgres;
    let (series, id) = if postgres {
        (
            format!("generate_series(1, {count}) AS n(n)"),
            "gen_random_uuid()",
        )
    } else {
        let numbers = format!(
            "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c) AS n"
        );
        (numbers, "randomblob(16)")
    };
    let later = if postgres {
        "+ interval '3000 days'"
    } else {
        "+ 259200000000"
    };
    // A third drafts, a third settled, a third published for years ahead.
    let state = "CASE n.n % 3 WHEN 0 THEN 'draft' WHEN 1 THEN 'settled' ELSE 'scheduled' END";
    let ahead = |column: &str| format!("CASE WHEN n.n % 3 = 2 THEN {column} {later} END");
    let columns = column_list();
    let values: Vec<String> = columns
        .iter()
        .map(|column| match column.as_str() {
            "id" => id.to_owned(),
            "state" => state.to_owned(),
            "next_change_at" => ahead("p.main_from"),
            other => format!("p.{other}"),
        })
        .collect();
    let one = "(SELECT * FROM promotion ORDER BY id LIMIT 1) AS p";
    let (columns, values) = (columns.join(", "), values.join(", "));
    execute(
        &app,
        &format!("INSERT INTO promotion ({columns}) SELECT {values} FROM {one}, {series}"),
    )
    .await;
    let entry = format!(
        "INSERT INTO calendar_entry (id, alliance_id, promotion_id, title, phase, time_zone, local_from, local_to, starts_at, ends_at, status, sequence, changed_at, stage, next_turn_at) \
         SELECT {id}, p.alliance_id, p.promotion_id, p.title, p.phase, p.time_zone, p.local_from, p.local_to, p.starts_at, p.ends_at, 'confirmed', 0, p.changed_at, 'ahead', {} \
         FROM (SELECT * FROM calendar_entry ORDER BY id LIMIT 1) AS p, {series}",
        ahead("p.starts_at")
    );
    execute(&app, &entry).await;
    if postgres {
        execute(&app, "ANALYZE").await;
    }
    app
}

/// The columns of promotions, as the program knows them.
fn column_list() -> Vec<String> {
    use sea_orm::Iterable;
    entity::promotion::Column::iter()
        .map(|column| sea_orm::IdenStatic::as_str(&column).to_owned())
        .collect()
}

/// Makes the due ones due again and sweeps; answers milliseconds of both sweeps.
async fn round(app: &TestApp) -> (f64, f64) {
    execute(app, "UPDATE promotion SET state = 'scheduled', next_change_at = main_from WHERE state = 'running'").await;
    let begin = Instant::now();
    let done = app.sweep("promotion clock").await;
    let promotions = millis(begin);
    assert_eq!(done, DUE, "promotions were due");
    execute(
        app,
        "UPDATE calendar_entry SET stage = 'ahead', next_turn_at = starts_at WHERE stage = 'open'",
    )
    .await;
    let begin = Instant::now();
    let done = app.sweep("phase clock").await;
    let phases = millis(begin);
    assert!(done >= DUE, "phases were due");
    (promotions, phases)
}

async fn sweeps(database: Database, few: u64, many: u64) {
    let small = dormant(database, few).await;
    let large = dormant(database, many).await;
    let mut times: [Vec<f64>; 4] = Default::default();
    for at in 0..=ROUNDS {
        let (few_promotions, few_phases) = round(&small).await;
        let (many_promotions, many_phases) = round(&large).await;
        if at > 0 {
            let round = [few_promotions, many_promotions, few_phases, many_phases];
            for (list, time) in times.iter_mut().zip(round) {
                list.push(time);
            }
        }
    }
    let [few_promotions, many_promotions, few_phases, many_phases] = times.map(median);
    for (what, fast, slow) in [
        ("promotions", few_promotions, many_promotions),
        ("phases", few_phases, many_phases),
    ] {
        println!(
            "{database:?}: {DUE} due {what} beside {few} dormant {fast:.1} ms, beside {many} {slow:.1} ms: ratio {:.2} (at most 1.5)",
            slow / fast
        );
    }
}
