//! The door: request ids, problems in one shape, security headers, HEAD, and handlers that are never cut short.

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::body::BoxBody;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::http::header::HeaderName;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::web::Data;

use crate::http::problem::Problem;
use crate::kernel::problem::kinds;
use crate::platform::ctx::Ctx;

/// Date of the last change to the published API.
const API_REVISION: &str = "2026-11-22";

/// The id of a request: the caller's own, or ours.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

struct Visit {
    request_id: String,
    head: bool,
    method: Method,
    path: String,
    started: std::time::Instant,
    ctx: Ctx,
}

/// The outermost middleware of ours.
///
/// # Errors
/// Only rendered answers: what fails below leaves here as a whole problem.
pub async fn door(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let ctx = match request.app_data::<Data<Ctx>>() {
        Some(ctx) => Ctx::clone(ctx),
        None => return Err(Problem::panicked().into()),
    };
    let visit = Visit {
        request_id: request_id(&request, &ctx),
        head: request.method() == Method::HEAD,
        method: request.method().clone(),
        path: request.path().to_owned(),
        started: std::time::Instant::now(),
        ctx,
    };
    if visit.head {
        request.head_mut().method = Method::GET;
    }
    request
        .extensions_mut()
        .insert(RequestId(visit.request_id.clone()));
    // A task of its own: a client that hangs up cannot stop a transaction half way, and a panic stays inside.
    let outcome = actix_web::rt::spawn(next.call(request))
        .await
        .unwrap_or_else(|_| Err(Problem::panicked().into()));
    match outcome {
        Ok(response) => Ok(finish(response.map_into_boxed_body(), &visit)),
        Err(error) => Err(Rendered::from(render(&error, &visit)).into()),
    }
}

fn finish(response: ServiceResponse, visit: &Visit) -> ServiceResponse {
    let problem = response
        .response()
        .error()
        .map(|error| render(error, visit));
    let bare = response.status().is_client_error() && response.response().body().size().is_eof();
    let mut response = match problem {
        Some(rendered) => response.into_response(rendered),
        None if bare && !response.headers().contains_key("content-type") => {
            let problem = Problem::new(&kinds::NOT_FOUND, "There is nothing at this path.");
            response.into_response(problem.render(&visit.ctx.public_url(), &visit.request_id))
        }
        None => response,
    };
    add_headers(response.headers_mut(), visit);
    log(response.status(), visit);
    if visit.head {
        return response.map_body(|_, _| BoxBody::new(()));
    }
    response
}

/// The whole answer to an error from below.
fn render(error: &Error, visit: &Visit) -> HttpResponse {
    let url = visit.ctx.public_url();
    let mut response = match error.as_error::<Problem>() {
        Some(problem) => problem.render(&url, &visit.request_id),
        None => {
            let problem = foreign(error.as_response_error().status_code());
            problem.render(&url, &visit.request_id)
        }
    };
    add_headers(response.headers_mut(), visit);
    log(response.status(), visit);
    response
}

/// An error of the web framework itself, by its status.
fn foreign(status: StatusCode) -> Problem {
    let kind = match status.as_u16() {
        400 => &kinds::INVALID_PARAMETER,
        404 => &kinds::NOT_FOUND,
        408 => &kinds::REQUEST_TIMEOUT,
        413 => &kinds::PAYLOAD_TOO_LARGE,
        415 => &kinds::UNSUPPORTED_MEDIA_TYPE,
        _ => &kinds::INTERNAL,
    };
    if kind.status >= 500 {
        Problem::panicked()
    } else {
        Problem::new(kind, kind.title)
    }
}

fn log(status: StatusCode, visit: &Visit) {
    let ms = visit.started.elapsed().as_millis() as u64;
    let Visit {
        request_id,
        method,
        path,
        ..
    } = visit;
    if status.is_server_error() {
        tracing::error!(request_id, %method, path, status = status.as_u16(), ms, "request failed");
    } else {
        tracing::debug!(request_id, %method, path, status = status.as_u16(), ms, "request");
    }
}

/// The caller's id where it is sane, else one of ours.
fn request_id(request: &ServiceRequest, ctx: &Ctx) -> String {
    request
        .headers()
        .get("x-request-id")
        .and_then(|v| v.to_str().ok())
        .filter(|id| (8..=64).contains(&id.len()))
        .filter(|id| {
            id.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        })
        .map_or_else(|| ctx.ids.fresh::<uuid::Uuid>().to_string(), str::to_owned)
}

fn add_headers(headers: &mut HeaderMap, visit: &Visit) {
    let mut default = |name: &'static str, value: &str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name)
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name, value);
        }
    };
    default("cache-control", "no-store");
    default("x-content-type-options", "nosniff");
    default("content-security-policy", policy(&visit.path));
    default("x-frame-options", "DENY");
    default("referrer-policy", "no-referrer");
    default("cross-origin-resource-policy", "same-origin");
    default("x-request-id", &visit.request_id);
    default("x-api-revision", API_REVISION);
    if visit.ctx.public_url().starts_with("https:") {
        default("strict-transport-security", "max-age=31536000");
    }
    if visit.ctx.sandbox {
        default("guildhall-sandbox", "true");
    }
}

/// Nothing is loaded from anywhere, but for the rendered reference, which loads its own assets.
fn policy(path: &str) -> &'static str {
    if path.starts_with("/docs") {
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    }
}

/// A finished answer that travels as an error.
#[derive(Debug)]
struct Rendered {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl From<HttpResponse> for Rendered {
    fn from(response: HttpResponse) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            // Problems have whole bodies in memory.
            body: response.into_body().try_into_bytes().unwrap_or_default(),
        }
    }
}

impl std::fmt::Display for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)
    }
}

impl ResponseError for Rendered {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::with_body(self.status, BoxBody::new(self.body.clone()));
        *response.headers_mut() = self.headers.clone();
        response
    }
}
