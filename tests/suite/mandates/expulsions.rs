//! Expulsions: announced, answered, heard, decided, done; and never without.

use futures_util::future::join_all;
use guildhall::mandates::Matter;
use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_member_is_heard_before_it_is_expelled_by_a_decision => heard_and_expelled;
    a_case_is_refused_where_it_is_too_soon_too_late_or_nobodys_business => refusals;
    a_dropped_case_permits_nothing_and_a_gone_member_is_not_expelled => dropped;
    a_member_is_expelled_once => race;
}

fn member(guild: &Guild, at: usize) -> String {
    format!("/v1/memberships/{}", guild.members[at].0)
}

/// Announces a case against a member, to be heard on the tenth; answers its path.
pub async fn announce(guild: &Guild, at: usize) -> String {
    let body = json!({ "reasons": "It sells forgeries.", "hearing_at": "2031-06-10T09:00:00Z" });
    let path = format!("{}/expulsions", member(guild, at));
    let opened = guild.organizer.post(&path, body).await;
    opened.expect(201);
    assert_eq!(opened.body["state"], "announced");
    format!("/v1/expulsions/{}", opened.id())
}

/// Moves to the day of the hearing and ends it.
pub async fn hear(app: &TestApp, guild: &Guild, case: &str) {
    app.clock_to("2031-06-10T10:00:00Z").await;
    end_hearing(guild, case).await;
}

/// Ends a hearing whose hour has come.
pub async fn end_hearing(guild: &Guild, case: &str) {
    let body = json!({ "minutes": "The owner came and denied it." });
    let heard = guild.organizer.transition(case, "hear", Some(body)).await;
    heard.expect(200);
    assert_eq!(heard.body["state"], "heard");
}

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

async fn heard_and_expelled(app: TestApp) {
    let guild = guild(&app, 3).await;
    let (olga, concerned, other) = (&guild.organizer, &guild.members[0].1, &guild.members[1].1);
    let case = announce(&guild, 0).await;
    let mail = app.mails_to(&concerned.email).await.pop().expect("a mail");
    assert!(mail.subject.contains("hearing"), "{}", mail.subject);
    for word in [
        "It sells forgeries.",
        "2031-06-10 17:00 (Asia/Shanghai)",
        id_of(&case),
    ] {
        assert!(mail.text.contains(word), "{}", mail.text);
    }
    // Before the hearing it is between the member and those who run the alliance.
    other.get(&case).await.expect_problem(404, "not_found");
    let list = format!("/v1/alliances/{}/expulsions", guild.alliance);
    assert_eq!(other.get(&list).await.body["items"], json!([]));
    assert_eq!(
        concerned.get(&list).await.body["items"][0]["id"],
        id_of(&case)
    );
    for statement in ["No.", "They are real."] {
        let body = json!({ "statement": statement });
        let answered = concerned.transition(&case, "answer", Some(body)).await;
        answered.expect(200);
    }
    olga.transition(&member(&guild, 0), "expel", None)
        .await
        .expect_problem(409, "mandate_missing");
    hear(&app, &guild, &case).await;
    let seen = other.get(&case).await;
    seen.expect(200);
    assert_eq!(seen.body["statement"], "They are real.");
    let late = concerned
        .transition(&case, "answer", Some(json!({ "statement": "Wait." })))
        .await;
    late.expect_problem(409, "illegal_transition");
    olga.transition(&member(&guild, 0), "expel", None)
        .await
        .expect_problem(409, "mandate_missing");
    app.decide(&guild.alliance, Matter::Expulsion, id_of(&case))
        .await;
    app.drain().await;
    let gone = olga.get(&member(&guild, 0)).await;
    assert_eq!(gone.body["state"], "expelled", "{}", gone.text);
    let done = olga.get(&case).await;
    assert_eq!(done.body["state"], "executed");
    let mandate = format!(
        "/v1/mandates/{}",
        done.body["mandate_id"].as_str().expect("an id")
    );
    let used = olga.get(&mandate).await;
    assert_eq!(used.body["state"], "consumed", "{}", used.text);
    assert_eq!(used.body["consumed_by"], "expel_member");
    let letters = app.mails_to(&concerned.email).await;
    assert!(letters.iter().any(|m| m.subject.contains("expelled")));
    assert_eq!(facts(&guild, "membership.expelled").await, 1);
}

async fn facts(guild: &Guild, action: &str) -> usize {
    let path = format!(
        "/v1/alliances/{}/audit-events?action={action}",
        guild.alliance
    );
    let events = guild.organizer.get(&path).await;
    events.body["items"].as_array().map_or(0, Vec::len)
}

