//! Ballots: the counting rules as calculators, and a question from its draft to its declaration.

use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    every_ballot_vector_is_answered_by_its_calculator => vectors;
    members_decide_between_the_announcement_and_the_close => decides;
    a_ballot_is_refused_to_whom_it_does_not_concern => refuses_people;
    a_draft_that_leaves_no_time_or_asks_too_little_is_refused => refuses_drafts;
    final_votes_may_close_a_ballot_early => closes_early;
    a_member_votes_through_the_link_of_its_mail => votes_by_link;
    every_acknowledged_vote_is_counted_and_none_after_the_close => vote_races_close;
    a_member_has_one_vote_however_often_it_is_sent => double_vote;
    a_ballot_is_declared_once => double_close;
}

async fn vectors(app: TestApp) {
    let text = include_str!("../vectors/ballot.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let nobody = app.nobody();
    for case in file["cases"].as_array().expect("cases") {
        let kind = case["kind"].as_str().expect("a kind");
        let name = match kind {
            "tally" | "tally_aggregate" => "tally",
            "early_close" => "early-close",
            "resolve" => "votes",
            other => other,
        };
        let mut body = case["given"].clone();
        body["kind"] = case["kind"].clone();
        let answer = nobody.post(&format!("/v1/calculators/{name}"), body).await;
        let expect = &case["expect"];
        if let Some(code) = expect["error"].as_str() {
            answer.expect_problem(422, code);
            for (key, value) in expect["detail"].as_object().into_iter().flatten() {
                assert_eq!(&answer.body["params"][key], value, "{}: {key}", case["id"]);
            }
            continue;
        }
        answer.expect(200);
        for (key, value) in expect.as_object().expect("an object") {
            assert_eq!(&answer.body[key], value, "{}: {key}", case["id"]);
        }
    }
}

const CLOSE: &str = "2031-06-08T00:00:00Z";

/// An alliance with an organizer and members, each with one person.
struct Guild {
    alliance: String,
    organizer: Person,
    members: Vec<(String, Person)>,
}

async fn guild(app: &TestApp, members: usize) -> Guild {
    app.clock_to("2031-06-01T00:00:00Z").await;
    let organizer = app.person("olga").await;
    let alliance = organizer.found_alliance("Old Town").await;
    let mut guild = Guild {
        alliance,
        organizer,
        members: Vec::new(),
    };
    for at in 0..members {
        let person = app.person(&format!("m{at}")).await;
        let membership = guild
            .organizer
            .admit(&guild.alliance, &person, &format!("Shop {at}"))
            .await;
        guild.members.push((membership, person));
    }
    guild
}

impl Guild {
    fn list(&self) -> String {
        format!("/v1/alliances/{}/ballots", self.alliance)
    }

    /// Drafts an advisory question; answers its path.
    async fn draft(&self, rule: Value) -> String {
        let mut body = json!({ "title": "Meet on Tuesdays?", "explanation": "The tea house is free.",
            "matter": "advisory", "closes_at": CLOSE });
        if !rule.is_null() {
            body["rule"] = rule;
        }
        let answer = self.organizer.post(&self.list(), body).await;
        answer.expect(201);
        format!("/v1/ballots/{}", answer.id())
    }

    async fn open(&self, rule: Value) -> String {
        let ballot = self.draft(rule).await;
        let opened = self.organizer.transition(&ballot, "publish", None).await;
        opened.expect(200);
        assert_eq!(opened.body["state"], "open", "{}", opened.text);
        ballot
    }

    async fn vote(&self, ballot: &str, member: usize, choice: &str) -> Answer {
        let person = &self.members[member].1;
        person
            .post(&format!("{ballot}/votes"), json!({ "choice": choice }))
            .await
    }
}

fn final_and_open() -> Value {
    json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
        "revote": false, "early_close": "when_decided" })
}

