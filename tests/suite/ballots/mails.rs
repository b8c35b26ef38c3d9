//! Mails of a ballot: notice, opening, reminder, result; each once, and the reminder to nobody who has voted.

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    every_stage_writes_once_and_reminds_only_who_has_not_voted => stages;
}

async fn stages(app: TestApp) {
    let guild = guild(&app, 2).await;
    let chinese = app.person_in("mei", "zh-CN").await;
    guild
        .organizer
        .admit(&guild.alliance, &chinese, "Tea")
        .await;
    for secrecy in ["open", "secret"] {
        let rule = json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
            "secrecy": secrecy });
        let ballot = guild
            .draft_of(json!({ "title": format!("Meet {secrecy}?"), "matter": "advisory", "closes_at": CLOSE,
                "opens_at": "2031-06-02T00:00:00Z", "rule": rule }))
            .await;
        guild
            .organizer
            .transition(&ballot, "publish", None)
            .await
            .expect(200);
    }
    app.drain().await;
    app.clock_to("2031-06-02T00:00:00Z").await;
    let list = guild.organizer.get(&guild.list()).await;
    for ballot in list.body["items"].as_array().expect("ballots") {
        let path = format!("/v1/ballots/{}", ballot["id"].as_str().expect("an id"));
        guild.vote(&path, 0, "for").await.expect(201);
    }
    app.clock_to("2031-06-07T00:00:00Z").await;
    app.clock_to("2031-06-07T12:00:00Z").await;
    app.clock_to(CLOSE).await;
    app.clock_to("2031-06-09T00:00:00Z").await;
    let subjects = |mails: Vec<crate::support::Mail>, about: &str| {
        let of = mails.into_iter().filter(|m| m.subject.contains(about));
        of.map(|m| m.subject).collect::<Vec<_>>()
    };
    for secrecy in ["open", "secret"] {
        let about = format!("Meet {secrecy}?");
        let voter = subjects(app.mails_to("m0@people.example").await, &about);
        let stage = |subject: &String| {
            let words = ["notice", "please vote", "closes soon", "carried"];
            let found = words.iter().find(|word| subject.contains(*word));
            *found.unwrap_or_else(|| panic!("{subject}"))
        };
        let stages: Vec<&str> = voter.iter().map(stage).collect();
        assert_eq!(stages, ["notice", "please vote", "carried"], "{voter:?}");
        let silent = subjects(app.mails_to("m1@people.example").await, &about);
        let stages: Vec<&str> = silent.iter().map(stage).collect();
        let all = ["notice", "please vote", "closes soon", "carried"];
        assert_eq!(stages, all, "and a reminder: {silent:?}");
        let read = subjects(app.mails_to("mei@people.example").await, &about);
        assert!(read.iter().any(|s| s.contains("表决即将截止")), "{read:?}");
        assert!(read.iter().any(|s| s.contains("表决通知")), "{read:?}");
    }
    let found: Value = guild.organizer.get(&guild.list()).await.body;
    assert_eq!(found["items"][0]["result"], "carried");
}
