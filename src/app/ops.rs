//! Operations endpoints: is it alive, is it ready, what is it, how is it used.

use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::web::Path;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::startup;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::page;
use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::leaflet::Leaflet;
use crate::kernel::locale::Locale;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::platform::ctx::Ctx;
use crate::platform::idempotency;
use crate::platform::queue::JobFailure;
use crate::platform::registry::JobHandler;
use crate::platform::schedule::SystemSchedule;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("show_landing", Allow::Public),
    Rule::new("check_liveness", Allow::Public),
    Rule::new("check_readiness", Allow::Public),
    Rule::new("show_version", Allow::Public),
    Rule::new("show_document", Allow::Public),
    Rule::new("show_reference", Allow::Public),
    Rule::new("explain_problem", Allow::Public),
];

/// Schedules of the service itself.
pub const SCHEDULES: &[SystemSchedule] = &[SystemSchedule {
    name: "purge idempotency keys",
    line: "17 3 * * *",
    job: "idempotency.purge",
}];

/// Jobs of the service itself.
pub fn jobs() -> Vec<JobHandler> {
    vec![JobHandler {
        kind: "idempotency.purge",
        run: |ctx, _| Box::pin(async move { purge(&ctx).await.map_err(JobFailure::from) }),
    }]
}

async fn purge(ctx: &Ctx) -> Result<(), Failure> {
    let gone = ctx
        .db
        .write(async |tx| Ok(idempotency::purge(tx).await?))
        .await?;
    tracing::info!(gone, "expired idempotency keys purged");
    Ok(())
}

/// The document as text, made once at start.
pub struct DocumentText(pub String);

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(show_landing)
        .service(check_liveness)
        .service(check_readiness)
        .service(show_version)
        .service(show_document)
        .service(show_reference)
        .service(explain_problem);
}

/// Show where to begin
///
/// A page for people who open the address in a browser.
#[utoipa::path(tag = "operations",
    responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
#[get("/")]
async fn show_landing(call: Call) -> Answer {
    let leaflet = Leaflet {
        locale: Locale::En,
        title: "Guildhall".to_owned(),
        paragraphs: vec![
            "Small merchants join forces: pool contributions, decide together, share promotions, \
             negotiate group prices."
                .to_owned(),
        ],
        facts: vec![
            (
                "Reference".to_owned(),
                format!("{}/docs", call.ctx.public_url()),
            ),
            (
                "Document".to_owned(),
                format!("{}/openapi.json", call.ctx.public_url()),
            ),
            ("Version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ],
        ..Leaflet::default()
    };
    Ok(page::show(StatusCode::OK, &leaflet))
}

/// One word on how it is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Health {
    /// `alive`, `ready`, or why not: `stopping`, `database`, `schema`, `disk`.
    #[schema(max_length = 40, example = "ready")]
    status: &'static str,
}

/// Check liveness
///
/// Answers while the process runs, without asking the database.
#[utoipa::path(tag = "operations", responses((status = 200, body = Health, description = "Alive")))]
#[get("/livez")]
async fn check_liveness() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "alive" })
}

/// Check readiness
///
/// 200 when the database answers within a second, the schema is this program's, and the disk has room.
#[utoipa::path(tag = "operations", responses(
    (status = 200, body = Health, description = "Ready"),
    (status = 503, body = Health, description = "Not ready; `status` says why")))]
#[get("/readyz")]
async fn check_readiness(ctx: Data<Ctx>) -> HttpResponse {
    match readiness(&ctx).await {
        Ok(()) => HttpResponse::Ok().json(Health { status: "ready" }),
        Err(status) => HttpResponse::ServiceUnavailable().json(Health { status }),
    }
}

async fn readiness(ctx: &Ctx) -> Result<(), &'static str> {
    if ctx.stopping.load(Ordering::Relaxed) {
        return Err("stopping");
    }
    let ping = async {
        let reader = ctx.db.reader();
        reader
            .query_one_raw(Statement::from_string(ctx.db.backend(), "SELECT 1"))
            .await
    };
    match tokio::time::timeout(Duration::from_secs(1), ping).await {
        Ok(Ok(Some(_))) => {}
        _ => return Err("database"),
    }
    if !startup::schema_is_current(&ctx.db).await.unwrap_or(false) {
        return Err("schema");
    }
    if free_disk_mib(ctx).is_some_and(|free| free < ctx.settings.min_free_disk_mib) {
        return Err("disk");
    }
    Ok(())
}

/// Free space where the data lies, in MiB; `None` where the system does not tell.
fn free_disk_mib(ctx: &Ctx) -> Option<u64> {
    let stat = rustix::fs::statvfs(&ctx.settings.data_dir).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize) >> 20)
}

/// What this is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Version {
    #[schema(max_length = 40, example = "guildhall")]
    name: &'static str,
    #[schema(max_length = 40, example = "0.1.0")]
    version: &'static str,
    #[schema(max_length = 40, example = "sqlite")]
    database: &'static str,
    sandbox: bool,
}

/// Show the version
///
/// Name and version of the program, and the kind of its database.
#[utoipa::path(tag = "operations", responses((status = 200, body = Version, description = "The version")))]
#[get("/version")]
async fn show_version(ctx: Data<Ctx>) -> HttpResponse {
    let postgres = ctx.db.backend() == sea_orm::DbBackend::Postgres;
    HttpResponse::Ok().json(Version {
        name: "guildhall",
        version: env!("CARGO_PKG_VERSION"),
        database: if postgres { "postgresql" } else { "sqlite" },
        sandbox: ctx.sandbox,
    })
}

/// Show the OpenAPI document
///
/// OpenAPI 3.1, made from the code; equal to `openapi/openapi.json`.
#[utoipa::path(tag = "operations",
    responses((status = 200, description = "The document", content_type = "application/json", body = Object)))]
#[get("/openapi.json")]
async fn show_document(text: Data<DocumentText>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("content-type", "application/json; charset=utf-8"))
        .body(text.0.clone())
}

/// Show the rendered reference
///
/// Leads to a browsable form of the document; all its assets are part of the program.
#[utoipa::path(tag = "operations", responses((status = 302, description = "To the reference",
    headers(("Location" = String, description = "The reference")))))]
#[get("/docs")]
async fn show_reference() -> HttpResponse {
    HttpResponse::Found()
        .insert_header(("location", "/docs/"))
        .finish()
}

/// Explain a problem code
///
/// The page behind a problem's `type`.
#[utoipa::path(tag = "operations", params(("code" = String, Path, max_length = 100)),
    responses((status = 200, description = "The page", content_type = "text/html", body = String)))]
#[get("/problems/{code}")]
async fn explain_problem(call: Call, code: Path<String>) -> Answer {
    let kind = call
        .ctx
        .registry
        .kinds
        .iter()
        .find(|kind| kind.code == code.as_str())
        .ok_or_else(|| Refused::not_found("problem code"))?;
    let leaflet = Leaflet {
        locale: Locale::En,
        title: kind.title.to_owned(),
        paragraphs: vec![
            "The answer's 'detail' says what happened, 'params' holds the facts, and 'errors' names the fields."
                .to_owned(),
        ],
        facts: vec![
            ("Code".to_owned(), kind.code.to_owned()),
            ("Status".to_owned(), kind.status.to_string()),
        ],
        ..Leaflet::default()
    };
    Ok(page::show(StatusCode::OK, &leaflet))
}
