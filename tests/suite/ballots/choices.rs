//! Choosing among options: a majority elects, else the strongest go on, and a tie is no lot.

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    without_a_majority_the_strongest_go_on_to_a_second_round => runs_off;
    a_tie_that_stays_is_for_the_chair_or_lost => ties;
    the_page_of_a_mail_has_a_button_for_every_option => fifty;
}

impl Guild {
    async fn choice(&self, tie: &str, closes_at: &str) -> String {
        let option = |id: &str| json!({ "id": id, "title": id.to_uppercase() });
        let rule = json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
            "secrecy": "open", "tie": tie });
        let body = json!({ "title": "Which day?", "matter": "advisory", "closes_at": closes_at, "rule": rule,
            "options": [option("mon"), option("tue"), option("wed")] });
        let ballot = self.draft_of(body).await;
        let opened = self.organizer.transition(&ballot, "publish", None).await;
        opened.expect(200);
        assert_eq!(opened.body["options"][2]["title"], "WED");
        ballot
    }
}

async fn runs_off(app: TestApp) {
    let guild = guild(&app, 5).await;
    let ballot = guild.choice("lost", CLOSE).await;
    app.drain().await;
    guild
        .vote(&ballot, 0, "for")
        .await
        .expect_problem(422, "option_unknown");
    for (member, choice) in ["mon", "mon", "tue", "tue", "wed"].iter().enumerate() {
        guild.vote(&ballot, member, choice).await.expect(201);
    }
    app.clock_to(CLOSE).await;
    let second = guild.organizer.get(&ballot).await;
    assert_eq!(second.body["state"], "open", "{}", second.text);
    assert_eq!(second.body["round"], 2);
    assert_eq!(second.body["result"], Value::Null);
    let until = second.body["closes_at"].as_str().expect("a time");
    assert!(
        until > "2031-06-14T23:59:00" && until < "2031-06-15T00:01:00",
        "{until}"
    );
    let votes = guild.organizer.get(&format!("{ballot}/votes")).await;
    assert_eq!(votes.body["items"], json!([]), "everybody votes anew");
    let mut mails = app.mails_to("m4@people.example").await;
    mails.retain(|mail| mail.subject.contains("please vote"));
    assert_eq!(mails.len(), 2, "asked, and asked again");
    guild
        .vote(&ballot, 4, "wed")
        .await
        .expect_problem(422, "option_unknown");
    let page = mails.last().expect("a mail").link("/r/");
    let shown = app.nobody().get(&page).await;
    assert!(shown.text.contains("TUE") && !shown.text.contains("WED"));
    let voted = app.nobody().submit(&page, &[("choice", "option-2")]).await;
    voted.expect(200);
    guild.vote(&ballot, 0, "mon").await.expect(201);
    guild.vote(&ballot, 2, "tue").await.expect(201);
    app.clock_to("2031-06-15T00:01:00Z").await;
    let declared = guild.organizer.get(&ballot).await;
    assert_eq!(declared.body["result"], "carried", "{}", declared.text);
    assert_eq!(declared.body["winner"], "tue");
    let record = guild.members[0].1.get(&format!("{ballot}/record")).await;
    record.expect(200);
    assert_eq!(
        record.body["rounds"][0]["counts"],
        json!({ "mon": 2, "tue": 2, "wed": 1 })
    );
    assert_eq!(
        record.body["rounds"][1]["counts"],
        json!({ "mon": 1, "tue": 2 })
    );
    let told = app.mails_to("m0@people.example").await;
    let last = told.last().expect("a mail");
    assert!(last.subject.ends_with("chosen: TUE"), "{}", last.subject);
}

async fn ties(app: TestApp) {
    let guild = guild(&app, 2).await;
    let (lost, chair) = (
        guild.choice("lost", CLOSE).await,
        guild.choice("chair", CLOSE).await,
    );
    for ballot in [&lost, &chair] {
        guild.vote(ballot, 0, "mon").await.expect(201);
        guild.vote(ballot, 1, "tue").await.expect(201);
    }
    app.clock_to(CLOSE).await;
    for ballot in [&lost, &chair] {
        guild.vote(ballot, 0, "mon").await.expect(201);
        guild.vote(ballot, 1, "tue").await.expect(201);
    }
    app.clock_to("2031-06-15T00:01:00Z").await;
    assert_eq!(guild.organizer.get(&lost).await.body["result"], "lost");
    let waits = guild.organizer.get(&chair).await;
    assert_eq!(waits.body["result"], "casting_vote", "{}", waits.text);
    let cast = |choice: &'static str| {
        let (olga, chair) = (guild.organizer.clone(), chair.clone());
        let body = json!({ "choice": choice });
        async move { olga.transition(&chair, "casting-vote", Some(body)).await }
    };
    cast("wed").await.expect_problem(422, "option_unknown");
    cast("abstain").await.expect_problem(422, "option_unknown");
    let decided = cast("mon").await;
    decided.expect(200);
    assert_eq!(decided.body["winner"], "mon");
    assert_eq!(decided.body["record"]["casting_vote"], "mon");
    cast("tue").await.expect_problem(409, "other_result");
}

async fn fifty(app: TestApp) {
    let guild = guild(&app, 1).await;
    let rule = json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }] });
    let option = |n: usize| json!({ "id": format!("o{n}"), "title": format!("Slogan no. {n}.") });
    let options = |most: usize| (1..=most).map(option).collect::<Vec<_>>();
    let mut body = json!({ "title": "Which one?", "matter": "advisory", "closes_at": CLOSE, "rule": rule,
        "options": options(51) });
    let refused = guild.organizer.post(&guild.list(), body.clone()).await;
    refused.expect_problem(422, "validation_failed");
    body["options"] = json!(options(50));
    let ballot = guild.draft_of(body).await;
    let opened = guild.organizer.transition(&ballot, "publish", None).await;
    opened.expect(200);
    let mails = app.mails_to("m0@people.example").await;
    let page = mails.last().expect("a mail").link("/r/");
    let shown = app.nobody().get(&page).await;
    for n in 1..=50 {
        let title = format!("Slogan no. {n}.");
        assert!(shown.text.contains(&title), "{title}: {}", shown.text);
    }
    assert_eq!(shown.text.matches("<button").count(), 51, "and abstain");
    let sent = |place: &'static str| {
        let (nobody, page) = (app.nobody(), page.clone());
        async move { nobody.submit(&page, &[("choice", place)]).await }
    };
    sent("option-51").await.expect(422);
    sent("option-50").await.expect(200);
    let own = guild.members[0].1.get(&format!("{ballot}/votes")).await;
    assert_eq!(own.body["items"][0]["choice"], "o50", "{}", own.text);
}
