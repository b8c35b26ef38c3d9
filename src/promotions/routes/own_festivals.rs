//! Routes of the festivals of one alliance, and of the templates that promotions start from.

use actix_web::HttpResponse;
use actix_web::delete;
use actix_web::get;
use actix_web::post;
use actix_web::web::Path;
use actix_web::web::Query;
use chrono::NaiveDate;
use chrono::NaiveTime;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::FestivalConfirmationId;
use crate::kernel::text;
use crate::kernel::time::Instant;
use crate::promotions::domain::festivals::own::Missing;
use crate::promotions::domain::festivals::own::OwnFestival;
use crate::promotions::domain::festivals::own::OwnRule;
use crate::promotions::domain::festivals::own::Seen;
use crate::promotions::domain::phases::TemplateTime;
use crate::promotions::domain::templates::Template;
use crate::promotions::domain::terms::Exclusion;
use crate::promotions::repo::festivals::Confirmation;
use crate::promotions::routes::festivals::FestivalParams;
use crate::promotions::service::calendars;

/// A festival of the alliance's own.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = OwnFestival, example = json!({"festival": "mazu", "names": {"zh-CN": "妈祖诞辰", "en": "Birthday of Mazu"}, "rule": {"kind": "lunar", "month": 3, "day": 23}}))]
pub struct OwnFestivalBody {
    /// Its name among the festivals: small letters, digits and underscores.
    #[garde(pattern("^[a-z][a-z0-9_]{0,39}$"))]
    #[schema(pattern = "^[a-z][a-z0-9_]{0,39}$", max_length = 40)]
    festival: String,
    #[garde(dive)]
    names: OwnNames,
    rule: OwnRule,
    /// Whether its dates are advisory until confirmed.
    #[serde(default)]
    provisional: bool,
}

/// A name in every language.
#[derive(Debug, Clone, Serialize, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnNames {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    zh_cn: String,
    /// English.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    en: String,
}

impl From<OwnFestival> for OwnFestivalBody {
    fn from(own: OwnFestival) -> Self {
        Self {
            festival: own.key,
            names: OwnNames {
                zh_cn: own.name_zh,
                en: own.name_en,
            },
            rule: own.rule,
            provisional: own.provisional,
        }
    }
}

/// The festivals of a range of dates as one alliance keeps them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllianceFestivalsView {
    /// By date.
    #[schema(max_items = 100_000)]
    items: Vec<SeenView>,
    /// What has no table for a part of the range.
    #[schema(max_items = 1_000)]
    incomplete: Vec<MissingView>,
    /// The alliance's own festivals, with their rules.
    #[schema(max_items = 200)]
    own: Vec<OwnFestivalBody>,
}

/// A festival on a date.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllianceFestival)]
pub struct SeenView {
    #[schema(max_length = 40)]
    festival: String,
    /// Its name in the wanted language.
    #[schema(max_length = 80)]
    name: String,
    names: OwnNames,
    date: NaiveDate,
    /// Advisory, and not confirmed by the alliance.
    provisional: bool,
    /// Confirmed by the alliance.
    confirmed: bool,
    /// Of the alliance's own making.
    own: bool,
}

/// Days for which a festival has no table, both ends inclusive.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AllianceFestivalGap)]
pub struct MissingView {
    #[schema(max_length = 40)]
    festival: String,
    from: NaiveDate,
    to: NaiveDate,
}

/// List the festivals of an alliance
///
/// Everybody in the alliance: the catalogue, the alliance's own, and confirmed dates in the place of provisional
/// ones. From 1901 to 2100, at most ten years at a time; not paged.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path), FestivalParams),
    responses((status = 200, body = AllianceFestivalsView, description = "The festivals")))]
#[get("/v1/alliances/{alliance_id}/festivals")]
pub async fn list_alliance_festivals(
    call: Call,
    alliance: Path<AllianceId>,
    params: Query<FestivalParams>,
) -> Answer {
    let (from, to, locale) = params.read()?;
    let view = calendars::view(&call.look(), *alliance, from, to).await?;
    let seen = |one: Seen| SeenView {
        festival: one.key,
        name: locale.pick(&one.name_zh, &one.name_en).to_owned(),
        names: OwnNames {
            zh_cn: one.name_zh.clone(),
            en: one.name_en.clone(),
        },
        date: one.date,
        provisional: one.provisional,
        confirmed: one.confirmed,
        own: one.own,
    };
    let missing = |gap: Missing| MissingView {
        festival: gap.key,
        from: gap.from,
        to: gap.to,
    };
    Ok(HttpResponse::Ok().json(AllianceFestivalsView {
        items: view.seen.into_iter().map(seen).collect(),
        incomplete: view.missing.into_iter().map(missing).collect(),
        own: view.own.into_iter().map(OwnFestivalBody::from).collect(),
    }))
}

/// Add a festival of the alliance's own
///
/// Organizers. By a fixed date, an n-th weekday, days after a festival of the catalogue, a lunar date, or a table.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path)), request_body = OwnFestivalBody,
    responses((status = 201, body = OwnFestivalBody, description = "The festival")))]
