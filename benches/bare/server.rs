//! The servers of the bare handlers, with pools like those of the service.

use std::net::SocketAddr;
use std::time::Duration;

use actix_web::App;
use actix_web::HttpResponse;
use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::error::ErrorInternalServerError;
use actix_web::web;
use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use guildhall::platform::clock::Clock;
use guildhall::platform::ids::Ids;
use serde::Deserialize;
use sqlx::PgConnection;
use sqlx::Pool;
use sqlx::SqliteConnection;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::sqlite::SqliteJournalMode;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::sqlite::SqliteSynchronous;
use uuid::Uuid;

use super::statements;

/// The body of a payment.
#[derive(Debug, Deserialize)]
pub struct Payment {
    pub membership_id: Uuid,
    pub amount_minor: i64,
    pub received_on: NaiveDate,
    pub reference: String,
}

/// What the service asks of a token, the bare handler simply knows.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub session: Uuid,
    pub ids: Ids,
}

/// Time of a transaction on PostgreSQL.
pub async fn postgres_now(connection: &mut PgConnection) -> sqlx::Result<DateTime<Utc>> {
    let (at, offset): (DateTime<Utc>, i64) = sqlx::query_as(statements::CLOCK)
        .fetch_one(connection)
        .await?;
    Ok(at + chrono::TimeDelta::milliseconds(offset))
}

/// Time of a transaction on SQLite, in milliseconds.
pub async fn sqlite_now(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    let (offset,): (i64,) = sqlx::query_as(statements::CLOCK_OFFSET)
        .fetch_one(connection)
        .await?;
    Ok(Clock.now().millis() + offset)
}

macro_rules! serve {
    ($name:ident, $Db:ty, $handlers:ident) => {
        /// Serves the two handlers with as many workers as the service.
        fn $name(reader: Pool<$Db>, writer: Pool<$Db>, known: Known) -> (SocketAddr, ServerHandle) {
            use crate::bare::handlers::$handlers as bare;
            type Pools = web::Data<(Pool<$Db>, Pool<$Db>, Known)>;
            async fn read(data: Pools, id: web::Path<Uuid>) -> actix_web::Result<HttpResponse> {
                let (reader, _, known) = &**data;
                let view = bare::read(reader, known.session, *id).await;
                Ok(HttpResponse::Ok().json(view.map_err(ErrorInternalServerError)?))
            }
            async fn pay(
                data: Pools,
                id: web::Path<Uuid>,
                new: web::Json<Payment>,
            ) -> actix_web::Result<HttpResponse> {
                let (reader, writer, known) = &**data;
                let view = bare::pay((reader, writer), known.ids, known.session, *id, &new).await;
                Ok(HttpResponse::Created().json(view.map_err(ErrorInternalServerError)?))
            }
            let data = web::Data::new((reader, writer, known));
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(data.clone())
                    .route("/v1/alliances/{id}", web::get().to(read))
                    .route("/v1/funds/{id}/payments", web::post().to(pay))
            })
            .workers(std::thread::available_parallelism().map_or(2, usize::from))
            .disable_signals()
            .bind("127.0.0.1:0")
            .expect("binds");
            let address = server.addrs()[0];
            let server = server.run();
            let handle = server.handle();
            tokio::task::spawn(server);
            (address, handle)
        }
    };
}

serve!(serve_postgres, sqlx::Postgres, on_postgres);
serve!(serve_sqlite, sqlx::Sqlite, on_sqlite);

/// Starts the bare server on the database of the service.
pub async fn start(url: &str, connections: u32, known: Known) -> (SocketAddr, ServerHandle) {
    if !url.starts_with("sqlite") {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
            .connect(url)
            .await
            .expect("connects");
        return serve_postgres(pool.clone(), pool, known);
    }
    let options: SqliteConnectOptions = url.parse().expect("a URL");
    let options = options
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .synchronous(SqliteSynchronous::Full);
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .test_before_acquire(false)
    };
    let writer = options.clone().journal_mode(SqliteJournalMode::Wal);
    let writer = pool(1).connect_with(writer).await.expect("opens");
    let reader = options.pragma("query_only", "ON");
    let reader = pool(connections).connect_with(reader).await.expect("opens");
    serve_sqlite(reader, writer, known)
}
