//! Calendars: what a program that subscribes sees, and who may read.

use crate::promotions::draft;
use crate::promotions::ground::Ground;
use crate::promotions::scheduled;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    a_feed_keeps_its_bytes_until_something_changes => stable;
    an_event_keeps_its_uid_and_counts_its_changes => events;
    a_feed_is_read_by_its_secret_alone_and_until_it_is_revoked => secrets;
    a_merchants_feed_joins_its_alliances_and_no_others => merchants;
    phases_begin_and_end_by_the_clock_even_after_a_long_sleep => phases;
}

/// Makes an address; answers its path and its id.
pub async fn subscribe(person: &Person, owner: &str, festivals: bool) -> (String, String) {
    let body = json!({ "name": "phone", "festivals": festivals });
    let made = person.post(&format!("{owner}/calendar-feeds"), body).await;
    made.expect(201);
    let url = made.body["url"].as_str().expect("an address");
    let path = url.strip_prefix(&person.url).expect("ours").to_owned();
    (path, made.id())
}

pub async fn read(app: &TestApp, path: &str) -> Answer {
    let answer = app.nobody().get(path).await;
    answer.expect(200);
    answer
}

/// The lines of the event with this summary, unfolded.
fn event(feed: &Answer, summary: &str) -> Vec<String> {
    let text = feed.text.replace("\r\n ", "");
    let found = text
        .split("BEGIN:VEVENT\r\n")
        .skip(1)
        .find(|event| event.contains(&format!("SUMMARY:{summary}\r\n")));
    let event = found.unwrap_or_else(|| panic!("no {summary} in {text}"));
    event.split("\r\n").map(str::to_owned).collect()
}

fn has(event: &[String], line: &str) {
    assert!(event.iter().any(|l| l == line), "no {line} in {event:#?}");
}

async fn stable(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let owner = format!("/v1/alliances/{}", ground.alliance);
    let body =
        json!({"name": "双十一；第一波, 全场狂欢", "festival": "double_eleven", "year": 2028});
    let path = scheduled(&ground, body).await;
    let (feed, _) = subscribe(&ground.organizer, &owner, true).await;
    let first = read(&app, &feed).await;
    let media = first.header("content-type");
    assert!(media.starts_with("text/calendar; charset=utf-8"), "{media}");
    assert!(first.text.ends_with("END:VCALENDAR\r\n"));
    assert!(
        first
            .text
            .split("\r\n")
            .all(|line| line.len() <= 75 && !line.contains('\n'))
    );
    assert_eq!(first.text.matches("BEGIN:VTIMEZONE").count(), 1);
    assert!(first.text.contains("UID:festival-spring_festival-"));
    app.advance(3_600).await;
    let again = read(&app, &feed).await;
    assert_eq!(again.text, first.text);
    let tag = first.header("etag").to_owned();
    assert_eq!(again.header("etag"), tag);
    let known = [("if-none-match", tag.as_str())];
    let unchanged = app.nobody().send("GET", &feed, &known, None).await;
    unchanged.expect(304);
    assert_eq!(unchanged.text, "");
    app.nobody()
        .send("HEAD", &feed, &[], None)
        .await
        .expect(200);
    let body = json!({ "main_day": "2028-11-12" });
    ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await
        .expect(200);
    let changed = app.nobody().send("GET", &feed, &known, None).await;
    changed.expect(200);
    assert_ne!(changed.header("etag"), tag);
}

