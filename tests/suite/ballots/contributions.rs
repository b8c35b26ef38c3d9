//! What contributions do to a vote: arrears suspend it in money matters, and the last season weighs.

use guildhall::mandates::Matter;
use serde_json::Value;
use serde_json::json;

use crate::funds::world::NOTICES;
use crate::funds::world::World;
use crate::mandates::flows::id_of;
use crate::mandates::flows::put;
use crate::mandates::flows::vote;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    arrears_suspend_the_vote_in_money_matters_and_the_record_says_so => arrears;
    after_the_first_season_a_vote_weighs_what_was_billed_or_paid => seasons;
}

impl World {
    async fn ballot(&self, matter: Matter, subject: &str, closes: &str) -> String {
        let alliance = self.alliance.to_string();
        put(&self.organizer, &alliance, matter, subject, closes).await
    }

    /// A transfer that waits for a vote: a matter of money; answers its id.
    async fn transfer(&self, fund: &str, to: &str) -> String {
        let body = json!({ "to_fund_id": to[10..], "amount_minor": 100, "reason": "deposit" });
        let path = format!("{fund}/transfers");
        let asked = self.organizer.post(&path, body).await;
        asked.expect(201);
        asked.id()
    }

    /// What every member weighs in a ballot, in the order of the members; nothing where it has no vote.
    async fn weights(&self, ballot: &str) -> Vec<Option<i64>> {
        let list = self.organizer.get(&format!("{ballot}/electorate")).await;
        let items = list.body["items"].as_array().expect("electors").clone();
        let weight = |member: &guildhall::kernel::ids::MembershipId| {
            let mut all = items.iter();
            let found = all.find(|item| item["membership_id"] == member.to_string());
            found.and_then(|item| item["weight"].as_i64())
        };
        self.memberships.iter().map(weight).collect()
    }

    async fn by_laws(&self, content: Value) {
        let path = self.path("by-laws");
        self.organizer.post(&path, content).await.expect(201);
    }

    /// The path of a fund with a season of its own, from a first of June on.
    async fn season(&self, code: &str, year: &str) -> String {
        let body = json!({ "name": code, "code": code,
            "season_from": format!("{year}-06-01"), "season_to": format!("{year}-09-30"),
            "custodian": { "holder": "a", "institution": "b", "account_ref": "c" } });
        let made = self.organizer.post(&self.path("funds"), body).await;
        made.expect(201);
        format!("/v1/funds/{}", made.id())
    }
}

async fn arrears(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to("2031-06-01T00:00:00Z").await;
    // Due on the 20th of October; everybody pays but the fourth.
    let fund = world.collecting("D11-2026").await;
    for member in [0, 1, 2, 4] {
        world.pay(&fund, member, NOTICES[member]).await.expect(201);
    }
    let next = world.fund("SF-2027").await;
    let late = &world.owners[3];
    world.app.clock_to("2031-11-19T00:00:00Z").await;
    let subject = world.transfer(&fund, &next).await;
    let in_time = world
        .ballot(Matter::Transfer, &subject, "2031-12-01T00:00:00Z")
        .await;
    assert_eq!(world.weights(&in_time).await, [Some(1); 5], "30 days late");
    world.app.clock_to("2031-11-20T00:00:00Z").await;
    let subject = world.transfer(&fund, &next).await;
    let without = world
        .ballot(Matter::Transfer, &subject, "2031-12-01T00:00:00Z")
        .await;
    let but_one = [Some(1), Some(1), Some(1), None, Some(1)];
    assert_eq!(world.weights(&without).await, but_one);
    // What is no matter of money is everybody's.
    let body =
        json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2031-12-01T00:00:00Z" });
    let asked = world.organizer.post(&world.path("ballots"), body).await;
    let talk = format!("/v1/ballots/{}", asked.id());
    world
        .organizer
        .transition(&talk, "publish", None)
        .await
        .expect(200);
    vote(late, &talk, "for").await.expect(201);
    vote(late, &in_time, "against").await.expect(201);
    vote(late, &without, "against")
        .await
        .expect_problem(403, "not_an_elector");
    // Paying now opens the next ballot, not this one: its electorate is fixed.
    world.pay(&fund, 3, NOTICES[3]).await.expect(201);
    vote(late, &without, "against")
        .await
        .expect_problem(403, "not_an_elector");
    vote(&world.owners[0], &without, "for").await.expect(201);
    world.app.clock_to("2031-12-01T00:00:00Z").await;
    let record = world.owners[1].get(&format!("{without}/record")).await;
    record.expect(200);
    let excluded = json!([{ "membership_id": world.memberships[3], "reason": "arrears" }]);
    assert_eq!(record.body["excluded"], excluded, "{}", record.text);
    assert_eq!(record.body["eligible"], json!({ "head": 4, "weight": 4 }));
    let record = world.owners[1].get(&format!("{in_time}/record")).await;
    assert_eq!(record.body["excluded"], json!([]));
    let subject = world.transfer(&fund, &next).await;
    let paid = world
        .ballot(Matter::Transfer, &subject, "2031-12-20T00:00:00Z")
        .await;
    assert_eq!(world.weights(&paid).await, [Some(1); 5]);
    by_law(&world, &next).await;
}

