//! Calculators: pure rules over HTTP, in a bounded number of threads, without login and without a trace.

use actix_web::HttpResponse;
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::kernel::problem::Failure;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;

/// Calculations at once; each may keep a core busy.
struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(
            std::thread::available_parallelism().map_or(2, usize::from),
        ))
    }
}

/// Answers what `rule` makes of the body.
///
/// # Errors
/// The rule's refusal, fields that break their rules, or 503 when too many calculations wait.
pub async fn run<B, T, E>(
    call: &Call,
    body: Json<B>,
    rule: impl FnOnce(B) -> Result<T, E> + Send + 'static,
) -> Answer
where
    B: Send + 'static,
    T: Serialize + Send + 'static,
    E: Into<Failure> + Send + 'static,
{
    let request = body.checked()?;
    let turns = call.ctx.shared::<Turns>();
    let wait = tokio::time::timeout(std::time::Duration::from_secs(10), turns.0.acquire());
    let _turn =
        wait.await.ok().and_then(Result::ok).ok_or_else(|| {
            Refused::new(&kinds::OVERLOADED, "Too many calculations run at once.")
        })?;
    let outcome = tokio::task::spawn_blocking(move || {
        rule(request).map(|answer| serde_json::to_string(&answer).unwrap_or_default())
    })
    .await
    .map_err(|_| Problem::panicked())?;
    let text = outcome.map_err(Into::<Failure>::into)?;
    Ok(HttpResponse::Ok()
        .insert_header(("content-type", "application/json; charset=utf-8"))
        .body(text))
}