async fn decides(app: TestApp) {
    let guild = guild(&app, 3).await;
    let (olga, first) = (&guild.organizer, &guild.members[0].1);
    let ballot = guild.draft(Value::Null).await;
    first.get(&ballot).await.expect_problem(404, "not_found");
    guild
        .vote(&ballot, 0, "for")
        .await
        .expect_problem(404, "not_found");
    assert_eq!(first.get(&guild.list()).await.body["items"], json!([]));
    olga.transition(&ballot, "close", None)
        .await
        .expect_problem(409, "illegal_transition");
    let opened = olga.transition(&ballot, "publish", None).await;
    opened.expect(200);
    assert_eq!(opened.body["electorate_size"], 3);
    assert_eq!(opened.body["content_hash"].as_str().map(str::len), Some(64));
    olga.transition(&ballot, "withdraw", None)
        .await
        .expect_problem(409, "illegal_transition");
    for (member, choice) in [(0, "against"), (1, "for"), (2, "abstain"), (0, "for")] {
        let taken = guild.vote(&ballot, member, choice).await;
        taken.expect(201);
        assert_eq!(taken.body["choice"], choice);
    }
    let own = first.get(&format!("{ballot}/votes")).await;
    assert_eq!(
        own.body["items"].as_array().map(Vec::len),
        Some(1),
        "{}",
        own.text
    );
    assert_eq!(own.body["items"][0]["choice"], "for");
    assert_eq!(first.get(&ballot).await.body["record"], Value::Null);
    olga.transition(&ballot, "close", None)
        .await
        .expect_problem(409, "ballot_still_open");
    app.clock_to(CLOSE).await;
    let declared = first.get(&ballot).await;
    assert_eq!(declared.body["state"], "declared");
    assert_eq!(declared.body["result"], "carried");
    assert_eq!(
        declared.body["record"]["for"],
        json!({ "head": 2, "weight": 2 })
    );
    assert_eq!(
        declared.body["record"]["eligible"],
        json!({ "head": 3, "weight": 3 })
    );
    let all = first.get(&format!("{ballot}/votes")).await;
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(3));
    let late = guild.vote(&ballot, 2, "against").await;
    late.expect_problem(409, "deadline_passed");
    assert_eq!(late.body["params"]["closes_at"], "2031-06-08T00:00:00.000Z");
    let told = app.mails_to("m2@people.example").await;
    assert!(
        told.iter().any(|m| m.subject.ends_with("- carried")),
        "{told:?}"
    );
}

async fn refuses_people(app: TestApp) {
    let guild = guild(&app, 1).await;
    let ballot = guild.open(Value::Null).await;
    let stranger = app.person("sam").await;
    stranger.get(&ballot).await.expect_problem(404, "not_found");
    stranger
        .get(&guild.list())
        .await
        .expect_problem(404, "not_found");
    stranger
        .post(&format!("{ballot}/votes"), json!({ "choice": "for" }))
        .await
        .expect_problem(404, "not_found");
    let member = &guild.members[0].1;
    member
        .transition(&ballot, "close", None)
        .await
        .expect_problem(403, "role_required");
    guild
        .organizer
        .post(&format!("{ballot}/votes"), json!({ "choice": "for" }))
        .await
        .expect_problem(403, "role_required");
    let late = app.person("late").await;
    guild
        .organizer
        .admit(&guild.alliance, &late, "Late Shop")
        .await;
    late.post(&format!("{ballot}/votes"), json!({ "choice": "for" }))
        .await
        .expect_problem(403, "not_an_elector");
    let body = br#"{"choice":"for"}"#.to_vec();
    member
        .send(
            "POST",
            &format!("{ballot}/votes"),
            &[("content-type", "application/json")],
            Some(body),
        )
        .await
        .expect_problem(400, "idempotency_key_missing");
}

async fn refuses_drafts(app: TestApp) {
    let guild = guild(&app, 1).await;
    let draft = |body: Value| {
        let (olga, list) = (guild.organizer.clone(), guild.list());
        async move { olga.post(&list, body).await }
    };
    let base = json!({ "title": "Meet?", "matter": "advisory", "closes_at": CLOSE });
    let with = |name: &str, value: Value| {
        let mut body = base.clone();
        body[name] = value;
        body
    };
    draft(with("closes_at", json!("2031-05-31T00:00:00Z")))
        .await
        .expect_problem(422, "closes_before_opening");
    draft(with("opens_at", json!(CLOSE)))
        .await
        .expect_problem(422, "closes_before_opening");
    let nothing = json!("01890a5d-ac96-774b-bcce-b302099a8057");
    draft(with("subject_id", nothing.clone()))
        .await
        .expect_problem(422, "validation_failed");
    draft(with("matter", json!("season_budget")))
        .await
        .expect_problem(422, "validation_failed");
    let mut unknown = with("matter", json!("season_budget"));
    unknown["subject_id"] = nothing;
    let refused = draft(unknown.clone()).await;
    refused.expect_problem(422, "validation_failed");
    assert_eq!(refused.body["errors"][0]["code"], "subject_unknown");
    unknown["rule"] = json!({ "tests": [{ "by": "head", "base": "cast", "threshold": "1/3", "strict": true }],
        "weight": { "contribution": "billed" } });
    draft(unknown)
        .await
        .expect_problem(422, "ballot_rule_loosened");
    draft(with("rule", json!({ "tests": [] })))
        .await
        .expect_problem(422, "ballot_rule_invalid");
    let mut proxies = final_and_open();
    proxies["proxies"] = json!({ "max_per_holder": 1, "deadline_hours": 24 });
    draft(with("rule", proxies))
        .await
        .expect_problem(422, "not_offered");
    draft(with("matter", json!("boycott")))
        .await
        .expect_problem(400, "invalid_body");
}

