//! The whole life of a ballot: amendments, extension, withdrawal by two, repetition, ties and challenges.

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::final_and_open;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_question_is_amended_before_it_opens_and_reopened_after => amends_and_reopens;
    a_ballot_is_extended_once => extends;
    too_few_votes_are_repeated_once_with_half_the_quorum => repeats;
    the_chair_decides_a_tie_or_its_silence_does => casting_vote;
    a_challenge_holds_up_what_was_carried => challenges;
    what_was_done_before_a_challenge_stays_done_and_is_reported => disputed_late;
    a_result_that_stands_closes_its_ballot_by_itself => closes_by_itself;
}

/// The day of an instant: clocks run on while a test does.
fn day(instant: &Value) -> &str {
    instant
        .as_str()
        .and_then(|text| text.get(..10))
        .unwrap_or_default()
}

async fn amends_and_reopens(app: TestApp) {
    let guild = guild(&app, 2).await;
    guild.by_laws(json!({ "ballot_notice_days": 2 })).await;
    let ballot = guild.draft(Value::Null).await;
    let olga = &guild.organizer;
    let announced = olga.transition(&ballot, "publish", None).await;
    announced.expect(200);
    assert_eq!(day(&announced.body["opens_at"]), "2031-06-03");
    app.clock_to("2031-06-02T00:00:00Z").await;
    let change = json!({ "title": "Meet on Fridays?" });
    let amended = olga
        .transition(&ballot, "amend", Some(change.clone()))
        .await;
    amended.expect(200);
    assert_eq!(amended.body["edition"], 2);
    assert_eq!(day(&amended.body["opens_at"]), "2031-06-04", "notice anew");
    assert_ne!(amended.body["content_hash"], announced.body["content_hash"]);
    let notices = app.mails_to("m0@people.example").await;
    let notices: Vec<_> = notices
        .iter()
        .filter(|m| m.subject.contains("notice"))
        .collect();
    assert_eq!(notices.len(), 2);
    assert!(
        notices[1].subject.contains("Fridays"),
        "{:?}",
        notices[1].subject
    );
    app.clock_to("2031-06-04T01:00:00Z").await;
    let refused = olga
        .transition(&ballot, "amend", Some(change.clone()))
        .await;
    refused.expect_problem(409, "question_fixed");
    guild.vote(&ballot, 0, "for").await.expect(201);
    olga.transition(&ballot, "reopen", Some(change.clone()))
        .await
        .expect_problem(409, "illegal_transition");
    let asked = olga.transition(&ballot, "withdraw", None).await;
    asked.expect(200);
    assert_eq!(asked.body["state"], "open", "one of two");
    olga.transition(&ballot, "withdraw", None)
        .await
        .expect_problem(403, "separation_of_duties");
    let tom = guild.steward(&app, "tom", "treasurer").await;
    let withdrawn = tom.transition(&ballot, "withdraw", None).await;
    withdrawn.expect(200);
    assert_eq!(withdrawn.body["state"], "withdrawn");
    guild
        .vote(&ballot, 1, "for")
        .await
        .expect_problem(409, "deadline_passed");
    let change = json!({ "title": "Meet on Sundays?", "closes_at": "2031-06-20T00:00:00Z" });
    let next = olga
        .transition(&ballot, "reopen", Some(change.clone()))
        .await;
    next.expect(201);
    assert_eq!(next.body["edition"], 3);
    assert_eq!(next.body["origin"], "reopened");
    let reopened = format!("/v1/ballots/{}", next.id());
    olga.transition(&ballot, "reopen", Some(change))
        .await
        .expect_problem(409, "ballot_already_followed");
    app.clock_to("2031-06-06T12:00:00Z").await;
    let votes = olga.get(&format!("{reopened}/votes")).await;
    assert_eq!(votes.body["items"], json!([]), "all votes are dropped");
    guild.vote(&reopened, 0, "against").await.expect(201);
    let told = app.mails_to("m1@people.example").await;
    assert!(
        told.iter()
            .any(|m| m.subject.ends_with("the ballot was withdrawn"))
    );
}