/// The by-laws may be stricter or milder about how late is too late.
async fn by_law(world: &World, next: &str) {
    let fund = world.collecting("LATE").await;
    world.pay(&fund, 0, NOTICES[0]).await.expect(201);
    for (days, has_vote) in [(60, true), (5, false)] {
        world.by_laws(json!({ "ballot_arrears_days": days })).await;
        let subject = world.transfer(&fund, next).await;
        let ballot = world
            .ballot(Matter::Transfer, &subject, "2031-12-20T00:00:00Z")
            .await;
        let weights = world.weights(&ballot).await;
        assert_eq!(weights[0], Some(1));
        assert_eq!(weights[3].is_some(), has_vote, "{days} days");
    }
}

async fn seasons(app: TestApp) {
    let world = World::found(app).await;
    world.app.clock_to("2031-06-01T00:00:00Z").await;
    let policy = world.policy(None).await;
    let first = world.season("S31", "2031").await;
    let proposed = world.propose(&first, &policy, 5_000_000).await;
    proposed.expect(201);
    // In the first season a vote weighs what is proposed to be billed.
    let ballot = world
        .ballot(Matter::SeasonBudget, &proposed.id(), "2031-06-10T00:00:00Z")
        .await;
    let billed = NOTICES.map(Some);
    assert_eq!(world.weights(&ballot).await, billed);
    for owner in &world.owners {
        vote(owner, &ballot, "for").await.expect(201);
    }
    world.app.clock_to("2031-06-10T00:00:00Z").await;
    let assessment = format!("/v1/assessments/{}", proposed.id());
    world
        .treasurer
        .transition(&assessment, "issue", None)
        .await
        .expect(200);
    let paid = [NOTICES[0], 100_000, 0, 41, NOTICES[4]];
    for (member, amount) in paid.iter().enumerate() {
        if *amount > 0 {
            world.pay(&first, member, *amount).await.expect(201);
        }
    }
    // In the second one what was billed in the first, whatever is proposed now.
    let second = world.season("S32", "2032").await;
    let next = world.propose(&second, &policy, 1_000_000).await;
    next.expect(201);
    let ballot = world
        .ballot(Matter::SeasonBudget, &next.id(), "2031-06-20T00:00:00Z")
        .await;
    assert_eq!(world.weights(&ballot).await, billed);
    let quorum = |by: &str| json!({ "by": by, "min": "1/4", "counts": "cast" });
    let test =
        |by: &str| json!({ "by": by, "base": "for_against", "threshold": "1/2", "strict": true });
    let rule = json!({ "quorum": [quorum("head"), quorum("weight")], "tests": [test("head"), test("weight")],
        "weight": { "contribution": "paid" }, "secrecy": "secret_until_close" });
    world
        .by_laws(json!({ "ballot_rules": { "season_budget": rule } }))
        .await;
    let third = world.season("S33", "2033").await;
    let other = world.propose(&third, &policy, 2_000_000).await;
    other.expect(201);
    let ballot = world
        .ballot(Matter::SeasonBudget, &other.id(), "2031-06-20T00:00:00Z")
        .await;
    assert_eq!(world.weights(&ballot).await, paid.map(Some));
    // The silk shop paid nothing: one vote by head, none by weight.
    for (member, choice) in [
        (0, "against"),
        (1, "for"),
        (2, "for"),
        (3, "for"),
        (4, "against"),
    ] {
        vote(&world.owners[member], &ballot, choice)
            .await
            .expect(201);
    }
    world.app.clock_to("2031-06-20T00:00:00Z").await;
    let record = world.owners[0].get(&format!("{ballot}/record")).await;
    assert_eq!(record.body["result"], "lost", "{}", record.text);
    assert_eq!(record.body["for"], json!({ "head": 3, "weight": 100_041 }));
    assert_eq!(id_of(&ballot), record.body["ballot_id"]);
}
