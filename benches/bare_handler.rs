//! What a request costs above a bare handler that runs the same statements, without the token's check, the
//! journal and idempotency.
//!
//! `cargo bench --bench bare_handler` prints requests per second of both on SQLite, and on PostgreSQL where
//! `GUILDHALL_TEST_POSTGRES_URL` is set, beside the goal: at least 0.5 of the bare read and 0.4 of the bare
//! payment on PostgreSQL. Rounds alternate, so that a busy machine slows both.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

mod bare;
#[path = "../tests/suite/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the harness of the tests, which use more of it"
)]
mod support;
#[path = "../tests/suite/funds/world.rs"]
#[expect(dead_code, reason = "the world of the tests, which use more of it")]
mod world;

use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use entity::session;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;

use crate::bare::load;
use crate::bare::server;
use crate::bare::server::Known;
use crate::support::Database;
use crate::support::TestApp;
use crate::world::World;

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
const WARM_UP: Duration = Duration::from_millis(500);

static KEYS: AtomicU64 = AtomicU64::new(0);

#[actix_web::main]
async fn main() {
    println!(
        "                        service      bare   ratio   goal   (requests per second, medians)"
    );
    if support::postgres_is_offered() {
        compare(Database::Postgres).await;
    }
    compare(Database::Sqlite).await;
}

/// One comparison on one database.
async fn compare(database: Database) {
    let world = World::found(TestApp::start(database).await).await;
    let (ours, theirs) = (world.collecting("A").await, world.collecting("B").await);
    let address = world.app.url.trim_start_matches("http://");
    let service: SocketAddr = address.parse().expect("an address");
    let settings = &world.app.ctx().settings;
    let known = Known {
        session: session_of_treasurer(&world).await,
        ids: world.app.ctx().ids,
    };
    let (bare, handle) = server::start(
        &settings.database_url.0,
        settings.database_connections,
        known,
    )
    .await;
    let read = format!("/v1/alliances/{}", world.alliance);
    let read = [get(&world, &read), get(&world, &read)];
    report(database, "read", 0.5, (service, bare), read).await;
    let paths = [ours, theirs].map(|fund| format!("{fund}/payments"));
    let pay = paths.map(|path| post(&world, &path));
    report(database, "payment", 0.4, (service, bare), pay).await;
    handle.stop(true).await;
}

/// Runs the rounds of one operation in turn and prints its line.
async fn report(
    database: Database,
    what: &str,
    goal: f64,
    (service, bare): (SocketAddr, SocketAddr),
    [ours, theirs]: [Message; 2],
) {
    let (mut service_rates, mut bare_rates) = (Vec::new(), Vec::new());
    for (address, message) in [(service, &ours), (bare, &theirs)] {
        load::run(address, WARM_UP, message.maker()).await;
    }
    for _ in 0..ROUNDS {
        service_rates.push(load::run(service, ROUND, ours.maker()).await);
        bare_rates.push(load::run(bare, ROUND, theirs.maker()).await);
    }
    let (service, bare) = (median(service_rates), median(bare_rates));
    let goal = match database {
        Database::Postgres => format!("{goal:.2}"),
        Database::Sqlite => "-".to_owned(),
    };
    let database = format!("{database:?}");
    let ratio = service / bare;
    println!("{database:<10} {what:<8} {service:>12.0} {bare:>9.0} {ratio:>7.2} {goal:>6}");
}

/// A request; a key of its own is put in each time it is sent.
#[derive(Clone)]
struct Message {
    head: String,
    body: String,
}

impl Message {
    fn maker(&self) -> impl Fn() -> Vec<u8> + Clone + use<> {
        let (head, body) = (self.head.clone(), self.body.clone());
        move || {
            let key = KEYS.fetch_add(1, Ordering::Relaxed);
            format!("{head}idempotency-key: bench-{key}\r\n\r\n{body}").into_bytes()
        }
    }
}

fn head(world: &World, line: &str) -> String {
    let host = world.app.url.trim_start_matches("http://");
    let token = world.treasurer.token.as_deref().expect("a token");
    format!("{line} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n")
}

fn get(world: &World, path: &str) -> Message {
    Message {
        head: head(world, &format!("GET {path}")),
        body: String::new(),
    }
}

fn post(world: &World, path: &str) -> Message {
    let body = world.payment(0, 1).to_string();
    let head = head(world, &format!("POST {path}"));
    let length = body.len();
    Message {
        head: format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n"),
        body,
    }
}

async fn session_of_treasurer(world: &World) -> uuid::Uuid {
    let me = world.treasurer.get("/v1/me").await.id();
    let user: guildhall::kernel::ids::UserId = me.parse().expect("an id");
    let row = session::Entity::find()
        .filter(session::Column::UserId.eq(user))
        .one(&world.app.ctx().db.reader())
        .await
        .expect("reads")
        .expect("a session");
    row.id.0
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
