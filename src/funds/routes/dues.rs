//! Routes of what happens to a levy notice: disputes, and write-offs.

use actix_web::post;
use actix_web::web::Path;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::funds::repo::Notice;
use crate::funds::routes::notices::LevyNoticeSummary;
use crate::funds::routes::notices::summary;
use crate::funds::service::disputes;
use crate::funds::service::visible;
use crate::funds::service::write_offs;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::LevyNoticeId;
use crate::kernel::problem::Failure;
use crate::kernel::text;
use crate::platform::act::Act;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(dispute_levy_notice)
        .service(uphold_levy_notice)
        .service(write_off_levy_notice);
}

/// Why a member objects.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "Our shop was closed for half of the season."}))]
struct DisputeLevyNotice {
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    reason: String,
}

/// Why the notice stands.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"answer": "The by-laws know no reduction for closed days."}))]
struct UpholdLevyNotice {
    #[garde(custom(text::line))]
    #[schema(min_length = 1, max_length = 80)]
    answer: String,
}

async fn shown(act: &Act<'_>, row: Notice) -> Result<Reply<LevyNoticeSummary>, Failure> {
    let fund = visible::locked(act, row.fund_id).await?;
    let version = row.version;
    Ok(Reply::ok(summary(&fund, row)).version(version))
}

/// Dispute a levy notice
///
/// The member itself, before it is paid in full. Until the alliance upholds or credits it, it is neither overdue nor
/// reminded of, and payments go to other notices unless they name it.
#[utoipa::path(tag = "money", params(("notice_id" = LevyNoticeId, Path)), request_body = DisputeLevyNotice,
    responses((status = 200, body = LevyNoticeSummary, description = "The notice, disputed")))]
#[post("/v1/levy-notices/{notice_id}/dispute")]
async fn dispute_levy_notice(
    call: Call,
    id: Path<LevyNoticeId>,
    body: Json<DisputeLevyNotice>,
) -> Answer {
    call.run(&body, async |act| {
        let row = disputes::dispute(act, *id, &body.reason).await?;
        shown(act, row).await
    })
    .await
}

/// Uphold a disputed levy notice
///
/// Organizers and treasurers. The notice is due again as before; the member reads the answer in a mail.
#[utoipa::path(tag = "money", params(("notice_id" = LevyNoticeId, Path)), request_body = UpholdLevyNotice,
    responses((status = 200, body = LevyNoticeSummary, description = "The notice, due again")))]
#[post("/v1/levy-notices/{notice_id}/uphold")]
async fn uphold_levy_notice(
    call: Call,
    id: Path<LevyNoticeId>,
    body: Json<UpholdLevyNotice>,
) -> Answer {
    call.run(&body, async |act| {
        let row = disputes::uphold(act, *id, &body.answer).await?;
        shown(act, row).await
    })
    .await
}

/// Write a levy notice off
///
/// Treasurers. What is due on an overdue notice is given up by a mandate of the matter `write_off` for exactly this
/// amount. The member's arrears stay on record.
#[utoipa::path(tag = "money", params(("notice_id" = LevyNoticeId, Path)),
    responses((status = 200, body = LevyNoticeSummary, description = "The notice, written off")))]
#[post("/v1/levy-notices/{notice_id}/write-off")]
async fn write_off_levy_notice(call: Call, id: Path<LevyNoticeId>) -> Answer {
    call.run_bare(async |act| {
        let row = write_offs::write_off(act, *id).await?;
        shown(act, row).await
    })
    .await
}
