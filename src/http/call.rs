//! A call: what a handler needs to start one use case and to answer.

use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::web::Data;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::Stream;
use futures_util::TryStreamExt;
use serde::Serialize;

use crate::http::cursor;
use crate::http::door::RequestId;
use crate::http::gate::Admitted;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::raw::Raw;
use crate::http::reply::Gone;
use crate::http::reply::ListOf;
use crate::http::reply::Reply;
use crate::kernel::page;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::problem::Failure;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::StoredAnswer;
use crate::kernel::problem::kinds;
use crate::platform::act;
use crate::platform::act::Act;
use crate::platform::act::Look;
use crate::platform::act::Request;
use crate::platform::act::Storable;
use crate::platform::ctx::Ctx;
use crate::platform::idempotency;
use crate::platform::idempotency::Key;

/// What every handler answers.
pub type Answer = Result<HttpResponse, Problem>;

/// An admitted request.
pub struct Call {
    pub ctx: Ctx,
    admitted: Admitted,
    request_id: String,
    method: String,
    path: String,
    query: String,
    if_none_match: Option<String>,
}

impl FromRequest for Call {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request).ok_or_else(Problem::panicked))
    }
}

impl Call {
    fn of(request: &HttpRequest) -> Option<Self> {
        let extensions = request.extensions();
        Some(Self {
            ctx: Ctx::clone(request.app_data::<Data<Ctx>>()?),
            admitted: extensions.get::<Admitted>()?.clone(),
            request_id: extensions.get::<RequestId>()?.0.clone(),
            method: request.method().to_string(),
            path: request.path().to_owned(),
            query: request.query_string().to_owned(),
            if_none_match: request
                .headers()
                .get("if-none-match")
                .and_then(|v| v.to_str().ok())
                .map(str::to_owned),
        })
    }

    /// Runs a writing use case with a body.
    ///
    /// # Errors
    /// The refusal as a problem.
    pub async fn run<B, T: Serialize>(
        &self,
        body: &Json<B>,
        work: impl AsyncFn(&Act<'_>) -> Result<Reply<T>, Failure>,
    ) -> Answer {
        let request = self.request(&body.digest, body.invalid.clone());
        let reply = self.perform(&request, work).await?;
        Ok(reply.respond())
    }

    /// Runs a writing use case with a file.
    ///
    /// # Errors
    /// The refusal as a problem.
    pub async fn run_file<T: Serialize>(
        &self,
        file: &Raw,
        work: impl AsyncFn(&Act<'_>) -> Result<Reply<T>, Failure>,
    ) -> Answer {
        let request = self.request(&file.digest, Vec::new());
        let reply = self.perform(&request, work).await?;
        Ok(reply.respond())
    }

    /// A file under a name.
    pub fn file(&self, media_type: &str, name: &str, bytes: Vec<u8>) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header(("content-type", media_type))
            .insert_header((
                "content-disposition",
                format!("attachment; filename=\"{name}\""),
            ))
            .body(bytes)
    }

    /// Runs a writing use case without a body.
    ///
    /// # Errors
    /// The refusal as a problem.
    pub async fn run_bare<T: Serialize>(
        &self,
        work: impl AsyncFn(&Act<'_>) -> Result<Reply<T>, Failure>,
    ) -> Answer {
        let request = self.request(&[], Vec::new());
        let reply = self.perform(&request, work).await?;
        Ok(reply.respond())
    }

    /// Runs a use case that answers nothing: 204.
    ///
    /// # Errors
    /// The refusal as a problem.
    pub async fn run_to_end(&self, work: impl AsyncFn(&Act<'_>) -> Result<(), Failure>) -> Answer {
        let request = self.request(&[], Vec::new());
        self.perform(&request, async |act| work(act).await.map(|()| Gone))
            .await?;
        Ok(HttpResponse::NoContent().finish())
    }

    /// Opens a reading use case.
    pub fn look(&self) -> Look<'_> {
        Look::new(&self.ctx, &self.admitted.asker)
    }

    /// 200 with a view; 304 where the caller has this version already.
    pub fn show<T: Serialize>(&self, view: T, version: i64) -> HttpResponse {
        let tag = crate::http::reply::etag(version);
        let known = self.if_none_match.as_deref().is_some_and(|tags| {
            tags.split(',')
                .any(|t| t.trim().trim_start_matches("W/") == tag)
        });
        if known {
            return HttpResponse::NotModified()
                .insert_header(("etag", tag))
                .finish();
        }
        Reply::ok(view).version(version).respond()
    }

    /// 200 with a text that is no JSON, under its own tag and with the time of its last change; 304 where
    /// the caller has it already.
    pub fn show_text(
        &self,
        media_type: &str,
        text: String,
        changed: crate::kernel::time::Instant,
    ) -> HttpResponse {
        let digest = crate::platform::random::digest(text.as_bytes());
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]));
        let known = self.if_none_match.as_deref().is_some_and(|tags| {
            tags.split(',')
                .any(|t| t.trim().trim_start_matches("W/") == tag || t.trim() == "*")
        });
        let mut response = if known {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        let changed = changed.to_utc().format("%a, %d %b %Y %H:%M:%S GMT");
        response
            .insert_header(("etag", tag))
            .insert_header(("last-modified", changed.to_string()))
            .insert_header(("cache-control", "private, no-cache"));
        if known {
            return response.finish();
        }
        response
            .insert_header(("content-type", media_type))
            .body(text)
    }

