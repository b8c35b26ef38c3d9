//! Routes of by-laws.

use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use serde::Serialize;
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::alliances::domain::by_laws::ByLaws;
use crate::alliances::repo::tenants::ByLawsVersion;
use crate::alliances::service::statutes as service;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::ByLawsId;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(adopt_by_laws).service(list_by_laws);
}

/// One version of the by-laws.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct ByLawsView {
    id: ByLawsId,
    /// 1, 2, 3 … within the alliance; the highest counts.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    number: i64,
    /// As it was adopted.
    #[schema(value_type = ByLaws)]
    content: Value,
    adopted_by: Uuid,
    created_at: Instant,
}

impl From<ByLawsVersion> for ByLawsView {
    fn from(row: ByLawsVersion) -> Self {
        Self {
            id: row.id,
            number: row.number,
            content: row.content,
            adopted_by: row.adopted_by,
            created_at: row.created_at,
        }
    }
}

/// Adopt by-laws
///
/// Organizers. The new version is complete: what is absent has its default, whatever an older version said.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)), request_body = ByLaws,
    responses((status = 201, body = ByLawsView, description = "The new version")))]
#[post("/v1/alliances/{alliance_id}/by-laws")]
async fn adopt_by_laws(call: Call, id: Path<AllianceId>, body: Json<ByLaws>) -> Answer {
    call.run(&body, async |act| {
        let row = service::adopt(act, *id, &body).await?;
        let location = format!("/v1/alliances/{}/by-laws/{}", *id, row.number);
        Ok(Reply::created(location, ByLawsView::from(row)))
    })
    .await
}

/// List the versions of the by-laws
///
/// Everybody who belongs to the alliance. Oldest first; without any, the defaults count.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path), PageParams),
    responses((status = 200, body = ListOf<ByLawsView>, description = "One page")))]
#[get("/v1/alliances/{alliance_id}/by-laws")]
async fn list_by_laws(call: Call, id: Path<AllianceId>) -> Answer {
    let versions = service::list(&call.look(), *id, call.page()?).await?;
    Ok(call.list(versions.map(ByLawsView::from)))
}