async fn closes_early(app: TestApp) {
    let guild = guild(&app, 3).await;
    let ballot = guild.open(final_and_open()).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    guild
        .vote(&ballot, 0, "against")
        .await
        .expect_problem(409, "already_voted");
    guild
        .organizer
        .transition(&ballot, "close", None)
        .await
        .expect_problem(409, "ballot_still_open");
    guild.vote(&ballot, 1, "for").await.expect(201);
    let closed = guild.organizer.transition(&ballot, "close", None).await;
    closed.expect(200);
    assert_eq!(closed.body["result"], "carried");
    guild
        .vote(&ballot, 2, "against")
        .await
        .expect_problem(409, "deadline_passed");
}

async fn votes_by_link(app: TestApp) {
    let guild = guild(&app, 2).await;
    let ballot = guild.open(Value::Null).await;
    let mails = app.mails_to("m0@people.example").await;
    let mail = mails.last().expect("a mail");
    assert!(
        mail.text.contains("2031-06-08 08:00 (Asia/Shanghai)"),
        "{}",
        mail.text
    );
    let page = mail.link("/r/");
    let nobody = app.nobody();
    for _ in 0..2 {
        let shown = nobody.get(&page).await;
        shown.expect(200);
        assert!(
            shown.text.contains("Against") && shown.text.contains("Shop 0"),
            "{}",
            shown.text
        );
    }
    let votes = format!("{ballot}/votes");
    assert_eq!(
        guild.members[0].1.get(&votes).await.body["items"],
        json!([])
    );
    nobody
        .submit(&page, &[("choice", "perhaps")])
        .await
        .expect(422);
    let answers = join_all((0..4).map(|_| nobody.submit(&page, &[("choice", "against")]))).await;
    let taken = answers.iter().filter(|a| a.status == 200).count();
    assert_eq!(taken, 1, "a link is good once");
    let own = guild.members[0].1.get(&votes).await;
    assert_eq!(own.body["items"][0]["choice"], "against", "{}", own.text);
    let again = nobody.get(&page).await;
    again.expect(200);
    assert!(!again.text.contains("<button"), "{}", again.text);
    assert_eq!(app.mails_to("m0@people.example").await.len(), mails.len());
}

async fn vote_races_close(app: TestApp) {
    let guild = guild(&app, 8).await;
    let ballot = guild.open(final_and_open()).await;
    for member in 0..5 {
        guild.vote(&ballot, member, "for").await.expect(201);
    }
    let votes = join_all((5..8).map(|member| guild.vote(&ballot, member, "against")));
    let close = guild.organizer.transition(&ballot, "close", None);
    let (votes, closed) = futures_util::future::join(votes, close).await;
    closed.expect(200);
    for vote in &votes {
        assert!(
            vote.status == 201 || vote.body["code"] == "deadline_passed",
            "{}",
            vote.text
        );
    }
    let taken = votes.iter().filter(|v| v.status == 201).count();
    let after = guild.organizer.get(&ballot).await;
    assert_eq!(
        after.body["record"]["against"]["head"], taken,
        "{}",
        after.text
    );
    assert_eq!(after.body["record"]["for"]["head"], 5);
}

async fn double_vote(app: TestApp) {
    let guild = guild(&app, 1).await;
    let ballot = guild.open(final_and_open()).await;
    let choices = ["for", "against", "abstain", "for", "against"];
    let answers = join_all(choices.iter().map(|choice| guild.vote(&ballot, 0, choice))).await;
    let taken: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(taken.len(), 1);
    for refused in answers.iter().filter(|a| a.status != 201) {
        refused.expect_problem(409, "already_voted");
    }
    let own = guild.members[0].1.get(&format!("{ballot}/votes")).await;
    assert_eq!(own.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(own.body["items"][0]["choice"], taken[0].body["choice"]);
}

async fn double_close(app: TestApp) {
    let guild = guild(&app, 1).await;
    let ballot = guild.open(final_and_open()).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    let closes = join_all((0..5).map(|_| guild.organizer.transition(&ballot, "close", None))).await;
    assert_eq!(closes.iter().filter(|a| a.status == 200).count(), 1);
    for refused in closes.iter().filter(|a| a.status != 200) {
        assert!([409, 412].contains(&refused.status), "{}", refused.text);
    }
    let told = app.mails_to("m0@people.example").await;
    assert_eq!(
        told.iter()
            .filter(|m| m.subject.ends_with("- carried"))
            .count(),
        1
    );
}
