//! Mails about a promotion carry its phases for calendar programs.

use crate::promotions::feeds::read;
use crate::promotions::feeds::subscribe;
use crate::promotions::ground::Ground;
use crate::promotions::scheduled;
use crate::support::Mail;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    mails_carry_the_phases_as_a_file_with_the_ids_of_the_feed => attached;
    campaigns_about_a_promotion_carry_it_in_each_readers_language => campaigns;
}

/// The calendar file of a mail.
fn file(mail: &Mail) -> (String, String) {
    use mail_parser::MimeHeaders;
    let message = mail_parser::MessageParser::default().parse(mail.raw.as_bytes());
    let message = message.expect("a message");
    let found = message
        .attachments()
        .find(|part| part.attachment_name() == Some("promotion.ics"));
    let part = found.unwrap_or_else(|| panic!("no file in {}", mail.raw));
    let media = part.content_type().expect("a type");
    let method = media.attribute("method").unwrap_or_default().to_owned();
    (
        method,
        String::from_utf8(part.contents().to_vec()).expect("text"),
    )
}

async fn attached(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let mei = app.person("mei").await;
    ground.member(&app, &mei).await;
    let owner = format!("/v1/alliances/{}", ground.alliance);
    let (feed, _) = subscribe(&mei, &owner, false).await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    let path = scheduled(&ground, body).await;
    app.clock_to("2028-05-05T00:00:00Z").await;
    let made = mei.post(&format!("{path}/enrolments"), json!({})).await;
    made.expect(201);
    let enrolment = format!("/v1/enrolments/{}", made.id());
    ground
        .organizer
        .transition(&enrolment, "approve", None)
        .await
        .expect(200);
    let body = json!({ "main_day": "2028-06-08" });
    ground
        .organizer
        .transition(&path, "re-date", Some(body))
        .await
        .expect(200);
    let mails = app.mails_to(&mei.email).await;
    let of = |subject: &str| {
        let found = mails.iter().find(|mail| mail.subject.contains(subject));
        found.unwrap_or_else(|| panic!("no {subject}"))
    };
    let (method, first) = file(of("You are in"));
    assert_eq!(method, "PUBLISH");
    assert!(first.contains("METHOD:PUBLISH\r\n") && !first.contains("ATTENDEE"));
    assert!(
        first.contains("ORGANIZER;CN=\"Tea Street\":mailto:"),
        "{first}"
    );
    let uid = |text: &str| {
        let sale = text
            .split("BEGIN:VEVENT\r\n")
            .find(|e| e.contains("CATEGORIES:SALE"));
        let sale = sale.expect("a sale").to_owned();
        let line = |name: &str| {
            let found = sale.split("\r\n").find(|l| l.starts_with(name));
            found.expect("a line").to_owned()
        };
        (line("UID:"), line("SEQUENCE:"))
    };
    let (_, second) = file(of("New date"));
    assert_eq!(uid(&first).0, uid(&second).0);
    assert_eq!(
        (uid(&first).1.as_str(), uid(&second).1.as_str()),
        ("SEQUENCE:1", "SEQUENCE:2")
    );
    assert_eq!(
        uid(&second),
        uid(&read(&app, &feed).await.text),
        "mails and feeds agree"
    );
    let kept = "SELECT count(*) AS n FROM mail_attachment";
    assert!(crate::machinery::count(&app, kept).await >= 2);
}

/// The unfolded lines of the event that holds a line.
fn event(text: &str, line: &str) -> Vec<String> {
    let text = text.replace("\r\n ", "");
    let found = text
        .split("BEGIN:VEVENT\r\n")
        .skip(1)
        .find(|event| event.contains(line));
    let event = found.unwrap_or_else(|| panic!("no {line} in {text}"));
    event.split("\r\n").map(str::to_owned).collect()
}

async fn campaigns(app: TestApp) {
    let ground = Ground::new(&app, "Asia/Shanghai").await;
    let mei = app.person_in("mei", "en").await;
    let lin = app.person_in("lin", "zh-CN").await;
    for person in [&mei, &lin] {
        ground.member(&app, person).await;
    }
    let owner = format!("/v1/alliances/{}", ground.alliance);
    let (feed, _) = subscribe(&mei, &owner, false).await;
    let body = json!({"name": "One day", "main_day": "2028-06-01", "template": "one_day"});
    let path = scheduled(&ground, body).await;
    let words =
        json!({ "subject": "News of {{ alliance_name }}", "html": "<p>News</p>", "text": "News" });
    let body =
        json!({ "name": "News", "category": "digest", "locales": { "zh-CN": words, "en": words } });
    let saved = ground
        .organizer
        .post(&format!("{owner}/templates"), body)
        .await;
    saved.expect(201);
    let promotion = path.rsplit('/').next().expect("an id");
    let body =
        json!({ "template_id": saved.id(), "audience": "all_members", "promotion_id": promotion });
    let made = ground
        .organizer
        .post(&format!("{owner}/campaigns"), body)
        .await;
    made.expect(201);
    let campaign = format!("/v1/campaigns/{}", made.id());
    for event in ["approve", "schedule"] {
        let moved = ground.organizer.transition(&campaign, event, None).await;
        moved.expect(200);
    }
    let shown = read(&app, &feed).await.text;
    for (person, enrolment) in [(&mei, "One day: enrolment"), (&lin, "One day：商户报名")] {
        let mails = app.mails_to(&person.email).await;
        let mail = mails.iter().find(|m| m.subject.contains("News of"));
        let (method, text) = file(mail.expect("the campaign"));
        assert_eq!(method, "PUBLISH");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.contains("\r\nMETHOD:PUBLISH\r\n") && !text.contains("ATTENDEE"));
        assert!(text.contains("\r\nTZID:Asia/Shanghai\r\n"), "{text}");
        // A time of the day names its zone; whole days are dates.
        let opens = event(&text, &format!("SUMMARY:{enrolment}\r\n"));
        let has = |event: &[String], line: &str| {
            assert!(event.iter().any(|l| l == line), "no {line} in {event:#?}");
        };
        has(&opens, "DTSTART;TZID=Asia/Shanghai:20280504T120000");
        let sale = event(&text, "CATEGORIES:SALE\r\n");
        has(&sale, "DTSTART;VALUE=DATE:20280601");
        has(&sale, "STATUS:CONFIRMED");
        let in_feed = event(&shown, "CATEGORIES:SALE\r\n");
        let uid = sale.iter().find(|l| l.starts_with("UID:")).expect("an id");
        has(&in_feed, uid);
    }
}