#[post("/v1/alliances/{alliance_id}/festivals")]
pub async fn add_alliance_festival(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<OwnFestivalBody>,
) -> Answer {
    call.run(&body, async |act| {
        let festival = OwnFestival {
            key: body.festival.clone(),
            name_zh: body.names.zh_cn.clone(),
            name_en: body.names.en.clone(),
            rule: body.rule.clone(),
            provisional: body.provisional,
        };
        let festival = calendars::add(act, *alliance, festival).await?;
        let location = format!("/v1/alliances/{}/festivals/{}", *alliance, festival.key);
        Ok(Reply::created(location, OwnFestivalBody::from(festival)))
    })
    .await
}

/// Remove a festival of the alliance's own
///
/// Organizers. Promotions around it keep their days.
#[utoipa::path(tag = "promotions",
    params(("alliance_id" = AllianceId, Path), ("festival" = String, Path, max_length = 40)),
    responses((status = 204, description = "Removed")))]
#[delete("/v1/alliances/{alliance_id}/festivals/{festival}")]
pub async fn remove_alliance_festival(call: Call, path: Path<(AllianceId, String)>) -> Answer {
    let (alliance, festival) = path.into_inner();
    call.run_to_end(async |act| calendars::remove(act, alliance, &festival).await)
        .await
}

/// The date of a provisional festival.
#[derive(Debug, Deserialize, garde::Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"festival": "eid_al_fitr", "date": "2027-03-10", "source": "Islamic Association, notice of 9 March"}))]
pub struct ConfirmFestival {
    #[garde(custom(text::line))]
    #[schema(max_length = 40)]
    festival: String,
    date: NaiveDate,
    /// Who says so.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    source: String,
}

/// A confirmed date.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FestivalConfirmation)]
pub struct ConfirmationView {
    id: FestivalConfirmationId,
    alliance_id: AllianceId,
    #[schema(max_length = 40)]
    festival: String,
    date: NaiveDate,
    #[schema(max_length = 80)]
    source: String,
    created_at: Instant,
}

impl From<Confirmation> for ConfirmationView {
    fn from(row: Confirmation) -> Self {
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            festival: row.festival,
            date: row.date,
            source: row.source,
            created_at: row.created_at,
        }
    }
}

/// Confirm the date of a provisional festival
///
/// Organizers. It takes the place of the computed date nearby; a later word on the same occurrence counts.
/// Promotions are scheduled on provisional festivals only once they are confirmed.
#[utoipa::path(tag = "promotions", params(("alliance_id" = AllianceId, Path)), request_body = ConfirmFestival,
    responses((status = 201, body = ConfirmationView, description = "The confirmation")))]
#[post("/v1/alliances/{alliance_id}/festival-confirmations")]
pub async fn confirm_festival(
    call: Call,
    alliance: Path<AllianceId>,
    body: Json<ConfirmFestival>,
) -> Answer {
    call.run(&body, async |act| {
        let which = (body.festival.as_str(), body.date);
        let row = calendars::confirm(act, *alliance, which, &body.source).await?;
        let location = format!("/v1/alliances/{}/festivals", *alliance);
        Ok(Reply::created(location, ConfirmationView::from(row)))
    })
    .await
}

/// A ready-made layout of phases.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PromotionTemplate)]
pub struct TemplateView {
    template: Template,
    #[schema(max_items = 60)]
    phases: Vec<TemplatePhaseView>,
    /// Pairs of phases that one product cannot both be in.
    #[schema(max_items = 60)]
    exclusions: Vec<Exclusion>,
}

/// A phase relative to the main day, half-open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PromotionTemplatePhase)]
pub struct TemplatePhaseView {
    #[schema(max_length = 100)]
    phase: String,
    from: MomentView,
    to: MomentView,
}

/// A local time, days from the main day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PromotionTemplateMoment)]
pub struct MomentView {
    #[schema(minimum = -3660, maximum = 3660)]
    day: i32,
    #[schema(value_type = String, max_length = 18, example = "20:00:00")]
    time: NaiveTime,
}

/// All templates.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplatesView {
    #[schema(max_items = 100)]
    items: Vec<TemplateView>,
}

impl From<TemplateTime> for MomentView {
    fn from(moment: TemplateTime) -> Self {
        Self {
            day: moment.day,
            time: moment.time,
        }
    }
}

/// List the templates of promotions
///
/// Anybody. Phases are days and local times around the main day; not paged.
#[utoipa::path(tag = "promotions",
    responses((status = 200, body = TemplatesView, description = "All of them")))]
#[get("/v1/promotion-templates")]
pub async fn list_promotion_templates(_call: Call) -> Answer {
    let view = |template: &Template| TemplateView {
        template: *template,
        phases: template
            .layout()
            .into_iter()
            .map(|(name, from, to)| TemplatePhaseView {
                phase: name.to_string(),
                from: from.into(),
                to: to.into(),
            })
            .collect(),
        exclusions: template.exclusions(),
    };
    Ok(HttpResponse::Ok().json(TemplatesView {
        items: Template::ALL.iter().map(view).collect(),
    }))
}
