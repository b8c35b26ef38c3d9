//! Routes of what somebody wants to get.

use actix_web::HttpRequest;
use actix_web::get;
use actix_web::put;
use actix_web::web::Path;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::campaigns::service::preferences;
use crate::campaigns::service::preferences::Choices;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::mail::CONSENT_TEXT_VERSION;
use crate::mail::ConsentCategory;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(read_my_preferences)
        .service(change_my_preferences);
}

/// What the caller gets from an alliance by e-mail.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PreferencesView {
    #[schema(max_length = 254)]
    email: String,
    /// Whether the country's rules ask for a yes before advertising is sent.
    asks_for_consent: bool,
    /// Version of the texts.
    #[schema(max_length = 20)]
    text_version: &'static str,
    #[schema(max_items = 10)]
    categories: Vec<PreferenceView>,
}

/// One category.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PreferenceView {
    category: ConsentCategory,
    /// `consent` or `contract`.
    #[schema(max_length = 20)]
    basis: &'static str,
    /// The last answer; null: never asked.
    allowed: Option<bool>,
    /// Whether such mail is sent as things stand.
    sent: bool,
    /// What a yes agrees to.
    #[schema(max_length = 1000)]
    text: String,
}

impl From<Choices> for PreferencesView {
    fn from(choices: Choices) -> Self {
        Self {
            email: choices.email,
            asks_for_consent: choices.asks_for_consent,
            text_version: CONSENT_TEXT_VERSION,
            categories: choices
                .items
                .into_iter()
                .map(|choice| PreferenceView {
                    category: choice.category,
                    basis: choice.category.basis(),
                    allowed: choice.answered,
                    sent: choice.is_sent,
                    text: choice.text,
                })
                .collect(),
        }
    }
}

/// What the caller wants; what is absent stays as it is.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"promotion": true, "digest": false}))]
struct ChangePreferences {
    promotion: Option<bool>,
    digest: Option<bool>,
    enrolment: Option<bool>,
}

impl ChangePreferences {
    fn answers(&self) -> Vec<(ConsentCategory, bool)> {
        [
            (ConsentCategory::Promotion, self.promotion),
            (ConsentCategory::Digest, self.digest),
            (ConsentCategory::Enrolment, self.enrolment),
        ]
        .into_iter()
        .filter_map(|(category, answer)| answer.map(|allowed| (category, allowed)))
        .collect()
    }
}

/// Read my mail preferences
///
/// Everybody who belongs to the alliance, about the own address.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path)),
    responses((status = 200, body = PreferencesView, description = "The preferences")))]
#[get("/v1/alliances/{alliance_id}/preferences/me")]
async fn read_my_preferences(call: Call, alliance: Path<AllianceId>) -> Answer {
    let choices = preferences::mine(&call.look(), *alliance).await?;
    Ok(Reply::ok(PreferencesView::from(choices)).respond())
}

/// Change my mail preferences
///
/// Everybody who belongs to the alliance, about the own address: a yes is consent to the text that is shown,
/// a no stops such mail at once. Each answer is kept for good.
#[utoipa::path(tag = "campaigns", params(("alliance_id" = AllianceId, Path)), request_body = ChangePreferences,
    responses((status = 200, body = PreferencesView, description = "The preferences")))]
#[put("/v1/alliances/{alliance_id}/preferences/me")]
async fn change_my_preferences(
    call: Call,
    request: HttpRequest,
    alliance: Path<AllianceId>,
    body: Json<ChangePreferences>,
) -> Answer {
    let origin = request.peer_addr().map(|peer| peer.ip().to_string());
    call.run(&body, async |act| {
        let answers = body.answers();
        let choices = preferences::answer_mine(act, *alliance, &answers, origin.clone()).await?;
        Ok(Reply::ok(PreferencesView::from(choices)))
    })
    .await
}
