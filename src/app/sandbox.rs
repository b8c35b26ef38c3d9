//! The sandbox: a movable clock and a drain, for rehearsals and tests. On loopback, without login.

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::dev::Payload;
use actix_web::get;
use actix_web::post;
use actix_web::put;
use chrono::TimeDelta;
use sea_orm::ConnectionTrait;
use sea_orm::Statement;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::kernel::access::Allow;
use crate::kernel::access::Rule;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Kind;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::Instant;
use crate::platform::ctx::Ctx;
use crate::platform::db::Tx;
use crate::platform::worker;
use crate::platform::worker::Ran;

/// Rows of the access table.
pub const RULES: &[Rule] = &[
    Rule::new("read_sandbox_clock", Allow::Public),
    Rule::new("move_sandbox_clock", Allow::Public),
    Rule::new("drain_sandbox", Allow::Public),
];

static CLOCK_BACKWARDS: Kind = Kind::conflict("clock_backwards", "Time never goes back");

/// Problems of the sandbox.
pub const PROBLEMS: &[&Kind] = &[&CLOCK_BACKWARDS];

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_sandbox_clock)
        .service(move_sandbox_clock)
        .service(drain_sandbox);
}

/// Proof that this is a sandbox and the caller sits on this machine.
struct InSandbox;

impl FromRequest for InSandbox {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sandbox = request
            .app_data::<actix_web::web::Data<Ctx>>()
            .is_some_and(|ctx| ctx.sandbox);
        let local = request
            .peer_addr()
            .is_some_and(|peer| peer.ip().to_canonical().is_loopback());
        std::future::ready(if sandbox && local {
            Ok(Self)
        } else {
            Err(Refused::not_found("sandbox").into())
        })
    }
}

/// Where the clock shall stand: one of the two.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"now": "2026-10-01T00:00:00Z"}))]
struct MoveClock {
    /// The new time.
    now: Option<Instant>,
    /// Seconds to move on, up to ten years.
    #[schema(minimum = 0, maximum = 315_360_000)]
    advance_s: Option<i64>,
}

/// The clock, and what ran because it moved.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct ClockView {
    now: Instant,
    #[serde(flatten)]
    ran: Ran,
}

/// Read the sandbox clock
///
/// The time that the service lives in. Sandbox only.
#[utoipa::path(tag = "sandbox", responses((status = 200, body = ClockView, description = "The clock")))]
#[get("/sandbox/clock")]
async fn read_sandbox_clock(_guard: InSandbox, call: Call) -> Answer {
    let now = call.ctx.db.reader().now().await.map_err(Failure::from)?;
    Ok(HttpResponse::Ok().json(ClockView {
        now,
        ran: Ran::default(),
    }))
}

/// Move the sandbox clock
///
/// Forward only. Scheduled work that becomes due runs before the answer. Sandbox only.
#[utoipa::path(tag = "sandbox", request_body = MoveClock,
    responses((status = 200, body = ClockView, description = "The clock after the move")))]
#[put("/sandbox/clock")]
async fn move_sandbox_clock(_guard: InSandbox, call: Call, body: Json<MoveClock>) -> Answer {
    let ctx = &call.ctx;
    ctx.db.write(async |tx| advance(tx, &body).await).await?;
    let ran = worker::drain(ctx).await?;
    let now = ctx.db.reader().now().await.map_err(Failure::from)?;
    Ok(HttpResponse::Ok().json(ClockView { now, ran }))
}

/// Run all due work
///
/// Runs schedules, sweeps, facts, jobs and mail until nothing is due, and answers what ran. Sandbox only.
#[utoipa::path(tag = "sandbox", responses((status = 200, body = Ran, description = "What ran")))]
#[post("/sandbox/drain")]
async fn drain_sandbox(_guard: InSandbox, call: Call) -> Answer {
    Ok(HttpResponse::Ok().json(worker::drain(&call.ctx).await?))
}

async fn advance(tx: &Tx, wanted: &MoveClock) -> Result<(), Failure> {
    let target = match (wanted.now, wanted.advance_s) {
        (Some(now), None) => now,
        (None, Some(seconds)) if (0..=315_360_000).contains(&seconds) => {
            tx.now().plus(TimeDelta::seconds(seconds))
        }
        _ => {
            return Err(Refused::new(
                &kinds::VALIDATION_FAILED,
                "Send either 'now' or 'advance_s' (0 to ten years of seconds).",
            )
            .into());
        }
    };
    if target < tx.now() {
        return Err(Refused::new(&CLOCK_BACKWARDS, format!("It is {} already.", tx.now())).into());
    }
    let offset = target.millis() - tx.real_now().millis();
    // A clock that stands ahead of the machine's keeps its distance; it is never pulled back.
    tx.execute_raw(Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO sandbox_clock (id, offset_ms) VALUES (1, $1) \
         ON CONFLICT (id) DO UPDATE SET offset_ms = excluded.offset_ms",
        [std::cmp::max(offset, 0).into()],
    ))
    .await?;
    Ok(())
}
