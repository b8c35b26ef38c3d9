//! The route of the festival catalogue.

use actix_web::HttpResponse;
use actix_web::get;
use actix_web::web::Query;
use chrono::NaiveDate;
use serde::Deserialize;
use serde::Serialize;

use crate::http::call::Answer;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::kernel::locale::Locale;
use crate::kernel::problem::FieldError;
use crate::kernel::problem::kinds;
use crate::promotions::domain::festivals::occurrences;
use crate::promotions::domain::festivals::occurrences::Gap;
use crate::promotions::domain::festivals::occurrences::Occurrence;
use crate::promotions::domain::festivals::rule::Festival;

/// Which dates, in which language.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FestivalParams {
    /// First day.
    #[param(required = true, value_type = NaiveDate, example = "2026-01-01")]
    from: Option<String>,
    /// Last day, at most ten years after the first.
    #[param(required = true, value_type = NaiveDate, example = "2026-12-31")]
    to: Option<String>,
    /// Language of `name`; default `zh-CN`.
    #[param(required = false, value_type = Locale)]
    locale: Option<String>,
}

impl FestivalParams {
    /// First day, last day and language.
    ///
    /// # Errors
    /// 400 for what is none.
    pub fn read(&self) -> Result<(NaiveDate, NaiveDate, Locale), Problem> {
        let from = date("from", self.from.as_deref())?;
        let to = date("to", self.to.as_deref())?;
        Ok((from, to, locale(self.locale.as_deref())?))
    }
}

/// The festivals of a range of dates.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FestivalsView {
    /// By date.
    #[schema(max_items = 10_000)]
    items: Vec<OccurrenceView>,
    /// What has no table for a part of the range.
    #[schema(max_items = 1_000)]
    incomplete: Vec<GapView>,
}

/// A festival on a date.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OccurrenceView {
    /// Its id in the catalogue.
    #[schema(max_length = 40, example = "spring_festival")]
    festival: &'static str,
    /// Its name in the wanted language.
    #[schema(max_length = 80)]
    name: &'static str,
    /// Its name in every language.
    names: Names,
    /// Its Gregorian date.
    date: NaiveDate,
    /// Whether the date is advisory: countries observe it on different days.
    provisional: bool,
}

/// A name in every language.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Names {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    #[schema(max_length = 80)]
    zh_cn: &'static str,
    /// English.
    #[schema(max_length = 80)]
    en: &'static str,
}

/// Days for which a festival has no table, both ends inclusive.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GapView {
    /// Its id in the catalogue.
    #[schema(max_length = 40)]
    festival: &'static str,
    /// First day without a table.
    from: NaiveDate,
    /// Last day without a table.
    to: NaiveDate,
}

/// List the festivals of a range of dates
///
/// Anybody. Lunar dates, solar terms and movable feasts are computed; from 1901 to 2100, at most ten
/// years at a time. The list is not paged.
#[utoipa::path(tag = "promotions", params(FestivalParams),
    responses((status = 200, body = FestivalsView, description = "The festivals")))]
#[get("/v1/festivals")]
pub async fn list_festivals(_call: Call, params: Query<FestivalParams>) -> Answer {
    let (from, to, locale) = params.read()?;
    let (found, gaps) = occurrences::occurrences(from, to)?;
    let view = |occurrence: Occurrence| OccurrenceView {
        festival: occurrence.festival.id,
        name: name(occurrence.festival, locale),
        names: Names {
            zh_cn: occurrence.festival.name_zh,
            en: occurrence.festival.name_en,
        },
        date: occurrence.date,
        provisional: occurrence.festival.provisional,
    };
    let gap = |gap: Gap| GapView {
        festival: gap.festival.id,
        from: gap.from,
        to: gap.to,
    };
    Ok(HttpResponse::Ok().json(FestivalsView {
        items: found.into_iter().map(view).collect(),
        incomplete: gaps.into_iter().map(gap).collect(),
    }))
}

fn name(festival: &Festival, locale: Locale) -> &'static str {
    locale.pick(festival.name_zh, festival.name_en)
}

/// A date of the query.
///
/// # Errors
/// 400 for what is none.
pub fn date(parameter: &str, text: Option<&str>) -> Result<NaiveDate, Problem> {
    text.and_then(|text| text.parse().ok())
        .ok_or_else(|| unreadable(parameter, "a date such as 2026-11-11"))
}

fn locale(text: Option<&str>) -> Result<Locale, Problem> {
    text.map_or(Some(Locale::default()), Locale::parse)
        .ok_or_else(|| unreadable("locale", "zh-CN or en"))
}

/// 400 for a parameter that is not what it should be.
pub fn unreadable(parameter: &str, wanted: &str) -> Problem {
    Problem::new(
        &kinds::INVALID_PARAMETER,
        format!("'{parameter}' takes {wanted}."),
    )
    .errors(vec![FieldError::new(
        parameter,
        "invalid_parameter",
        wanted,
    )])
}
