//! Bodies: strict JSON with a size limit and a deadline, and fields checked against their rules.

use std::ops::Deref;
use std::time::Duration;

use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::web::BytesMut;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::gate::Admitted;
use crate::http::problem::Problem;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::Refused;
use crate::kernel::problem::kinds;
use crate::kernel::time::CONTENT_MARK;
use crate::platform::random;
use crate::platform::registry::Local;

mod strict;

/// A whole body must have arrived after this time.
const DEADLINE: Duration = Duration::from_secs(30);

/// A JSON body. Its field errors are reported by the use case, once the caller is known to be allowed.
#[derive(Debug, Clone)]
pub struct Json<T> {
    value: T,
    pub(crate) digest: Vec<u8>,
    pub(crate) invalid: Vec<FieldError>,
}

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Json<T> {
    /// The value, where no field breaks a rule: for operations that are no use case.
    ///
    /// # Errors
    /// 422 `validation_failed`.
    pub fn checked(self) -> Result<T, Problem> {
        if self.invalid.is_empty() {
            Ok(self.value)
        } else {
            Err(Refused::fields(self.invalid).into())
        }
    }
}

impl<T> FromRequest for Json<T>
where
    T: DeserializeOwned + garde::Validate<Context = ()> + 'static,
{
    type Error = Problem;
    type Future = Local<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request
            .extensions()
            .get::<Admitted>()
            .map_or(crate::kernel::access::JSON_LIMIT, |a| {
                a.operation.rule.max_body
            });
        let payload = payload.take();
        Box::pin(async move { parse(&read(payload, limit).await?) })
    }
}

/// Reads a whole body.
///
/// # Errors
/// 413 beyond `limit` bytes, 408 after 30 s, 400 where the connection breaks.
pub async fn read(mut payload: Payload, limit: usize) -> Result<BytesMut, Problem> {
    let collect = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| {
                Problem::new(&kinds::INVALID_BODY, "The body did not arrive whole.")
            })?;
            if body.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(DEADLINE, collect)
        .await
        .map_err(|_| Problem::new(&kinds::REQUEST_TIMEOUT, "The body took longer than 30 s."))?
}

/// 413 with the limit.
pub fn too_large(limit: usize) -> Problem {
    let mut problem = Problem::new(
        &kinds::PAYLOAD_TOO_LARGE,
        format!("The body may have at most {limit} bytes."),
    );
    problem.params.insert("limit".into(), limit.into());
    problem
}

fn parse<T>(bytes: &[u8]) -> Result<Json<T>, Problem>
where
    T: DeserializeOwned + garde::Validate<Context = ()>,
{
    let value = strict::parse(bytes).map_err(|why| {
        Problem::new(
            &kinds::INVALID_BODY,
            format!("The body is no JSON of ours: {why}."),
        )
    })?;
    let digest = random::digest(canonical(&value).as_bytes());
    let value: T = serde_path_to_error::deserialize(value).map_err(|error| unreadable(&error))?;
    let invalid = value
        .validate()
        .err()
        .map(|report| broken(&report))
        .unwrap_or_default();
    Ok(Json {
        value,
        digest,
        invalid,
    })
}

/// JSON with sorted members: equal content has equal text (RFC 8785, for integers and strings).
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            let parts: Vec<String> = keys
                .into_iter()
                .map(|k| format!("{}:{}", Value::from(k.as_str()), canonical(&members[k])))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        other => other.to_string(),
    }
}

fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = error
        .path()
        .iter()
        .fold("#".to_owned(), |pointer, segment| match segment {
            serde_path_to_error::Segment::Seq { index } => format!("{pointer}/{index}"),
            serde_path_to_error::Segment::Map { key } => format!("{pointer}/{key}"),
            serde_path_to_error::Segment::Enum { .. } | serde_path_to_error::Segment::Unknown => {
                pointer
            }
        });
    let text = error.inner().to_string();
    if let Some(code) = text.strip_prefix(CONTENT_MARK) {
        let code = code.split_whitespace().next().unwrap_or("invalid_value");
        let errors = vec![FieldError::new(
            pointer,
            code,
            "The value breaks the rule of its field.",
        )];
        return Problem::new(&kinds::VALIDATION_FAILED, "A field breaks its rule.").errors(errors);
    }
    let code = match () {
        () if text.starts_with("unknown field") => "unknown_field",
        () if text.starts_with("missing field") => "missing_field",
        () if text.starts_with("unknown variant") => "unknown_word",
        () => "wrong_type",
    };
    Problem::new(
        &kinds::INVALID_BODY,
        "The body does not have the documented shape.",
    )
    .errors(vec![FieldError::new(pointer, code, text)])
}

fn broken(report: &garde::Report) -> Vec<FieldError> {
    report
        .iter()
        .map(|(path, error)| {
            let pointer = path.to_string().replace(['.', '['], "/").replace(']', "");
            FieldError::new(format!("#/{pointer}"), "invalid_value", error.message())
        })
        .collect()
}