async fn refusals(app: TestApp) {
    let guild = guild(&app, 2).await;
    let (olga, concerned, other) = (&guild.organizer, &guild.members[0].1, &guild.members[1].1);
    let path = format!("{}/expulsions", member(&guild, 0));
    let body = |at: &str| json!({ "reasons": "Debts.", "hearing_at": at });
    let soon = olga.post(&path, body("2031-06-07T23:59:59Z")).await;
    soon.expect_problem(422, "hearing_too_soon");
    assert_eq!(soon.body["params"]["days"], 7);
    let earliest = soon.body["params"]["earliest"]
        .as_str()
        .expect("an instant");
    assert!(earliest.starts_with("2031-06-08T00:00:"), "{earliest}");
    let mut silent = body("2031-06-20T00:00:00Z");
    silent["reasons"] = json!("");
    olga.post(&path, silent)
        .await
        .expect_problem(422, "validation_failed");
    other
        .post(&path, body("2031-06-20T00:00:00Z"))
        .await
        .expect_problem(403, "role_required");
    let case = announce(&guild, 0).await;
    olga.post(&path, body("2031-06-20T00:00:00Z"))
        .await
        .expect_problem(409, "expulsion_open");
    let minutes = || Some(json!({ "minutes": "Nobody came." }));
    let early = olga.transition(&case, "hear", minutes()).await;
    early.expect_problem(409, "hearing_to_come");
    assert_eq!(
        early.body["params"]["hearing_at"],
        "2031-06-10T09:00:00.000Z"
    );
    concerned
        .transition(&case, "hear", minutes())
        .await
        .expect_problem(403, "role_required");
    other
        .transition(&case, "hear", minutes())
        .await
        .expect_problem(404, "not_found");
    let statement = || Some(json!({ "statement": "Hm." }));
    olga.transition(&case, "answer", statement())
        .await
        .expect_problem(403, "role_required");
    let stranger = app.person("sam").await;
    stranger
        .transition(&case, "answer", statement())
        .await
        .expect_problem(404, "not_found");
    let ballot = json!({ "title": "Out?", "matter": "advisory", "subject_id": id_of(&case),
        "closes_at": "2031-07-01T00:00:00Z" });
    guild
        .organizer
        .post(&guild.list(), ballot)
        .await
        .expect_problem(422, "validation_failed");
    // A suspended member is heard as well.
    olga.transition(&member(&guild, 0), "suspend", None)
        .await
        .expect(200);
    concerned
        .transition(&case, "answer", statement())
        .await
        .expect(200);
    let gone = other.transition(&member(&guild, 1), "leave", None).await;
    gone.expect(200);
    let path = format!("{}/expulsions", member(&guild, 1));
    olga.post(&path, body("2031-06-20T00:00:00Z"))
        .await
        .expect_problem(409, "illegal_transition");
}

async fn dropped(app: TestApp) {
    let guild = guild(&app, 2).await;
    let (olga, concerned) = (&guild.organizer, &guild.members[0].1);
    let first = announce(&guild, 0).await;
    hear(&app, &guild, &first).await;
    let mandate = app
        .decide(&guild.alliance, Matter::Expulsion, id_of(&first))
        .await;
    olga.transition(&first, "drop", None).await.expect(200);
    app.drain().await;
    assert_eq!(olga.get(&member(&guild, 0)).await.body["state"], "active");
    olga.transition(&member(&guild, 0), "expel", None)
        .await
        .expect_problem(409, "mandate_missing");
    // Another case, even in the same words, is another decision.
    let body = json!({ "reasons": "It sells forgeries.", "hearing_at": "2031-06-20T00:00:00Z" });
    let path = format!("{}/expulsions", member(&guild, 0));
    let second = olga.post(&path, body).await;
    second.expect(201);
    let second = format!("/v1/expulsions/{}", second.id());
    app.clock_to("2031-06-20T00:00:00Z").await;
    let minutes: Option<Value> = Some(json!({ "minutes": "The owner came and denied it." }));
    olga.transition(&second, "hear", minutes).await.expect(200);
    olga.transition(&member(&guild, 0), "expel", None)
        .await
        .expect_problem(409, "mandate_missing");
    let unused = olga.get(&format!("/v1/mandates/{mandate}")).await;
    assert_eq!(unused.body["state"], "live", "{}", unused.text);
    app.decide(&guild.alliance, Matter::Expulsion, id_of(&second))
        .await;
    concerned
        .transition(&member(&guild, 0), "leave", None)
        .await
        .expect(200);
    app.drain().await;
    assert_eq!(olga.get(&member(&guild, 0)).await.body["state"], "left");
    assert_eq!(olga.get(&second).await.body["state"], "dropped");
    let letters = app.mails_to(&concerned.email).await;
    assert!(letters.iter().any(|m| m.subject.contains("dropped")));
}

async fn race(app: TestApp) {
    let guild = guild(&app, 2).await;
    let case = announce(&guild, 0).await;
    hear(&app, &guild, &case).await;
    app.decide(&guild.alliance, Matter::Expulsion, id_of(&case))
        .await;
    let path = member(&guild, 0);
    let calls = join_all((0..4).map(|_| guild.organizer.transition(&path, "expel", None)));
    let (answers, _) = futures_util::future::join(calls, app.drain()).await;
    for refused in answers.iter().filter(|a| a.status != 200) {
        assert!([409, 412].contains(&refused.status), "{}", refused.text);
    }
    assert!(answers.iter().filter(|a| a.status == 200).count() <= 1);
    assert_eq!(guild.organizer.get(&path).await.body["state"], "expelled");
    assert_eq!(facts(&guild, "membership.expelled").await, 1);
    assert_eq!(facts(&guild, "mandate.consumed").await, 1);
}
