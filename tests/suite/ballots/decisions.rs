//! Decisions with legal effect: budgets by the dual majority, promotions by the simple one.

use serde_json::Value;
use serde_json::json;

use crate::ballots::guild::CLOSE;
use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_budget_needs_more_than_half_of_heads_and_of_contributions => budgets;
    a_budget_is_decided_as_it_was_announced => changed_budget;
    a_carried_ballot_permits_its_promotion_once => promotion;
    a_subject_is_put_to_one_vote_at_a_time => one_at_a_time;
}

/// Revenues of three members: the first outweighs both others.
const REVENUES: [i64; 3] = [1_240_000_000, 320_000_000, 150_000_000];

/// Proposes a budget in a fund of its own; answers the path of the assessment.
async fn budget(guild: &Guild, code: &str) -> String {
    let alliance = format!("/v1/alliances/{}", guild.alliance);
    let body =
        json!({ "name": "By revenue", "measure": "annual_revenue", "accept_declared": true });
    let policy = guild
        .organizer
        .post(&format!("{alliance}/levy-policies"), body)
        .await;
    policy.expect(201);
    let body = json!({ "name": "Season", "code": code, "season_from": "2031-06-01", "season_to": "2031-09-30",
        "custodian": { "holder": "Old Town", "institution": "Bank", "account_ref": "1" } });
    let fund = guild
        .organizer
        .post(&format!("{alliance}/funds"), body)
        .await;
    fund.expect(201);
    let body = json!({ "budget_minor": 5_000_000, "policy_id": policy.id(), "snapshot_date": "2031-05-31",
        "due_on": "2031-07-20" });
    let path = format!("/v1/funds/{}/assessments", fund.id());
    let proposed = guild.organizer.post(&path, body).await;
    proposed.expect(201);
    format!("/v1/assessments/{}", proposed.id())
}

async fn rich_guild(app: &TestApp) -> Guild {
    let guild = guild(app, REVENUES.len()).await;
    for ((membership, person), revenue) in guild.members.iter().zip(REVENUES) {
        let found = person.get(&format!("/v1/memberships/{membership}")).await;
        let merchant = found.body["merchant_id"]
            .as_str()
            .expect("a merchant")
            .to_owned();
        let body = json!({ "measure": "annual_revenue", "value": revenue, "unit": "CNY", "valid_from": "2030-01-01" });
        let path = format!("/v1/merchants/{merchant}/size-facts");
        person.post(&path, body).await.expect(201);
    }
    // Sizes count that were known on the day of the snapshot.
    guild
}

/// Drafts and announces a ballot; answers its path.
async fn put(guild: &Guild, matter: &str, subject: &str) -> String {
    let id = subject.rsplit('/').next().expect("an id");
    let body =
        json!({ "title": "Shall we?", "matter": matter, "subject_id": id, "closes_at": CLOSE });
    let draft = guild.organizer.post(&guild.list(), body).await;
    draft.expect(201);
    let ballot = format!("/v1/ballots/{}", draft.id());
    let opened = guild.organizer.transition(&ballot, "publish", None).await;
    assert_eq!(opened.body["state"], "open", "{}", opened.text);
    ballot
}

async fn budgets(app: TestApp) {
    let guild = rich_guild(&app).await;
    let (lost, carried) = (
        budget(&guild, "LOST").await,
        budget(&guild, "CARRIED").await,
    );
    let against_weight = put(&guild, "season_budget", &lost).await;
    let with_weight = put(&guild, "season_budget", &carried).await;
    for (member, choice) in [(0, "against"), (1, "for"), (2, "for")] {
        guild
            .vote(&against_weight, member, choice)
            .await
            .expect(201);
    }
    for (member, choice) in [(0, "for"), (1, "for"), (2, "against")] {
        guild.vote(&with_weight, member, choice).await.expect(201);
    }
    app.clock_to(CLOSE).await;
    let member = &guild.members[1].1;
    let declared = member.get(&against_weight).await;
    assert_eq!(declared.body["result"], "lost", "{}", declared.text);
    assert_eq!(declared.body["record"]["tests"], json!([true, false]));
    assert_eq!(declared.body["record"]["eligible"]["weight"], 5_000_000);
    assert_eq!(member.get(&lost).await.body["state"], "proposed");
    let declared = member.get(&with_weight).await;
    assert_eq!(declared.body["result"], "carried", "{}", declared.text);
    assert_eq!(
        declared.body["state"], "effective",
        "the budget is approved"
    );
    assert_eq!(member.get(&carried).await.body["state"], "approved");
    assert_eq!(mandates(&guild).await, 1, "issued exactly once");
    let votes = member.get(&format!("{with_weight}/votes")).await;
    let shown = votes.body["items"].as_array().expect("votes").iter();
    let weights = shown.filter(|v| !v["weight"].is_null()).count();
    assert_eq!(
        weights, 1,
        "a member sees its own share only: {}",
        votes.text
    );
}