async fn extends(app: TestApp) {
    let guild = guild(&app, 1).await;
    let ballot = guild.open(Value::Null).await;
    let extend = |to: &'static str| {
        let (olga, ballot) = (guild.organizer.clone(), ballot.clone());
        let body = json!({ "closes_at": to });
        async move { olga.transition(&ballot, "extend", Some(body)).await }
    };
    extend(CLOSE)
        .await
        .expect_problem(422, "extension_out_of_range");
    extend("2031-07-09T00:00:00Z")
        .await
        .expect_problem(422, "extension_out_of_range");
    extend("2031-06-10T00:00:00Z").await.expect(200);
    extend("2031-06-11T00:00:00Z")
        .await
        .expect_problem(409, "already_extended");
    app.clock_to(CLOSE).await;
    let page = app.mails_to("m0@people.example").await[0].link("/r/");
    let voted = app.nobody().submit(&page, &[("choice", "for")]).await;
    voted.expect(200);
    app.clock_to("2031-06-10T00:00:00Z").await;
    assert_eq!(guild.organizer.get(&ballot).await.body["result"], "carried");
    extend("2031-06-12T00:00:00Z")
        .await
        .expect_problem(409, "illegal_transition");
}

async fn repeats(app: TestApp) {
    let guild = guild(&app, 4).await;
    let rule = json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
        "quorum": [{ "by": "head", "min": "1/2", "counts": "cast" }] });
    let ballot = guild.open(rule.clone()).await;
    let other = guild.open(rule).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    guild.vote(&other, 0, "for").await.expect(201);
    guild.vote(&other, 1, "for").await.expect(201);
    app.clock_to(CLOSE).await;
    let again = json!({ "closes_at": "2031-06-30T00:00:00Z" });
    let olga = &guild.organizer;
    olga.transition(&ballot, "repeat", Some(again.clone()))
        .await
        .expect_problem(409, "repeat_not_allowed");
    guild.by_laws(json!({ "ballot_repeat": true })).await;
    olga.transition(&other, "repeat", Some(again.clone()))
        .await
        .expect_problem(409, "other_result");
    let next = olga
        .transition(&ballot, "repeat", Some(again.clone()))
        .await;
    next.expect(201);
    assert_eq!(next.body["rule"]["quorum"][0]["min"], "1/4");
    assert_eq!(next.body["title"], "Meet on Tuesdays?");
    olga.transition(&ballot, "repeat", Some(again.clone()))
        .await
        .expect_problem(409, "ballot_already_followed");
    let repeated = format!("/v1/ballots/{}", next.id());
    app.clock_to("2031-06-30T00:00:00Z").await;
    assert_eq!(olga.get(&repeated).await.body["result"], "inquorate");
    let twice = json!({ "closes_at": "2031-07-10T00:00:00Z" });
    olga.transition(&repeated, "repeat", Some(twice))
        .await
        .expect_problem(409, "repeat_not_allowed");
}

async fn casting_vote(app: TestApp) {
    let guild = guild(&app, 2).await;
    let rule = json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
        "tie": "chair" });
    let (decided, silent) = (guild.open(rule.clone()).await, guild.open(rule).await);
    for ballot in [&decided, &silent] {
        guild.vote(ballot, 0, "for").await.expect(201);
        guild.vote(ballot, 1, "against").await.expect(201);
    }
    app.clock_to(CLOSE).await;
    let chair = guild.steward(&app, "chair", "organizer").await;
    let id = chair.get("/v1/me").await.id();
    guild.by_laws(json!({ "chair": id })).await;
    let choice = Some(json!({ "choice": "for" }));
    guild
        .organizer
        .transition(&decided, "casting-vote", choice.clone())
        .await
        .expect_problem(403, "not_the_chair");
    let carried = chair
        .transition(&decided, "casting-vote", choice.clone())
        .await;
    carried.expect(200);
    assert_eq!(carried.body["result"], "carried");
    app.clock_to("2031-06-15T01:00:00Z").await;
    let lost = chair.get(&silent).await;
    assert_eq!(lost.body["result"], "lost", "{}", lost.text);
    chair
        .transition(&silent, "casting-vote", choice)
        .await
        .expect_problem(409, "other_result");
}

