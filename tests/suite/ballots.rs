//! Ballots: the counting rules as calculators, and a question from its draft to its declaration.

mod bad_inputs;
mod choices;
mod contributions;
mod decisions;
mod departures;
mod electorates;
pub mod guild;
mod life;
mod logs;
mod mails;
mod proxies;
mod races;
mod secrets;

use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::final_and_open;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    every_ballot_vector_is_answered_by_its_calculator => vectors;
    members_decide_between_the_announcement_and_the_close => decides;
    a_ballot_is_refused_to_whom_it_does_not_concern => refuses_people;
    a_draft_that_leaves_no_time_or_asks_too_little_is_refused => refuses_drafts;
    final_votes_may_close_a_ballot_early => closes_early;
    a_member_votes_through_the_link_of_its_mail => votes_by_link;
    an_announced_ballot_opens_at_its_hour => opens_by_the_clock;
    those_who_watch_over_the_alliance_read_its_journal => journal;
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
    draft(unknown).await.expect_problem(422, "rule_loosened");
    draft(with("rule", json!({ "tests": [] })))
        .await
        .expect_problem(422, "ballot_rule_invalid");
    let twice = json!([{ "id": "x", "title": "X" }, { "id": "x", "title": "Y" }]);
    draft(with("options", twice))
        .await
        .expect_problem(422, "options_invalid");
    let mut capped = final_and_open();
    capped["weight_cap"] = json!("1/2");
    let refused = draft(with("rule", capped)).await;
    refused.expect_problem(422, "weight_cap_unattainable");
    assert_eq!(refused.body["params"]["members"], 1);
    assert_eq!(
        guild.organizer.get(&guild.list()).await.body["items"],
        json!([])
    );
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

async fn opens_by_the_clock(app: TestApp) {
    let guild = guild(&app, 1).await;
    let draft = |opens_at: &'static str| {
        let (olga, list) = (guild.organizer.clone(), guild.list());
        async move {
            let body = json!({ "title": "Meet?", "matter": "advisory", "opens_at": opens_at, "closes_at": CLOSE });
            let answer = olga.post(&list, body).await;
            answer.expect(201);
            let ballot = format!("/v1/ballots/{}", answer.id());
            let announced = olga.transition(&ballot, "publish", None).await;
            announced.expect(200);
            assert_eq!(announced.body["state"], "notice");
            ballot
        }
    };
    let (ballot, other) = (
        draft("2031-06-02T00:00:00Z").await,
        draft("2031-06-02T00:00:00Z").await,
    );
    guild
        .vote(&ballot, 0, "for")
        .await
        .expect_problem(409, "ballot_not_open");
    let withdrawn = guild.organizer.transition(&other, "withdraw", None).await;
    assert_eq!(withdrawn.body["state"], "withdrawn", "{}", withdrawn.text);
    app.advance(86_401).await;
    assert_eq!(guild.organizer.get(&ballot).await.body["state"], "open");
    assert_eq!(guild.organizer.get(&other).await.body["state"], "withdrawn");
    guild.vote(&ballot, 0, "for").await.expect(201);
    let open = guild
        .organizer
        .get(&format!("{}?state=open", guild.list()))
        .await;
    assert_eq!(
        open.body["items"].as_array().map(Vec::len),
        Some(1),
        "{}",
        open.text
    );
    let nonsense = guild
        .organizer
        .get(&format!("{}?state=ajar", guild.list()))
        .await;
    nonsense.expect_problem(400, "invalid_parameter");
}

async fn journal(app: TestApp) {
    let guild = guild(&app, 2).await;
    let ballot = guild.open(Value::Null).await;
    guild.vote(&ballot, 0, "against").await.expect(201);
    let events = format!("/v1/alliances/{}/audit-events", guild.alliance);
    let id = ballot.trim_start_matches("/v1/ballots/");
    let of_ballot = guild
        .organizer
        .get(&format!("{events}?object_id={id}"))
        .await;
    of_ballot.expect(200);
    let actions: Vec<&str> = of_ballot.body["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|item| item["action"].as_str())
        .collect();
    assert_eq!(
        actions,
        [
            "ballot.proposed",
            "ballot.published",
            "ballot.opened",
            "vote.cast"
        ]
    );
    assert!(
        !of_ballot.text.contains("against"),
        "the journal never says how: {}",
        of_ballot.text
    );
    let votes = guild
        .organizer
        .get(&format!("{events}?action=vote.cast&limit=1"))
        .await;
    assert_eq!(votes.body["items"].as_array().map(Vec::len), Some(1));
    let later = guild
        .organizer
        .get(&format!("{events}?since=2031-06-02T00:00:00Z"))
        .await;
    assert_eq!(later.body["items"], json!([]));
    for wrong in ["object_id=x", "since=yesterday"] {
        let refused = guild.organizer.get(&format!("{events}?{wrong}")).await;
        refused.expect_problem(400, "invalid_parameter");
    }
}
