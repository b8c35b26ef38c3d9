//! Routes of alliances themselves.

use actix_web::get;
use actix_web::patch;
use actix_web::post;
use actix_web::web::Path;
use chrono_tz::Tz;
use serde::Deserialize;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::alliances::domain::kind::AllianceKind;
use crate::alliances::repo::tenants::Alliance;
use crate::alliances::service::founding as service;
use crate::alliances::service::founding::Amendment;
use crate::alliances::service::founding::Charter;
use crate::alliances::service::founding::Sight;
use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::json::Json;
use crate::http::problem::Problem;
use crate::http::reply::ListOf;
use crate::http::reply::PageParams;
use crate::http::reply::Reply;
use crate::kernel::ids::AllianceId;
use crate::kernel::locale::Locale;
use crate::kernel::money::Currency;
use crate::kernel::problem::kinds;
use crate::kernel::role::Role;
use crate::kernel::text;
use crate::kernel::time::Instant;

/// Mounts the routes.
pub fn configure(cfg: &mut ServiceConfig) {
    cfg.service(create_alliance)
        .service(list_alliances)
        .service(read_alliance)
        .service(change_alliance);
}

/// A new alliance.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "West Lake Merchants", "kind": "regional", "time_zone": "Asia/Shanghai", "currency": "CNY", "locale": "zh-CN", "listed": true}))]
struct CreateAlliance {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: String,
    kind: AllianceKind,
    /// IANA name of the zone in which its days and deadlines are meant.
    #[garde(custom(known_zone))]
    #[schema(max_length = 64)]
    time_zone: String,
    /// Currency of its money.
    currency: Currency,
    /// Language of its letters; default `zh-CN`.
    locale: Option<Locale>,
    /// Whether it shows a public card and takes applications; default false.
    listed: Option<bool>,
}

fn known_zone(name: &str, (): &()) -> garde::Result {
    name.parse::<Tz>()
        .map(|_| ())
        .map_err(|_| garde::Error::new("must be the IANA name of a time zone"))
}

fn known_zone_or_none(name: &Option<String>, context: &()) -> garde::Result {
    name.as_deref()
        .map_or(Ok(()), |name| known_zone(name, context))
}

/// An alliance, for those who belong to it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct AllianceView {
    id: AllianceId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 20)]
    kind: String,
    #[schema(max_length = 64)]
    time_zone: String,
    #[schema(max_length = 3)]
    currency: String,
    #[schema(max_length = 10)]
    locale: String,
    listed: bool,
    #[schema(max_length = 20)]
    state: String,
    /// What the caller is here.
    #[schema(max_items = 4)]
    roles: Vec<Role>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl AllianceView {
    fn new(row: Alliance, mut roles: Vec<Role>) -> Self {
        roles.sort_unstable();
        roles.dedup();
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            time_zone: row.time_zone,
            currency: row.currency,
            locale: row.locale,
            listed: row.listed,
            state: row.state,
            roles,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// The public card of a listed alliance.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct AllianceCard {
    id: AllianceId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 20)]
    kind: String,
    #[schema(max_length = 10)]
    locale: String,
    /// Active members.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    member_count: u64,
}

/// The whole, or the public card.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
enum AllianceSight {
    Inside(AllianceView),
    Card(AllianceCard),
}

impl From<Sight> for AllianceSight {
    fn from(sight: Sight) -> Self {
        match sight {
            Sight::Inside(row, roles) => Self::Inside(AllianceView::new(row, roles)),
            Sight::Card(row, member_count) => Self::Card(AllianceCard {
                id: row.id,
                name: row.name,
                kind: row.kind,
                locale: row.locale,
                member_count,
            }),
        }
    }
}

/// Found an alliance
///
/// Any person with a verified address, who becomes its first organizer.
#[utoipa::path(tag = "alliances", request_body = CreateAlliance,
    responses((status = 201, body = AllianceView, description = "The alliance")))]
#[post("/v1/alliances")]
async fn create_alliance(call: Call, body: Json<CreateAlliance>) -> Answer {
    call.run(&body, async |act| {
        let charter = Charter {
            name: &body.name,
            kind: body.kind.as_str(),
            time_zone: &body.time_zone,
            currency: body.currency,
            locale: body.locale.unwrap_or_default(),
            listed: body.listed.unwrap_or_default(),
        };
        let row = service::create(act, charter).await?;
        let location = format!("/v1/alliances/{}", row.id);
        let version = row.version;
        let view = AllianceView::new(row, vec![Role::Organizer]);
        Ok(Reply::created(location, view).version(version))
    })
    .await
}

/// Which alliances.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document alone reads it")]
struct AllianceFilter {
    /// `true`: the public cards of listed alliances. Default: those in which the caller has a part.
    #[param(required = false)]
    listed: Option<bool>,
}

/// List alliances
///
/// Those in which the caller holds a role or acts for a member; or the cards of listed ones, for any
/// person with a verified address.
#[utoipa::path(tag = "alliances", params(AllianceFilter, PageParams),
    responses((status = 200, body = ListOf<AllianceSight>, description = "One page")))]
#[get("/v1/alliances")]
async fn list_alliances(call: Call) -> Answer {
    let page = call.page()?;
    let sights = match call.filter("listed").as_deref() {
        Some("true") => service::listed(&call.look(), page).await?,
        None | Some("false") => service::mine(&call.look(), page).await?,
        Some(_) => {
            let detail = "'listed' takes true or false.";
            return Err(Problem::new(&kinds::INVALID_PARAMETER, detail));
        }
    };
    Ok(call.list(sights.map(AllianceSight::from)))
}

/// Read an alliance
///
/// Whoever belongs to it reads the whole; any person with a verified address the card of a listed one.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)),
    responses((status = 200, body = AllianceSight, description = "The alliance or its card")))]
#[get("/v1/alliances/{alliance_id}")]
async fn read_alliance(call: Call, id: Path<AllianceId>) -> Answer {
    match service::read(&call.look(), *id).await? {
        Sight::Inside(row, roles) => {
            let version = row.version;
            Ok(call.show(AllianceView::new(row, roles), version))
        }
        card @ Sight::Card(..) => Ok(Reply::ok(AllianceSight::from(card)).respond()),
    }
}

/// Changes to an alliance; what is absent stays. Kind and currency are fixed at the founding.
#[derive(Debug, Deserialize, garde::Validate, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(example = json!({"name": "West Lake and Hills Merchants", "listed": true}))]
struct ChangeAlliance {
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    name: Option<String>,
    #[garde(custom(known_zone_or_none))]
    #[schema(max_length = 64)]
    time_zone: Option<String>,
    locale: Option<Locale>,
    listed: Option<bool>,
}

/// Change an alliance
///
/// Organizers: name, time zone, language, and whether it is listed.
#[utoipa::path(tag = "alliances", params(("alliance_id" = AllianceId, Path)),
    request_body(content((ChangeAlliance = "application/merge-patch+json"), (ChangeAlliance = "application/json"))),
    responses((status = 200, body = AllianceView, description = "The alliance")))]
#[patch("/v1/alliances/{alliance_id}")]
async fn change_alliance(call: Call, id: Path<AllianceId>, body: Json<ChangeAlliance>) -> Answer {
    call.run(&body, async |act| {
        let amendment = Amendment {
            name: body.name.as_deref(),
            time_zone: body.time_zone.as_deref(),
            locale: body.locale,
            listed: body.listed,
        };
        let (row, roles) = service::change(act, *id, amendment).await?;
        let version = row.version;
        Ok(Reply::ok(AllianceView::new(row, roles)).version(version))
    })
    .await
}
