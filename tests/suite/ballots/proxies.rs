//! Voting for another member: who may appoint whom, and whose vote counts.

use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_principals_own_vote_beats_its_proxys_whatever_the_order => own_vote_first;
    each_wrong_appointment_has_its_refusal_and_leaves_nothing => refuses;
    of_two_appointments_at_once_a_holder_gets_as_many_as_it_may_hold => races;
}

/// Half the members, one vote each; they may appoint one proxy per holder until a day before the close.
pub fn with_proxies(secrecy: &str, revote: bool) -> Value {
    json!({ "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }],
        "revote": revote, "secrecy": secrecy, "proxies": { "max_per_holder": 1, "deadline_hours": 24 } })
}

impl Guild {
    pub async fn appoint(&self, ballot: &str, principal: usize, holder: usize) -> Answer {
        let holder = &self.members[holder].0;
        let person = &self.members[principal].1;
        person
            .post(&format!("{ballot}/proxies"), json!({ "holder_id": holder }))
            .await
    }

    pub async fn vote_for(
        &self,
        ballot: &str,
        holder: usize,
        principal: usize,
        choice: &str,
    ) -> Answer {
        let principal = &self.members[principal].0;
        let person = &self.members[holder].1;
        let body = json!({ "choice": choice, "on_behalf_of": principal });
        person.post(&format!("{ballot}/votes"), body).await
    }
}

async fn own_vote_first(app: TestApp) {
    let guild = guild(&app, 3).await;
    for secrecy in ["open", "secret"] {
        let ballot = guild.open(with_proxies(secrecy, false)).await;
        guild.appoint(&ballot, 0, 1).await.expect(201);
        guild.vote_for(&ballot, 1, 0, "for").await.expect(201);
        guild
            .vote_for(&ballot, 1, 0, "against")
            .await
            .expect_problem(409, "already_voted");
        guild.vote(&ballot, 0, "against").await.expect(201);
        guild
            .vote_for(&ballot, 1, 0, "for")
            .await
            .expect_problem(409, "principal_voted");
        guild
            .vote_for(&ballot, 2, 0, "for")
            .await
            .expect_problem(403, "no_proxy");
        guild.vote(&ballot, 1, "for").await.expect(201);
    }
    let told = app.mails_to("m1@people.example").await;
    let proxies = told.iter().filter(|m| m.subject.contains("proxy"));
    assert_eq!(proxies.count(), 2, "the holder is told");
    app.clock_to(CLOSE).await;
    let list = guild.organizer.get(&guild.list()).await;
    for ballot in list.body["items"].as_array().expect("ballots") {
        assert_eq!(ballot["record"]["for"]["head"], 1, "{ballot}");
        assert_eq!(ballot["record"]["against"]["head"], 1, "{ballot}");
    }
}

async fn refuses(app: TestApp) {
    let guild = guild(&app, 5).await;
    let ballot = guild.open(with_proxies("open", true)).await;
    guild
        .appoint(&ballot, 0, 0)
        .await
        .expect_problem(422, "proxy_to_self");
    guild.appoint(&ballot, 0, 1).await.expect(201);
    guild
        .appoint(&ballot, 1, 2)
        .await
        .expect_problem(409, "proxy_chained");
    guild
        .appoint(&ballot, 2, 0)
        .await
        .expect_problem(409, "proxy_chained");
    let full = guild.appoint(&ballot, 2, 1).await;
    full.expect_problem(409, "proxy_limit");
    assert_eq!(full.body["params"]["limit"], 1);
    let nobody = json!({ "holder_id": "01890a5d-ac96-774b-bcce-b302099a8057" });
    let person = &guild.members[2].1;
    let path = format!("{ballot}/proxies");
    let unknown = person.post(&path, nobody).await;
    unknown.expect_problem(422, "validation_failed");
    assert_eq!(unknown.body["errors"][0]["code"], "holder_unknown");
    let others = json!({ "membership_id": guild.members[0].0, "holder_id": guild.members[3].0 });
    person
        .post(&path, others)
        .await
        .expect_problem(404, "not_found");
    let all = guild.organizer.get(&path).await;
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(person.get(&path).await.body["items"], json!([]));
    // A later appointment replaces the earlier one.
    guild.appoint(&ballot, 0, 3).await.expect(201);
    guild
        .vote_for(&ballot, 1, 0, "for")
        .await
        .expect_problem(403, "no_proxy");
    guild.vote_for(&ballot, 3, 0, "for").await.expect(201);
    app.clock_to("2031-06-07T00:00:00Z").await;
    let late = guild.appoint(&ballot, 2, 4).await;
    late.expect_problem(409, "proxy_late");
    assert_eq!(late.body["params"]["deadline"], "2031-06-07T00:00:00.000Z");
    let without = guild.open(Value::Null).await;
    guild
        .appoint(&without, 0, 1)
        .await
        .expect_problem(409, "proxies_not_allowed");
}

async fn races(app: TestApp) {
    let guild = guild(&app, 4).await;
    let ballot = guild.open(with_proxies("open", true)).await;
    let answers = join_all((0..3).map(|principal| guild.appoint(&ballot, principal, 3))).await;
    let taken = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(taken, 1, "the rule allows one");
    for refused in answers.iter().filter(|a| a.status != 201) {
        refused.expect_problem(409, "proxy_limit");
    }
    let principal = answers.iter().position(|a| a.status == 201).expect("one");
    let votes = futures_util::future::join(
        guild.vote(&ballot, principal, "for"),
        guild.vote_for(&ballot, 3, principal, "against"),
    );
    let (own, proxys) = votes.await;
    own.expect(201);
    assert!([201, 409].contains(&proxys.status), "{}", proxys.text);
    let votes = guild.organizer.get(&format!("{ballot}/votes")).await;
    assert_eq!(votes.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(votes.body["items"][0]["choice"], "for", "{}", votes.text);
}
