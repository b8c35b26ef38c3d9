//! `/metrics` on a listener of its own: Prometheus text, without tenants, addresses or prices.

use std::net::SocketAddr;

use actix_web::App;
use actix_web::HttpResponse;
use actix_web::HttpServer;
use actix_web::web;
use actix_web::web::Data;
use anyhow::Context;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;

use crate::platform::ctx::Ctx;

/// Counts that are read when somebody asks, so that nothing has to be kept.
const GAUGES: [(&str, &str, &str); 3] = [
    (
        "guildhall_jobs",
        "Jobs by state",
        "SELECT state AS label, count(*) AS n FROM job GROUP BY state",
    ),
    (
        "guildhall_outbox_events_waiting",
        "Facts not yet dispatched",
        "SELECT 'waiting' AS label, count(*) AS n FROM outbox_event WHERE dispatched_at IS NULL",
    ),
    (
        "guildhall_deliveries",
        "Mails by state",
        "SELECT state AS label, count(*) AS n FROM delivery GROUP BY state",
    ),
];

/// Serves the metrics until the process ends.
pub fn listen(ctx: &Ctx, address: SocketAddr) -> anyhow::Result<()> {
    let data = Data::new(ctx.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .route("/metrics", web::get().to(show))
    })
    .workers(1)
    .disable_signals()
    .bind(address)
    .with_context(|| format!("cannot listen for metrics on {address}"))?
    .run();
    actix_web::rt::spawn(server);
    Ok(())
}

async fn show(ctx: Data<Ctx>) -> HttpResponse {
    match text(&ctx).await {
        Ok(text) => HttpResponse::Ok()
            .insert_header(("content-type", "text/plain; version=0.0.4"))
            .body(text),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be read");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

async fn text(ctx: &Ctx) -> Result<String, sea_orm::DbErr> {
    let reader = ctx.db.reader();
    let mut out = format!(
        "# HELP guildhall_build_info Version of the program\n# TYPE guildhall_build_info gauge\n\
         guildhall_build_info{{version=\"{}\"}} 1\n",
        env!("CARGO_PKG_VERSION")
    );
    for (name, help, sql) in GAUGES {
        out.push_str(&format!("# HELP {name} {help}\n# TYPE {name} gauge\n"));
        for row in reader
            .query_all_raw(Statement::from_string(ctx.db.backend(), sql))
            .await?
        {
            let label: String = row.try_get("", "label")?;
            let count: i64 = row.try_get("", "n")?;
            out.push_str(&format!("{name}{{state=\"{label}\"}} {count}\n"));
        }
    }
    Ok(out)
}