async fn challenges(app: TestApp) {
    let guild = guild(&app, 2).await;
    guild
        .by_laws(json!({ "promotion_by_ballot": true, "ballot_effect_days": 3, "ballot_challenge_days": 3 }))
        .await;
    let olga = &guild.organizer;
    let path = format!("/v1/alliances/{}/promotions", guild.alliance);
    let body = json!({ "name": "One day", "main_day": "2031-09-01", "template": "one_day" });
    let draft = olga.post(&path, body).await;
    let promotion = format!("/v1/promotions/{}", draft.id());
    olga.transition(&promotion, "propose", None)
        .await
        .expect(200);
    let body = json!({ "title": "Shall we?", "matter": "promotion", "subject_id": draft.id(), "closes_at": CLOSE });
    let ballot = guild.draft_of(body).await;
    olga.transition(&ballot, "publish", None).await.expect(200);
    guild.vote(&ballot, 0, "for").await.expect(201);
    app.clock_to(CLOSE).await;
    let declared = olga.get(&ballot).await;
    assert_eq!(declared.body["state"], "declared", "{}", declared.text);
    assert_eq!(day(&declared.body["effective_at"]), "2031-06-11");
    assert_eq!(olga.get(&promotion).await.body["state"], "proposed");
    let member = &guild.members[1].1;
    let grounds = Some(json!({ "grounds": "I was not told." }));
    let challenged = member
        .transition(&ballot, "challenge", grounds.clone())
        .await;
    challenged.expect(200);
    app.clock_to("2031-06-12T00:00:00Z").await;
    assert_eq!(
        olga.get(&promotion).await.body["state"],
        "proposed",
        "held up"
    );
    let reasons = Some(json!({ "reasons": "The mail was delivered." }));
    olga.transition(&ballot, "uphold", reasons.clone())
        .await
        .expect_problem(403, "separation_of_duties");
    let tom = guild.steward(&app, "tom", "treasurer").await;
    tom.transition(&ballot, "uphold", reasons.clone())
        .await
        .expect(200);
    app.drain().await;
    assert_eq!(olga.get(&ballot).await.body["state"], "effective");
    assert_eq!(olga.get(&promotion).await.body["state"], "scheduled");
    let record = member.get(&format!("{ballot}/record")).await;
    assert_eq!(record.body["challenges"][0]["outcome"], "upheld");
    member
        .transition(&ballot, "challenge", grounds.clone())
        .await
        .expect_problem(409, "deadline_passed");

    let question = guild.open_until(Value::Null, "2031-06-20T00:00:00Z").await;
    guild.vote(&question, 0, "for").await.expect(201);
    app.clock_to("2031-06-20T00:00:00Z").await;
    member
        .transition(&question, "challenge", grounds.clone())
        .await
        .expect(200);
    let annulled = tom.transition(&question, "annul", reasons).await;
    annulled.expect(200);
    assert_eq!(annulled.body["state"], "annulled");
    let drafts = olga.get(&format!("{}?state=draft", guild.list())).await;
    let next = &drafts.body["items"][0];
    assert_eq!(next["origin"], "annulled", "{}", drafts.text);
    assert_eq!(next["follows_id"], annulled.body["id"]);
    let late = guild.open_until(Value::Null, "2031-06-21T00:00:00Z").await;
    app.clock_to("2031-06-21T00:00:00Z").await;
    app.clock_to("2031-06-24T01:00:00Z").await;
    member
        .transition(&late, "challenge", grounds)
        .await
        .expect_problem(409, "deadline_passed");
}