async fn events(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let owner = format!("/v1/alliances/{}", ground.alliance);
    let (feed, _) = subscribe(&ground.organizer, &owner, false).await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    let made = draft(&ground, body).await;
    let path = format!("/v1/promotions/{}", made.id());
    assert!(
        !read(&app, &feed).await.text.contains("BEGIN:VEVENT"),
        "a draft is nobody's date"
    );
    let organizer = &ground.organizer;
    organizer
        .transition(&path, "propose", None)
        .await
        .expect(200);
    let sale = event(&read(&app, &feed).await, "One day: sale");
    let uid = sale
        .iter()
        .find(|l| l.starts_with("UID:"))
        .expect("a uid")
        .clone();
    for line in [
        "STATUS:TENTATIVE",
        "SEQUENCE:0",
        "TRANSP:TRANSPARENT",
        "CATEGORIES:SALE",
        "DTSTART;VALUE=DATE:20280601",
        "DTEND;VALUE=DATE:20280602",
        "DESCRIPTION:Tea Street",
    ] {
        has(&sale, line);
    }
    organizer
        .transition(&path, "schedule", None)
        .await
        .expect(200);
    let body = json!({ "main_day": "2028-06-08" });
    organizer
        .transition(&path, "re-date", Some(body))
        .await
        .expect(200);
    let answer = read(&app, &feed).await;
    let sale = event(&answer, "One day: sale");
    for line in [
        uid.as_str(),
        "STATUS:CONFIRMED",
        "SEQUENCE:2",
        "DTSTART;VALUE=DATE:20280608",
    ] {
        has(&sale, line);
    }
    has(
        &event(&answer, "One day: enrolment"),
        "DTSTART;TZID=Asia/Shanghai:20280511T120000",
    );
    called_off(&app, organizer, &path, &feed, &uid).await;
}

/// What is cancelled stays until its old end.
async fn called_off(app: &TestApp, organizer: &Person, path: &str, feed: &str, uid: &str) {
    organizer.transition(path, "cancel", None).await.expect(200);
    let sale = event(&read(app, feed).await, "One day: sale");
    for line in [uid, "STATUS:CANCELLED", "SEQUENCE:3"] {
        has(&sale, line);
    }
    app.clock_to("2028-06-08T15:58:00Z").await;
    event(&read(app, feed).await, "One day: sale");
    app.clock_to("2028-06-08T16:00:00Z").await;
    assert!(
        !read(app, feed).await.text.contains("One day: sale"),
        "its old end has come"
    );
}

async fn secrets(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let (mei, sam) = (app.person("mei").await, app.person("sam").await);
    ground.member(&app, &mei).await;
    let owner = format!("/v1/alliances/{}", ground.alliance);
    let (feed, id) = subscribe(&mei, &owner, false).await;
    read(&app, &feed).await;
    for path in ["/calendar/unknown.ics", "/calendar/.ics", "/calendar/x"] {
        app.nobody()
            .get(path)
            .await
            .expect_problem(404, "not_found");
    }
    let list = format!("{owner}/calendar-feeds");
    assert_eq!(mei.get(&list).await.body["items"][0]["id"], id.as_str());
    assert!(mei.get(&list).await.body["items"][0].get("url").is_none());
    assert_eq!(
        ground.organizer.get(&list).await.body["items"][0]["id"],
        id.as_str()
    );
    sam.get(&list).await.expect_problem(404, "not_found");
    let body = json!({ "name": "x" });
    sam.post(&list, body).await.expect_problem(404, "not_found");
    mei.post(&list, json!({ "name": "a\nb" }))
        .await
        .expect_problem(422, "validation_failed");
    let one = format!("/v1/calendar-feeds/{id}");
    sam.delete(&one).await.expect_problem(404, "not_found");
    replayed_without_secret(&mei, &list).await;
    ground.organizer.delete(&one).await.expect(204);
    ground
        .organizer
        .delete(&one)
        .await
        .expect_problem(404, "not_found");
    app.nobody()
        .get(&feed)
        .await
        .expect_problem(404, "not_found");
    for _ in 0..9 {
        subscribe(&mei, &owner, false).await;
    }
    let eleventh = mei.post(&list, json!({ "name": "x" })).await;
    eleventh.expect_problem(409, "too_many_feeds");
    assert_eq!(eleventh.body["params"]["limit"], 10);
}

async fn replayed_without_secret(mei: &Person, list: &str) {
    let key = [("idempotency-key", "feed-once")];
    let body = json!({ "name": "laptop" });
    let first = mei.post_with(list, &key, body.clone()).await;
    first.expect(201);
    assert_eq!(first.body["secret_shown"], false);
    let replay = mei.post_with(list, &key, body).await;
    replay.expect(201);
    assert_eq!(replay.id(), first.id());
    assert_eq!(replay.body["url"], serde_json::Value::Null);
    assert_eq!(replay.body["secret_shown"], true);
}

