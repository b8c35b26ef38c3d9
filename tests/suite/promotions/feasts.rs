//! Festivals in feeds: an alliance's own, and the provisional dates that it vouches for.

use crate::promotions::feeds::read;
use crate::promotions::feeds::subscribe;
use crate::promotions::guild::Guild;
use crate::promotions::guild::Shop;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use serde_json::json;

on_both! {
    own_festivals_and_confirmed_dates_are_in_the_feeds_under_ids_that_stay => feasts;
    of_addresses_made_at_once_no_more_live_than_are_allowed => limit;
}

/// The unfolded lines of the events whose id holds `part`.
fn events(feed: &Answer, part: &str) -> Vec<Vec<String>> {
    let text = feed.text.replace("\r\n ", "");
    let found = text.split("BEGIN:VEVENT\r\n").skip(1);
    found
        .map(|event| event.split("\r\n").map(str::to_owned).collect())
        .filter(|event: &Vec<String>| {
            event
                .iter()
                .any(|l| l.starts_with("UID:") && l.contains(part))
        })
        .collect()
}

fn has(event: &[String], lines: &[&str]) {
    for line in lines {
        assert!(event.iter().any(|l| l == line), "no {line} in {event:#?}");
    }
}

async fn confirm(guild: &Guild, date: &str) {
    let body = json!({"festival": "eid_al_fitr", "date": date, "source": "Notice of the mosque"});
    let path = guild.path("festival-confirmations");
    guild.organizer.post(&path, body).await.expect(201);
}

async fn feasts(app: TestApp) {
    app.clock_to("2028-01-05T00:00:00Z").await;
    let guild = Guild::new(&app, "Tea Street").await;
    let mei = Shop::new(&app, "mei").await;
    guild.take(&mei).await;
    let owner = format!("/v1/alliances/{}", guild.id);
    let (feed, _) = subscribe(&guild.organizer, &owner, true).await;
    let merchant = format!("/v1/merchants/{}", mei.merchant);
    let (joint, _) = subscribe(&mei.staff, &merchant, true).await;
    let (plain, _) = subscribe(&guild.organizer, &owner, false).await;
    let before = read(&app, &feed).await;
    let eid = "UID:festival-eid_al_fitr-2028-02-26@guildhall";
    has(
        &events(&before, "eid_al_fitr-2028")[0],
        &[
            eid,
            "STATUS:TENTATIVE",
            "SEQUENCE:0",
            "DTSTART;VALUE=DATE:20280226",
        ],
    );
    let body = json!({"festival": "mazu", "names": {"zh-CN": "妈祖诞", "en": "Mazu's day"},
        "rule": {"kind": "lunar", "month": 3, "day": 23}});
    let added = guild.organizer.post(&guild.path("festivals"), body).await;
    added.expect(201);
    confirm(&guild, "2028-02-25").await;
    confirm(&guild, "2028-02-27").await;
    for path in [&feed, &joint] {
        let after = read(&app, path).await;
        let own = events(&after, "-mazu-");
        assert_eq!(own.len(), 3, "this year and the next two");
        has(
            &own[0],
            &[
                "DTSTART;VALUE=DATE:20280417",
                "STATUS:CONFIRMED",
                "DESCRIPTION:Tea Street",
            ],
        );
        let sure = events(&after, "eid_al_fitr-2028");
        assert_eq!(sure.len(), 1);
        has(
            &sure[0],
            &[
                eid,
                "STATUS:CONFIRMED",
                "SEQUENCE:2",
                "DTSTART;VALUE=DATE:20280227",
            ],
        );
        assert!(after.text.split("\r\n").all(|line| line.len() <= 75));
    }
    let after = read(&app, &feed).await;
    let tag = after.header("etag").to_owned();
    assert_ne!(tag, before.header("etag"));
    app.advance(3_600).await;
    assert_eq!(read(&app, &feed).await.text, after.text, "the same bytes");
    let known = [("if-none-match", tag.as_str())];
    let unchanged = app.nobody().send("GET", &feed, &known, None).await;
    unchanged.expect(304);
    assert!(!read(&app, &plain).await.text.contains("BEGIN:VEVENT"));
    // Where alliances of a merchant differ, it sees both dates, with their names.
    let other = Guild::new(&app, "Harbour").await;
    other.take(&mei).await;
    confirm(&other, "2028-02-26").await;
    let both = events(&read(&app, &joint).await, "eid_al_fitr-2028");
    assert_eq!(both.len(), 2);
    has(&both[0], &["DESCRIPTION:Harbour"]);
    has(&both[1], &[eid, "DESCRIPTION:Tea Street"]);
}

async fn limit(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let mei = Shop::new(&app, "mei").await;
    let owners = [
        (
            guild.organizer.clone(),
            format!("/v1/alliances/{}", guild.id),
        ),
        (mei.staff.clone(), format!("/v1/merchants/{}", mei.merchant)),
    ];
    for (person, owner) in &owners {
        let path = format!("{owner}/calendar-feeds");
        let many = (0..13).map(|n| {
            let (person, path) = (person.clone(), path.clone());
            async move {
                person
                    .post(&path, json!({ "name": format!("phone {n}") }))
                    .await
            }
        });
        let answers = join_all(many).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(made, 10, "{owner}");
        for answer in answers.iter().filter(|answer| answer.status != 201) {
            answer.expect_problem(409, "too_many_feeds");
        }
    }
}
