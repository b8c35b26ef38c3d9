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
