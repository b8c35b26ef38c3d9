//! Who has a vote, what it weighs, and that everybody can count an open ballot again.

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    interested_and_suspended_members_have_no_vote_and_are_named => exclusions;
    anybody_counts_an_open_ballot_again_from_its_record => replay;
    by_laws_tighten_starred_rules_and_never_loosen_them => by_laws;
}

async fn exclusions(app: TestApp) {
    let guild = guild(&app, 4).await;
    let ballot = guild
        .draft_of(
            json!({ "title": "Meet?", "matter": "advisory", "closes_at": CLOSE,
        "opens_at": "2031-06-02T00:00:00Z" }),
        )
        .await;
    let olga = &guild.organizer;
    olga.transition(&ballot, "publish", None).await.expect(200);
    let path = format!("{ballot}/interests");
    let note = json!({ "note": "It is our shop." });
    guild.members[0]
        .1
        .post(&path, note.clone())
        .await
        .expect(201);
    let named = json!({ "membership_id": guild.members[1].0, "note": "Her sister's shop." });
    olga.post(&path, named.clone()).await.expect(201);
    guild.members[2]
        .1
        .post(&path, named)
        .await
        .expect_problem(404, "not_found");
    let third = format!("/v1/memberships/{}", guild.members[3].0);
    olga.transition(&third, "suspend", None).await.expect(200);
    app.clock_to("2031-06-02T00:00:00Z").await;
    guild.members[2]
        .1
        .post(&path, note)
        .await
        .expect_problem(409, "electorate_frozen");
    guild
        .vote(&ballot, 0, "for")
        .await
        .expect_problem(403, "not_an_elector");
    guild.vote(&ballot, 2, "for").await.expect(201);
    let early = guild.members[2].1.get(&format!("{ballot}/record")).await;
    early.expect_problem(409, "ballot_still_open");
    app.clock_to(CLOSE).await;
    let record = guild.members[2].1.get(&format!("{ballot}/record")).await;
    record.expect(200);
    assert_eq!(record.body["electorate_size"], 1);
    assert_eq!(record.body["eligible"], json!({ "head": 1, "weight": 1 }));
    assert_eq!(record.body["votes"], json!({ "head": 1, "weight": 1 }));
    let mut reasons: Vec<(&str, &str)> = record.body["excluded"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| {
            (
                e["membership_id"].as_str().unwrap_or_default(),
                e["reason"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let member = |at: usize| guild.members[at].0.as_str();
    let mut expected = vec![
        (member(0), "interested"),
        (member(1), "interested"),
        (member(3), "suspended"),
    ];
    reasons.sort_unstable();
    expected.sort_unstable();
    assert_eq!(reasons, expected);
    assert_eq!(record.body["tests"][0]["threshold"], "1/2");
    assert_eq!(record.body["tests"][0]["in_favour"], 1);
}

/// Declares and verifies a size of every member.
async fn sized(app: &TestApp, guild: &Guild, sizes: &[i64]) {
    let verifier = guild.steward(app, "vera", "treasurer").await;
    for ((membership, person), size) in guild.members.iter().zip(sizes) {
        let found = person.get(&format!("/v1/memberships/{membership}")).await;
        let merchant = found.body["merchant_id"].as_str().expect("a merchant");
        let body = json!({ "measure": "annual_revenue", "value": size, "unit": "CNY", "valid_from": "2030-01-01" });
        let path = format!("/v1/merchants/{merchant}/size-facts");
        let fact = person.post(&path, body).await;
        fact.expect(201);
        let path = format!("{path}/{}/verify", fact.id());
        verifier.post_bare(&path).await.expect(200);
    }
}

async fn replay(app: TestApp) {
    let guild = guild(&app, 4).await;
    sized(&app, &guild, &[700, 100, 100, 100]).await;
    let rule = json!({ "tests": [
            { "by": "head", "base": "for_against", "threshold": "1/2", "strict": true },
            { "by": "weight", "base": "for_against", "threshold": "1/2", "strict": true }],
        "weight": { "size": "annual_revenue" }, "weight_cap": "1/4", "secrecy": "open" });
    let ballot = guild.open(rule.clone()).await;
    for (member, choice) in [(0, "against"), (1, "for"), (2, "for"), (3, "abstain")] {
        guild.vote(&ballot, member, choice).await.expect(201);
    }
    app.clock_to(CLOSE).await;
    let member = &guild.members[3].1;
    let record = member.get(&format!("{ballot}/record")).await;
    record.expect(200);
    assert_eq!(record.body["result"], "carried", "{}", record.text);
    assert_eq!(record.body["weight_ceiling"], 100, "the giant is cut");
    let map = |list: &Value, value: &str| {
        let items = list["items"].as_array().expect("items").iter();
        let pairs = items.map(|i| {
            let member = i["membership_id"].as_str().unwrap_or_default();
            (member.to_owned(), i[value].clone())
        });
        Value::Object(pairs.collect())
    };
    let electorate = member.get(&format!("{ballot}/electorate")).await;
    let votes = member.get(&format!("{ballot}/votes")).await;
    let body = json!({ "kind": "tally", "rule": record.body["rule"],
        "electorate": map(&electorate.body, "weight"), "votes": map(&votes.body, "choice") });
    let counted = member.post("/v1/calculators/tally", body).await;
    counted.expect(200);
    for part in [
        "for",
        "against",
        "abstain",
        "eligible",
        "quorate",
        "result",
        "weight_ceiling",
    ] {
        assert_eq!(counted.body[part], record.body[part], "{part}");
    }
    let mut unattainable = rule;
    unattainable["weight_cap"] = json!("1/5");
    let body = json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2031-06-20T00:00:00Z", "rule": unattainable });
    let refused = guild.organizer.post(&guild.list(), body).await;
    refused.expect_problem(422, "weight_cap_unattainable");
    assert_eq!(
        refused.body["params"],
        json!({ "members": 4, "cap": "1/5" })
    );
}

async fn by_laws(app: TestApp) {
    let guild = guild(&app, 1).await;
    let path = format!("/v1/alliances/{}/by-laws", guild.alliance);
    let olga = &guild.organizer;
    let dual = |head: &str| {
        json!({ "tests": [
                { "by": "head", "base": "for_against", "threshold": head, "strict": true },
                { "by": "weight", "base": "for_against", "threshold": "1/2", "strict": true }],
            "quorum": [{ "by": "head", "min": "1/4", "counts": "cast" }, { "by": "weight", "min": "1/4", "counts": "cast" }],
            "weight": { "contribution": "paid" }, "secrecy": "secret_until_close" })
    };
    let rules = |rule: Value| json!({ "ballot_rules": { "season_budget": rule } });
    let refused = olga.post(&path, rules(dual("2/5"))).await;
    refused.expect_problem(422, "rule_loosened");
    assert_eq!(
        refused.body["params"],
        json!({ "matter": "season_budget", "part": "tests" })
    );
    assert_eq!(
        olga.get(&path).await.body["items"],
        json!([]),
        "nothing was adopted"
    );
    let mut open = json!({ "tests": [{ "by": "head", "base": "eligible", "threshold": "3/4", "strict": false }], "secrecy": "open" });
    let expulsion = |rule: &Value| json!({ "ballot_rules": { "expulsion": rule } });
    let refused = olga.post(&path, expulsion(&open)).await;
    refused.expect_problem(422, "rule_loosened");
    assert_eq!(refused.body["params"]["part"], "secrecy");
    open["secrecy"] = json!("secret");
    olga.post(&path, expulsion(&open)).await.expect(201);
    olga.post(&path, rules(dual("2/3"))).await.expect(201);
    let promotion =
        json!({ "tests": [{ "by": "head", "base": "cast", "threshold": "1/3", "strict": false }] });
    let loose = json!({ "ballot_rules": { "promotion": promotion } });
    olga.post(&path, loose).await.expect(201);
    let free = json!({ "ballot_rules": { "resale_prices": promotion } });
    olga.post(&path, free)
        .await
        .expect_problem(400, "invalid_body");
}
