//! Answers: one view with its status, `Location` and `ETag`; or one page of a list.

use actix_web::HttpResponse;
use actix_web::HttpResponseBuilder;
use actix_web::http::StatusCode;
use serde::Serialize;

use crate::kernel::problem::StoredAnswer;
use crate::platform::act::Storable;

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    status: u16,
    location: Option<String>,
    version: Option<i64>,
    view: T,
    /// What is stored for a replay, where it must differ: secrets are shown once.
    stored: Option<T>,
    secret: bool,
}

impl<T: Serialize> Reply<T> {
    /// 200 with a view.
    pub fn ok(view: T) -> Self {
        Self {
            status: 200,
            location: None,
            version: None,
            view,
            stored: None,
            secret: false,
        }
    }

    /// 201 with a view and the path where it stands.
    pub fn created(location: impl Into<String>, view: T) -> Self {
        Self {
            status: 201,
            location: Some(location.into()),
            ..Self::ok(view)
        }
    }

    /// 202 with a view.
    pub fn accepted(view: T) -> Self {
        Self {
            status: 202,
            ..Self::ok(view)
        }
    }

    /// Adds the strong `ETag` of a version.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// Stores another view for a replay than the one sent now.
    #[must_use]
    pub fn store_instead(mut self, view: T) -> Self {
        self.stored = Some(view);
        self
    }

    /// The answer holds a secret: it is never compressed, so that its length tells nothing.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The HTTP answer.
    pub fn respond(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponseBuilder::new(status);
        if let Some(location) = &self.location {
            response.insert_header(("location", location.as_str()));
        }
        if let Some(version) = self.version {
            response.insert_header(("etag", etag(version)));
            response.insert_header(("cache-control", "private, must-revalidate"));
        }
        if self.secret {
            response.insert_header(("content-encoding", "identity"));
        }
        response.insert_header(("content-type", "application/json; charset=utf-8"));
        response.body(serde_json::to_string(&self.view).unwrap_or_default())
    }
}

/// The strong entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("\"v{version}\"")
}

impl<T: Serialize> Storable for Reply<T> {
    fn stored(&self) -> StoredAnswer {
        let view = self.stored.as_ref().unwrap_or(&self.view);
        StoredAnswer {
            status: self.status,
            location: self.location.clone(),
            etag: self.version.map(etag),
            body: serde_json::to_string(view).unwrap_or_default(),
        }
    }
}

/// 204.
#[derive(Debug, Clone, Copy)]
pub struct Gone;

impl Storable for Gone {
    fn stored(&self) -> StoredAnswer {
        StoredAnswer {
            status: 204,
            location: None,
            etag: None,
            body: String::new(),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ListOf<T: utoipa::ToSchema> {
    /// The items, in the order of their ids.
    #[schema(max_items = 100)]
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null on the last one.
    #[schema(max_length = 200)]
    pub next_cursor: Option<String>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// The query parameters of every list.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Items on the page, 1 to 100; more is coerced to 100. Default 25.
    #[param(minimum = 1, maximum = 9_007_199_254_740_991_i64, required = false)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 200, required = false)]
    pub cursor: Option<String>,
}