async fn closes_by_itself(app: TestApp) {
    let guild = guild(&app, 3).await;
    let ballot = guild.open(final_and_open()).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    app.drain().await;
    assert_eq!(guild.organizer.get(&ballot).await.body["state"], "open");
    guild.vote(&ballot, 1, "for").await.expect(201);
    app.drain().await;
    let closed = guild.organizer.get(&ballot).await;
    assert_eq!(closed.body["state"], "declared", "{}", closed.text);
    guild
        .vote(&ballot, 2, "against")
        .await
        .expect_problem(409, "deadline_passed");
}

async fn disputed_late(app: TestApp) {
    let guild = guild(&app, 2).await;
    guild.by_laws(json!({ "promotion_by_ballot": true })).await;
    let (olga, member) = (&guild.organizer, &guild.members[1].1);
    let tom = guild.steward(&app, "tom", "treasurer").await;
    let mut ballots = Vec::new();
    for day in ["2031-09-01", "2031-10-01"] {
        let path = format!("/v1/alliances/{}/promotions", guild.alliance);
        let body = json!({ "name": "One day", "main_day": day, "template": "one_day" });
        let draft = olga.post(&path, body).await;
        let promotion = format!("/v1/promotions/{}", draft.id());
        olga.transition(&promotion, "propose", None)
            .await
            .expect(200);
        let body = json!({ "title": "Shall we?", "matter": "promotion", "subject_id": draft.id(), "closes_at": CLOSE });
        let ballot = guild.draft_of(body).await;
        olga.transition(&ballot, "publish", None).await.expect(200);
        guild.vote(&ballot, 0, "for").await.expect(201);
        ballots.push((ballot, promotion));
    }
    // Without days before the effect the sale is scheduled with the declaration; seven days to challenge begin.
    app.clock_to(CLOSE).await;
    app.clock_to("2031-06-10T00:00:00Z").await;
    let grounds = Some(json!({ "grounds": "I was not told." }));
    let reasons = Some(json!({ "reasons": "The mail bounced." }));
    for (ballot, promotion) in &ballots {
        assert_eq!(olga.get(ballot).await.body["state"], "effective");
        let challenged = member
            .transition(ballot, "challenge", grounds.clone())
            .await;
        challenged.expect(200);
        assert_eq!(challenged.body["state"], "challenged");
        assert_eq!(olga.get(promotion).await.body["state"], "scheduled");
        let record = member.get(&format!("{ballot}/record")).await;
        assert_eq!(record.body["executed"], true, "{}", record.text);
    }
    let told = app.mails_to("m0@people.example").await;
    let news = told.iter().filter(|m| m.subject.contains("disputed"));
    assert!(
        news.clone().count() == 2 && news.clone().all(|m| m.text.contains("stays done")),
        "{told:?}"
    );
    let upheld = tom
        .transition(&ballots[0].0, "uphold", reasons.clone())
        .await;
    upheld.expect(200);
    assert_eq!(upheld.body["state"], "effective", "{}", upheld.text);
    let annulled = tom.transition(&ballots[1].0, "annul", reasons).await;
    annulled.expect(200);
    assert_eq!(annulled.body["state"], "annulled");
    app.drain().await;
    for (ballot, promotion) in &ballots {
        assert_eq!(olga.get(promotion).await.body["state"], "scheduled");
        let record = member.get(&format!("{ballot}/record")).await;
        assert_eq!(record.body["executed"], true, "{}", record.text);
    }
    let drafts = olga.get(&format!("{}?state=draft", guild.list())).await;
    assert_eq!(drafts.body["items"], json!([]), "nothing to decide anew");
    app.clock_to("2031-06-15T00:01:00Z").await;
    member
        .transition(&ballots[0].0, "challenge", grounds)
        .await
        .expect_problem(409, "deadline_passed");
}
