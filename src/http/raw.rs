//! Bodies that are no JSON of ours: files, taken whole.

use actix_web::FromRequest;
use actix_web::HttpMessage;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::web::Bytes;

use crate::http::gate::Admitted;
use crate::http::json;
use crate::http::problem::Problem;
use crate::platform::random;
use crate::platform::registry::Local;

/// A body as it came, with its media type; the gate has let only the documented ones pass.
#[derive(Debug, Clone)]
pub struct Raw {
    pub bytes: Bytes,
    pub media_type: String,
    pub(crate) digest: Vec<u8>,
}

impl FromRequest for Raw {
    type Error = Problem;
    type Future = Local<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request
            .extensions()
            .get::<Admitted>()
            .map_or(crate::kernel::access::JSON_LIMIT, |a| {
                a.operation.rule.max_body
            });
        let media_type = request.content_type().to_ascii_lowercase();
        let payload = payload.take();
        Box::pin(async move {
            let bytes = json::read(payload, limit).await?.freeze();
            Ok(Self {
                digest: random::digest(&bytes),
                media_type,
                bytes,
            })
        })
    }
}