async fn merchants(app: TestApp) {
    let olga = app.person("ola").await;
    let mei = app.person("mei").await;
    let (east, west, far) = (
        olga.found_alliance("East").await,
        olga.found_listed_alliance("West").await,
        olga.found_alliance("Far").await,
    );
    let membership = olga.admit(&east, &mei, "Tea House").await;
    let seen = mei.get(&format!("/v1/memberships/{membership}")).await;
    let merchant = seen.body["merchant_id"]
        .as_str()
        .expect("a merchant")
        .to_owned();
    let applied = mei
        .post(
            &format!("/v1/alliances/{west}/memberships"),
            json!({ "merchant_id": merchant }),
        )
        .await;
    applied.expect(201);
    let second = format!("/v1/memberships/{}", applied.id());
    olga.transition(&second, "approve", None).await.expect(200);
    for (alliance, name) in [
        (&east, "East sale"),
        (&west, "West sale"),
        (&far, "Far sale"),
    ] {
        let body = json!({"name": name, "main_day": "2028-06-01", "template": "one_day"});
        let made = olga
            .post(&format!("/v1/alliances/{alliance}/promotions"), body)
            .await;
        let path = format!("/v1/promotions/{}", made.id());
        olga.transition(&path, "propose", None).await.expect(200);
    }
    let owner = format!("/v1/merchants/{merchant}");
    let (feed, id) = subscribe(&mei, &owner, false).await;
    let both = read(&app, &feed).await;
    assert!(both.text.contains("X-WR-CALNAME:Tea House\r\n"));
    for (name, shown) in [
        ("East sale", true),
        ("West sale", true),
        ("Far sale", false),
    ] {
        assert_eq!(both.text.contains(name), shown, "{name}");
    }
    left_and_revoked(&app, [&mei, &olga], &second, (&owner, &feed, &id)).await;
}

/// What it left is not shown, and only its staff may revoke.
async fn left_and_revoked(
    app: &TestApp,
    [mei, olga]: [&Person; 2],
    second: &str,
    (owner, feed, id): (&str, &str, &str),
) {
    mei.transition(second, "leave", None).await.expect(200);
    assert!(!read(app, feed).await.text.contains("West sale"), "it left");
    let list = format!("{owner}/calendar-feeds");
    olga.get(&list).await.expect_problem(404, "not_found");
    olga.delete(&format!("/v1/calendar-feeds/{id}"))
        .await
        .expect_problem(404, "not_found");
    mei.delete(&format!("/v1/calendar-feeds/{id}"))
        .await
        .expect(204);
    app.nobody()
        .get(feed)
        .await
        .expect_problem(404, "not_found");
}

async fn phases(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    scheduled(&ground, body.clone()).await;
    let facts = async |topic: &str| {
        let sql = format!("SELECT count(*) AS n FROM outbox_event WHERE topic = '{topic}'");
        crate::machinery::count(&app, &sql).await
    };
    assert_eq!(
        (facts("phase.started").await, facts("phase.ended").await),
        (0, 0)
    );
    app.clock_to("2028-05-04T04:00:00Z").await;
    assert_eq!(
        (facts("phase.started").await, facts("phase.ended").await),
        (1, 0)
    );
    app.clock_to("2028-05-17T16:00:00Z").await;
    assert_eq!(
        (facts("phase.started").await, facts("phase.ended").await),
        (1, 1)
    );
    // Everything that happened while nobody looked is told at once, each once.
    app.clock_to("2029-01-01T00:00:00Z").await;
    assert_eq!(
        (facts("phase.started").await, facts("phase.ended").await),
        (5, 5)
    );
    app.drain().await;
    assert_eq!(
        (facts("phase.started").await, facts("phase.ended").await),
        (5, 5)
    );
}