/// How often a mandate was issued, by the journal.
async fn mandates(guild: &Guild) -> usize {
    let path = format!(
        "/v1/alliances/{}/audit-events?action=mandate.issued",
        guild.alliance
    );
    let events = guild.organizer.get(&path).await;
    events.body["items"].as_array().map_or(0, Vec::len)
}

async fn changed_budget(app: TestApp) {
    let guild = rich_guild(&app).await;
    let assessment = budget(&guild, "GONE").await;
    let id = assessment.rsplit('/').next().expect("an id");
    let body = json!({ "title": "Shall we?", "matter": "season_budget", "subject_id": id,
        "opens_at": "2031-06-03T00:00:00Z", "closes_at": CLOSE });
    let draft = guild.organizer.post(&guild.list(), body).await;
    draft.expect(201);
    let ballot = format!("/v1/ballots/{}", draft.id());
    guild
        .organizer
        .transition(&ballot, "publish", None)
        .await
        .expect(200);
    guild
        .organizer
        .transition(&assessment, "cancel", None)
        .await
        .expect(200);
    app.clock_to("2031-06-03T00:00:00Z").await;
    let withdrawn = guild.organizer.get(&ballot).await;
    assert_eq!(withdrawn.body["state"], "withdrawn", "{}", withdrawn.text);
    assert_eq!(withdrawn.body["withdrawal"], "subject_changed");
    assert_eq!(mandates(&guild).await, 0);
}

async fn promotion(app: TestApp) {
    let guild = guild(&app, 3).await;
    let by_laws = format!("/v1/alliances/{}/by-laws", guild.alliance);
    let found = guild.organizer.get(&by_laws).await;
    let asked = guild
        .organizer
        .post(&by_laws, json!({ "promotion_by_ballot": true }))
        .await;
    assert_eq!(asked.status, 201, "{} {}", found.text, asked.text);
    let body = json!({ "name": "One day", "main_day": "2031-09-01", "template": "one_day" });
    let path = format!("/v1/alliances/{}/promotions", guild.alliance);
    let draft = guild.organizer.post(&path, body).await;
    draft.expect(201);
    let promotion = format!("/v1/promotions/{}", draft.id());
    guild
        .organizer
        .transition(&promotion, "propose", None)
        .await
        .expect(200);
    let ballot = put(&guild, "promotion", &promotion).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    app.clock_to(CLOSE).await;
    let declared = guild.organizer.get(&ballot).await;
    assert_eq!(declared.body["result"], "carried", "{}", declared.text);
    assert_eq!(declared.body["state"], "effective");
    let state: Value = guild.organizer.get(&promotion).await.body["state"].clone();
    assert_eq!(state, "scheduled");
    assert_eq!(mandates(&guild).await, 1);
    // The journal names the decision behind it.
    let alliance = format!("/v1/alliances/{}", guild.alliance);
    let path = format!("{alliance}/audit-events?action=promotion.scheduled");
    let events = guild.organizer.get(&path).await;
    let mandate = events.body["items"][0]["data"]["mandate_id"].as_str();
    let mandate = mandate.unwrap_or_else(|| panic!("{}", events.text));
    let used = guild
        .organizer
        .get(&format!("/v1/mandates/{mandate}"))
        .await;
    assert_eq!(used.body["ballot_id"], declared.body["id"], "{}", used.text);
}

async fn one_at_a_time(app: TestApp) {
    let guild = rich_guild(&app).await;
    let assessment = budget(&guild, "ONCE").await;
    let id = assessment.rsplit('/').next().expect("an id");
    let body = json!({ "title": "Shall we?", "matter": "season_budget", "subject_id": id, "closes_at": CLOSE });
    let mut drafts = Vec::new();
    for _ in 0..3 {
        drafts.push(guild.draft_of(body.clone()).await);
    }
    let olga = &guild.organizer;
    let calls = drafts
        .iter()
        .map(|draft| olga.transition(draft, "publish", None));
    let answers = futures_util::future::join_all(calls).await;
    let opened = answers.iter().position(|a| a.status == 200).expect("one");
    for (at, refused) in answers.iter().enumerate().filter(|(at, _)| *at != opened) {
        refused.expect_problem(409, "subject_at_vote");
        let open = drafts[opened].rsplit('/').next();
        assert_eq!(refused.body["params"]["ballot_id"].as_str(), open, "{at}");
    }
    let tom = guild.steward(&app, "tom", "treasurer").await;
    for person in [olga, &tom] {
        person
            .transition(&drafts[opened], "withdraw", None)
            .await
            .expect(200);
    }
    let next = &drafts[(opened + 1) % 3];
    olga.transition(next, "publish", None).await.expect(200);
}
