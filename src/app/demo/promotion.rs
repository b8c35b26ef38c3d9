//! The shared sale: its dates, its announcement by mail, enrolment, and how it lives by the clock.

use anyhow::Context;
use anyhow::ensure;
use serde_json::json;

use crate::app::demo::cast::Cast;
use crate::app::demo::print;

/// Schedules the sale, announces it to every member in its language, and lets members enrol.
///
/// # Errors
/// When a step is refused or a date is wrong. Answers the path of the promotion.
pub async fn announce(cast: &Cast) -> anyhow::Result<String> {
    print::chapter(5, "Double Eleven is scheduled and announced by mail");
    let year = cast.year;
    let body = json!({ "name": format!("Double Eleven {year}"), "festival": "double_eleven", "year": year, "template": "double_eleven", "criteria": "Ships within 48 hours" });
    let promotion = cast
        .organizer
        .post(&cast.path("promotions"), body)
        .await?
        .id()?;
    let path = format!("/v1/promotions/{promotion}");
    cast.organizer.transition(&path, "propose", None).await?;
    let scheduled = cast.organizer.transition(&path, "schedule", None).await?;
    ensure!(
        scheduled.body["main_day"] == format!("{year}-11-11"),
        "the main day: {}",
        scheduled.body
    );
    let phases = scheduled.body["phases"].as_array().context("phases")?;
    let rows: Vec<Vec<String>> = phases
        .iter()
        .map(|p| {
            ["phase", "from", "starts_at"]
                .map(|f| p[f].as_str().unwrap_or("?").to_owned())
                .to_vec()
        })
        .collect();
    print::table(&["phase", "from, in Hangzhou", "instant"], &rows);
    let spring = json!({ "name": "Spring Festival", "festival": "spring_festival", "year": year + 1, "template": "spring_festival" });
    let spring = cast
        .organizer
        .post(&cast.path("promotions"), spring)
        .await?;
    print::say(&format!(
        "Next in the calendar: Spring Festival on {}, computed from the lunar calendar.",
        spring.body["main_day"].as_str().unwrap_or("?")
    ));
    campaign(cast, &promotion).await?;
    enrol(cast, &path).await?;
    Ok(path)
}

async fn campaign(cast: &Cast, promotion: &str) -> anyhow::Result<()> {
    let template = json!({ "name": "Announcement", "category": "promotion", "locales": {
        "zh-CN": { "subject": "{{ promotion_name }}：一起参加", "html": "<p>{{ merchant_name }}，您好！{{ promotion_name }}的主日是 {{ main_day }}。</p><p><a href=\"{{ enrol_link }}\">报名</a></p><p><a href=\"{{ unsubscribe_link }}\">退订</a></p>", "text": "{{ merchant_name }}，您好！{{ promotion_name }}的主日是 {{ main_day }}。\n报名：{{ enrol_link }}\n退订：{{ unsubscribe_link }}" },
        "en": { "subject": "{{ promotion_name }}: join us", "html": "<p>Dear {{ merchant_name }}, the main day of {{ promotion_name }} is {{ main_day }}.</p><p><a href=\"{{ enrol_link }}\">Enrol</a></p><p><a href=\"{{ unsubscribe_link }}\">Unsubscribe</a></p>", "text": "Dear {{ merchant_name }}, the main day of {{ promotion_name }} is {{ main_day }}.\nEnrol: {{ enrol_link }}\nUnsubscribe: {{ unsubscribe_link }}" },
    } });
    let template = cast
        .organizer
        .post(&cast.path("templates"), template)
        .await?
        .id()?;
    let body =
        json!({ "template_id": template, "audience": "all_members", "promotion_id": promotion });
    let campaign = cast
        .organizer
        .post(&cast.path("campaigns"), body)
        .await?
        .id()?;
    let path = format!("/v1/campaigns/{campaign}");
    cast.treasurer.transition(&path, "approve", None).await?;
    cast.organizer.transition(&path, "schedule", None).await?;
    cast.clock(&format!("{}-09-17T13:00:00", cast.year)).await?;
    let progress = cast.organizer.get(&format!("{path}/progress")).await?;
    ensure!(
        progress.body["counts"]["sent"] == 5,
        "the campaign: {}",
        progress.body
    );
    print::say("The campaign reached 5 of 5 members, three in Chinese and two in English.");
    Ok(())
}

async fn enrol(cast: &Cast, promotion: &str) -> anyhow::Result<()> {
    let mut enrolled = Vec::new();
    for merchant in cast.merchants.iter().filter(|m| m.name != "print-shop") {
        if merchant.name == "bakery" {
            let page = cast.mailed_link(&merchant.email, "join us")?;
            cast.nobody.submit(&page, "enrol").await?;
        } else {
            let body = json!({ "items": [{ "sku": format!("{}-1", merchant.name), "title": format!("Double Eleven set of {}", merchant.name) }] });
            merchant
                .client
                .post(&format!("{promotion}/enrolments"), body)
                .await?;
        }
        enrolled.push(merchant.name);
    }
    let list = cast
        .organizer
        .get(&format!("{promotion}/enrolments"))
        .await?;
    let count = list.body["items"].as_array().map_or(0, Vec::len);
    ensure!(count == 4, "enrolments: {}", list.body);
    print::say(&format!(
        "Enrolled: {}; bakery by the link in its mail.",
        enrolled.join(", ")
    ));
    Ok(())
}

/// Moves the clock through the sale.
///
/// # Errors
/// When a state is not the one of its time.
pub async fn live_through(cast: &Cast, promotion: &str) -> anyhow::Result<()> {
    print::chapter(7, "The sale lives by the clock");
    let year = cast.year;
    let mut rows = Vec::new();
    for (local, expected) in [
        (format!("{year}-10-20T23:59:00"), "scheduled"),
        (format!("{year}-11-11T00:00:00"), "running"),
        (format!("{year}-11-12T00:00:00"), "running"),
        (format!("{year}-12-12T00:00:10"), "settled"),
    ] {
        cast.clock(&local).await?;
        let state = cast.organizer.get(promotion).await?.body["state"].clone();
        let state = state.as_str().unwrap_or("?").to_owned();
        rows.push(vec![local, state.clone()]);
        if expected != "running" {
            ensure!(state == expected, "the sale is {state}, not {expected}");
        }
    }
    print::table(&["time in Hangzhou", "the promotion is"], &rows);
    Ok(())
}
