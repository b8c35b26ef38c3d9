//! The gate: what is checked before a handler runs, in the published order:
//! 404/405, 413/415, 429, 401, 400. The rest (404, 403, replay, 428/412, 422, 409) is the use case's.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::body::MessageBody;
use actix_web::dev::ServiceRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::http::limits::Limits;
use crate::http::problem::Problem;
use crate::http::routes;
use crate::http::routes::Operation;
use crate::http::routes::RouteTable;
use crate::kernel::access::Allow;
use crate::kernel::caller::Caller;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::platform::act::Asker;
use crate::platform::ctx::Ctx;

/// What the gate found out; kept in the request's extensions.
#[derive(Clone)]
pub struct Admitted {
    pub operation: Operation,
    pub asker: Asker,
    pub key: Option<String>,
    pub if_match: Option<i64>,
}

/// Assets of the rendered reference, which stand beside the document.
const ASSETS: &str = "/docs/";

/// The middleware.
///
/// # Errors
/// A [`Problem`] for the first check that fails.
pub async fn gate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.path().starts_with(ASSETS) && request.method() == Method::GET {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let table = data::<RouteTable>(&request)?;
    let methods = table
        .find(request.path())
        .ok_or_else(|| Problem::new(&kinds::NOT_FOUND, "There is nothing at this path."))?;
    if request.method() == Method::OPTIONS {
        let response = HttpResponse::NoContent()
            .insert_header((header::ALLOW, routes::allow(methods)))
            .finish();
        return Ok(request.into_response(response));
    }
    let operation = methods
        .get(request.method().as_str())
        .cloned()
        .ok_or_else(|| {
            Problem::new(
                &kinds::METHOD_NOT_ALLOWED,
                "This path does not know this method.",
            )
            .header("allow", routes::allow(methods))
        })?;
    check_media(&request, &operation)?;
    let caller = identify(&mut request, &operation).await?;
    let admitted = read_headers(&request, operation, caller)?;
    request.extensions_mut().insert(admitted);
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn data<T: 'static>(request: &ServiceRequest) -> Result<Arc<T>, Problem> {
    request
        .app_data::<Data<T>>()
        .map(|data| Arc::clone(data))
        .ok_or_else(Problem::panicked)
}

/// 413 and 415.
fn check_media(request: &ServiceRequest, operation: &Operation) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).and_then(|v| v.to_str().ok());
    if header(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(unsupported("Request bodies must not be compressed."));
    }
    let length: Option<usize> = header(header::CONTENT_LENGTH).and_then(|v| v.parse().ok());
    if length.is_some_and(|length| length > operation.rule.max_body) {
        return Err(crate::http::json::too_large(operation.rule.max_body));
    }
    let has_body =
        length.is_some_and(|l| l > 0) || request.headers().contains_key(header::TRANSFER_ENCODING);
    if operation.media_types.is_empty() || !(has_body || operation.body_required) {
        return Ok(());
    }
    let media = header(header::CONTENT_TYPE)
        .and_then(|v| v.split(';').next())
        .map(|v| v.trim().to_ascii_lowercase());
    if media.is_some_and(|media| operation.media_types.contains(&media)) {
        Ok(())
    } else {
        Err(unsupported(&format!(
            "Send the body as {}.",
            operation.media_types.join(" or ")
        )))
    }
}

fn unsupported(detail: &str) -> Problem {
    Problem::new(&kinds::UNSUPPORTED_MEDIA_TYPE, detail)
}

/// 429 and 401.
async fn identify(request: &mut ServiceRequest, operation: &Operation) -> Result<Caller, Problem> {
    let ctx = data::<Ctx>(request)?;
    let bearer = bearer(request);
    let public = operation.rule.allow == Allow::Public;
    if !ctx.sandbox
        && let Some(peer) = request.peer_addr()
    {
        let anonymous = public || bearer.is_none();
        data::<Limits>(request)?.count_address(operation.rule.operation, peer.ip(), anonymous)?;
    }
    if public {
        return Ok(Caller::Anonymous);
    }
    if bearer.is_none() && operation.rule.allow == Allow::Anybody {
        return Ok(Caller::Anonymous);
    }
    let bearer = bearer.ok_or_else(|| Problem::unauthenticated("Send a bearer token."))?;
    let mut caller = None;
    for authenticator in &ctx.registry.authenticators {
        caller = (authenticator.run)(Ctx::clone(&ctx), bearer.clone()).await?;
        if caller.is_some() {
            break;
        }
    }
    let caller = caller.ok_or_else(|| Problem::unauthenticated("This token is not valid."))?;
    if !ctx.sandbox {
        data::<Limits>(request)?.count_caller(&caller)?;
    }
    if operation.rule.allow != Allow::Account && caller.user().is_some_and(|user| !user.verified) {
        return Err(Problem::new(
            &kinds::EMAIL_UNVERIFIED,
            "Open the link in the mail that we sent you first.",
        ));
    }
    Ok(caller)
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// 400 for the query and the headers.
fn read_headers(
    request: &ServiceRequest,
    operation: Operation,
    caller: Caller,
) -> Result<Admitted, Problem> {
    check_query(request.query_string(), &operation)?;
    let key = idempotency_key(request)?;
    if key.is_none() && operation.rule.idempotency_required {
        return Err(Problem::new(
            &kinds::IDEMPOTENCY_KEY_MISSING,
            "Send an Idempotency-Key of your choice, and the same one when you try again.",
        ));
    }
    Ok(Admitted {
        if_match: if_match(request)?,
        asker: Asker::new(caller, operation.rule),
        operation,
        key,
    })
}

fn check_query(query: &str, operation: &Operation) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        let known = operation.query.iter().any(|declared| *declared == name);
        if !known || !seen.insert(name.to_string()) {
            let why = if known {
                "stands twice"
            } else {
                "is not a parameter here"
            };
            return Err(
                Problem::new(&kinds::UNKNOWN_PARAMETER, format!("'{name}' {why}."))
                    .errors(vec![FieldError::new(name, "unknown_parameter", why)]),
            );
        }
    }
    Ok(())
}

/// Bare or as a quoted structured-field string: both spellings are the same key.
fn idempotency_key(request: &ServiceRequest) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    let bad = || {
        Problem::new(
            &kinds::INVALID_HEADER,
            "Idempotency-Key takes 1 to 255 visible ASCII characters.",
        )
    };
    let text = value.to_str().map_err(|_| bad())?;
    let text = text
        .strip_prefix('"')
        .and_then(|t| t.strip_suffix('"'))
        .unwrap_or(text);
    let fine = (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if fine {
        Ok(Some(text.to_owned()))
    } else {
        Err(bad())
    }
}

/// `"v7"`, or `W/"v7"`, because proxies that compress weaken tags. `*` matches nothing of ours.
fn if_match(request: &ServiceRequest) -> Result<Option<i64>, Problem> {
    let Some(value) = request.headers().get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if text == "*" {
        return Ok(None);
    }
    text.trim_start_matches("W/")
        .strip_prefix("\"v")
        .and_then(|t| t.strip_suffix('"'))
        .and_then(|t| t.parse().ok())
        .map(Some)
        .ok_or_else(|| {
            Problem::new(
                &kinds::INVALID_HEADER,
                "If-Match takes one ETag such as \"v3\".",
            )
        })
}