    /// A filter of the query, such as `?state=`.
    pub fn filter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// Which page of a list is wanted.
    ///
    /// # Errors
    /// 400 for a limit that is no positive number, or a cursor of another list.
    pub fn page(&self) -> Result<Page, Problem> {
        let mut page = Page {
            limit: page::DEFAULT_LIMIT,
            after: None,
        };
        for (name, value) in url::form_urlencoded::parse(self.query.as_bytes()) {
            match name.as_ref() {
                "limit" => page.limit = limit(&value)?,
                "cursor" => {
                    let now = self.ctx.clock.now();
                    let id = cursor::decode(&self.ctx.keys, &self.list_name(), &value, now);
                    page.after = Some(id.ok_or_else(|| {
                        Problem::new(&kinds::CURSOR_INVALID, "Start again without a cursor.")
                    })?);
                }
                _ => {}
            }
        }
        Ok(page)
    }

    /// One page with the cursor of the next and its `Link`.
    pub fn list<T: Serialize + utoipa::ToSchema>(&self, slice: Slice<T>) -> HttpResponse {
        self.list_as(slice, |list| list)
    }

    /// As [`Call::list`], in a view that says more than the items.
    pub fn list_as<T: Serialize + utoipa::ToSchema, V: Serialize>(
        &self,
        slice: Slice<T>,
        view: impl FnOnce(ListOf<T>) -> V,
    ) -> HttpResponse {
        let next = slice
            .next
            .map(|id| cursor::encode(&self.ctx.keys, &self.list_name(), id, self.ctx.clock.now()));
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &next {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(
                url::form_urlencoded::parse(self.query.as_bytes())
                    .filter(|(name, _)| name != "cursor"),
            );
            query.append_pair("cursor", cursor);
            let link = format!(
                "<{}{}?{}>; rel=\"next\"",
                self.ctx.public_url(),
                self.path,
                query.finish()
            );
            response.insert_header(("link", link));
        }
        response.insert_header(("content-type", "application/json; charset=utf-8"));
        let list = ListOf {
            has_more: next.is_some(),
            next_cursor: next,
            items: slice.items,
        };
        response.body(serde_json::to_string(&view(list)).unwrap_or_default())
    }

    /// A whole that is sent piece by piece under a name; where a piece fails, the connection breaks off.
    pub fn stream<S>(&self, media_type: &str, file: &str, pieces: S) -> HttpResponse
    where
        S: Stream<Item = Result<Bytes, Failure>> + 'static,
    {
        let request_id = self.request_id.clone();
        let pieces = pieces.map_err(move |failure| {
            tracing::error!(request_id, ?failure, "a stream broke off");
            std::io::Error::other("the stream broke off")
        });
        HttpResponse::Ok()
            .insert_header(("content-type", media_type))
            .insert_header((
                "content-disposition",
                format!("attachment; filename=\"{file}\""),
            ))
            .streaming(pieces)
    }

    /// A list is its path with all filters, whatever the page.
    fn list_name(&self) -> String {
        let mut filters: Vec<(String, String)> = url::form_urlencoded::parse(self.query.as_bytes())
            .filter(|(name, _)| name != "cursor" && name != "limit")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        filters.sort_unstable();
        format!("{} {filters:?}", self.path)
    }

    fn request(&self, body_digest: &[u8], invalid: Vec<FieldError>) -> Request {
        let asker = self.admitted.asker.clone();
        let key = self.admitted.key.as_ref().map(|key| {
            let head = format!(
                "{} {} {:?}\n",
                self.method, self.path, self.admitted.if_match
            );
            Key {
                principal: asker.caller.principal(),
                key: key.clone(),
                // Keyed: whoever reads the table cannot try out prices until one fits.
                digest: self
                    .ctx
                    .keys
                    .mac("idempotency", &[head.as_bytes(), body_digest].concat())
                    .to_vec(),
            }
        });
        Request {
            asker,
            request_id: self.request_id.clone(),
            key,
            if_match: self.admitted.if_match,
            invalid,
        }
    }

    /// Performs, and keeps a decided refusal under the key, in a transaction of its own.
    async fn perform<T: Storable>(
        &self,
        request: &Request,
        work: impl AsyncFn(&Act<'_>) -> Result<T, Failure>,
    ) -> Result<T, Problem> {
        let outcome = act::perform(&self.ctx, request, work).await;
        let problem = match outcome.result {
            Ok(value) => return Ok(value),
            Err(failure) => Problem::from(failure),
        };
        let decided = outcome.decided
            && problem.replay.is_none()
            && matches!(problem.kind.status, 409 | 412 | 422);
        if let (true, Some(key)) = (decided, &request.key) {
            let body = problem.body(&self.ctx.public_url(), &self.request_id);
            let answer = StoredAnswer {
                status: problem.kind.status,
                location: None,
                etag: None,
                body: serde_json::to_string(&body).unwrap_or_default(),
            };
            self.ctx
                .db
                .write(async |tx| Ok(idempotency::store(tx, key, &answer).await?))
                .await?;
        }
        Err(problem)
    }
}

fn limit(text: &str) -> Result<u64, Problem> {
    text.parse::<u64>()
        .ok()
        .filter(|n| *n > 0)
        .map(|n| n.min(page::MAX_LIMIT))
        .ok_or_else(|| {
            Problem::new(
                &kinds::INVALID_PARAMETER,
                "'limit' takes a number from 1 to 100.",
            )
            .errors(vec![FieldError::new(
                "limit",
                "invalid_parameter",
                "a number from 1 to 100",
            )])
        })
}
