//! The whole way, over HTTP alone: proposed, put to the vote, voted on, carried, done.

use futures_util::future::join_all;
use guildhall::mandates::Matter;
use serde_json::json;

use crate::ballots::guild::Guild;
use crate::ballots::guild::guild;
use crate::funds::world::World;
use crate::mandates::awards::evaluated;
use crate::mandates::awards::limit;
use crate::mandates::dissolutions::propose;
use crate::mandates::expulsions::announce;
use crate::mandates::expulsions::end_hearing;
use crate::mandates::expulsions::hear;
use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_member_is_expelled_by_three_quarters_of_all_others => expulsion;
    an_alliance_is_dissolved_by_its_members => dissolution;
    members_choose_the_bid_that_is_awarded => award;
    a_changed_budget_needs_a_new_vote => budget;
    a_promotion_is_scheduled_once_by_its_vote => promotion;
}

/// When ballots close that are not about bids.
const CLOSE: &str = "2031-06-20T00:00:00Z";

/// Drafts and announces a ballot that opens at once; answers its path.
pub async fn put(
    organizer: &Person,
    alliance: &str,
    matter: Matter,
    id: &str,
    closes: &str,
) -> String {
    let body =
        json!({ "title": "Shall we?", "matter": matter, "subject_id": id, "closes_at": closes });
    let path = format!("/v1/alliances/{alliance}/ballots");
    let draft = organizer.post(&path, body).await;
    draft.expect(201);
    let ballot = format!("/v1/ballots/{}", draft.id());
    let opened = organizer.transition(&ballot, "publish", None).await;
    assert_eq!(opened.body["state"], "open", "{}", opened.text);
    ballot
}

pub async fn vote(person: &Person, ballot: &str, choice: &str) -> Answer {
    let body = json!({ "choice": choice });
    person.post(&format!("{ballot}/votes"), body).await
}

pub fn id_of(path: &str) -> &str {
    path.rsplit('/').next().expect("an id")
}

/// The ballot is effective, and names the mandate that was used for `act`.
pub async fn effective(organizer: &Person, alliance: &str, ballot: &str, act: &str) {
    let seen = organizer.get(ballot).await;
    assert_eq!(seen.body["result"], "carried", "{}", seen.text);
    assert_eq!(seen.body["state"], "effective", "{}", seen.text);
    let list = organizer
        .get(&format!("/v1/alliances/{alliance}/mandates"))
        .await;
    let items = list.body["items"].as_array().expect("items");
    let mandate = items.iter().find(|m| m["ballot_id"] == id_of(ballot));
    let mandate = mandate.unwrap_or_else(|| panic!("{}", list.text));
    assert_eq!(mandate["consumed_by"], act, "{mandate}");
    if seen.body["winner"].is_null() {
        assert_eq!(mandate["content_hash"], seen.body["content_hash"]);
    }
}

/// Puts a heard case to the vote; answers the path of the ballot.
async fn asked(guild: &Guild, case: &str) -> String {
    let (olga, alliance) = (&guild.organizer, guild.alliance.as_str());
    put(olga, alliance, Matter::Expulsion, id_of(case), CLOSE).await
}

async fn expulsion(app: TestApp) {
    let guild = guild(&app, 5).await;
    let (olga, alliance) = (&guild.organizer, guild.alliance.as_str());
    let cases = [announce(&guild, 1).await, announce(&guild, 0).await];
    hear(&app, &guild, &cases[0]).await;
    end_hearing(&guild, &cases[1]).await;
    let (stays, goes) = (
        asked(&guild, &cases[0]).await,
        asked(&guild, &cases[1]).await,
    );
    // Two of four are no three quarters, however many stay away.
    for member in [2, 3] {
        guild.vote(&stays, member, "for").await.expect(201);
    }
    let own = guild.vote(&goes, 0, "against").await;
    own.expect_problem(403, "not_an_elector");
    for member in [1, 2, 3] {
        guild.vote(&goes, member, "for").await.expect(201);
    }
    let path = format!("/v1/memberships/{}", guild.members[0].0);
    olga.transition(&path, "expel", None)
        .await
        .expect_problem(409, "mandate_missing");
    app.clock_to(CLOSE).await;
    let lost = olga.get(&stays).await;
    assert_eq!(lost.body["result"], "lost", "{}", lost.text);
    let path = format!("/v1/memberships/{}", guild.members[1].0);
    olga.transition(&path, "expel", None)
        .await
        .expect_problem(409, "mandate_missing");
    assert_eq!(olga.get(&path).await.body["state"], "active");
    let path = format!("/v1/memberships/{}", guild.members[0].0);
    assert_eq!(olga.get(&path).await.body["state"], "expelled");
    effective(olga, alliance, &goes, "expel_member").await;
}

async fn dissolution(app: TestApp) {
    let guild = guild(&app, 4).await;
    let (olga, alliance) = (&guild.organizer, guild.alliance.as_str());
    let id = propose(olga, alliance).await;
    let path = format!("/v1/dissolutions/{id}");
    let ballot = put(olga, alliance, Matter::Dissolution, &id, CLOSE).await;
    for member in 0..3 {
        guild.vote(&ballot, member, "for").await.expect(201);
    }
    let busy = olga.transition(&path, "execute", None).await;
    busy.expect_problem(409, "alliance_unfinished");
    app.clock_to(CLOSE).await;
    let at_once = join_all((0..4).map(|_| olga.transition(&path, "execute", None))).await;
    let done = at_once.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1, "{at_once:?}");
    for late in at_once.iter().filter(|answer| answer.status != 200) {
        assert!([409, 412].contains(&late.status), "{}", late.text);
    }
    app.drain().await;
    effective(olga, alliance, &ballot, "execute_dissolution").await;
    olga.post(
        &guild.list(),
        json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2032-01-01T00:00:00Z" }),
    )
    .await
    .expect_problem(409, "alliance_dissolved");
}

async fn award(app: TestApp) {
    let (fair, evaluation) = evaluated(app).await;
    limit(&fair, json!(100_000)).await;
    let id = evaluation["id"].as_str().expect("an id");
    let (olga, alliance) = (&fair.olga, fair.alliance.as_str());
    let close = "2027-01-25T00:00:00Z";
    let ballot = put(olga, alliance, Matter::TenderAward, id, close).await;
    let shown = fair.members[0].get(&ballot).await;
    for secret in [
        "8.8",
        "10.00",
        "Paper Mill",
        "Second Press",
        fair.mill_id.as_str(),
    ] {
        assert!(!shown.text.contains(secret), "{secret}: {}", shown.text);
    }
    vote(&fair.members[0], &ballot, "C")
        .await
        .expect_problem(422, "option_unknown");
    for (member, choice) in [(0, "B"), (1, "B"), (2, "A"), (3, "B")] {
        vote(&fair.members[member], &ballot, choice)
            .await
            .expect(201);
    }
    let body = json!({ "evaluation_id": id });
    let path = fair.path("/awards");
    olga.post(&path, body.clone())
        .await
        .expect_problem(409, "mandate_missing");
    fair.app.clock_to(close).await;
    let awards = olga.post(&path, body.clone()).await;
    awards.expect(201);
    let award = &awards.body["items"][0];
    assert_eq!(award["manufacturer_id"], fair.mill_id.as_str());
    fair.app.drain().await;
    effective(olga, alliance, &ballot, "propose_awards").await;
    olga.post(&path, body)
        .await
        .expect_problem(409, "mandate_missing");
}

async fn budget(app: TestApp) {
    let world = World::found(app).await;
    let alliance = world.alliance.to_string();
    let policy = world.policy(None).await;
    let fund = world.fund("B31").await;
    let first = world.propose(&fund, &policy, 5_000_000).await;
    first.expect(201);
    let mandate = world
        .app
        .decide(&alliance, Matter::SeasonBudget, &first.id())
        .await;
    let path = format!("/v1/assessments/{}", first.id());
    world
        .organizer
        .transition(&path, "cancel", None)
        .await
        .expect(200);
    world.app.drain().await;
    let issued = world.treasurer.transition(&path, "issue", None).await;
    issued.expect_problem(409, "illegal_transition");
    // One fen more is another budget, and so is the same one once more.
    for budget in [5_000_001, 5_000_000] {
        let next = world.propose(&fund, &policy, budget).await;
        next.expect(201);
        let path = format!("/v1/assessments/{}", next.id());
        let refused = world.treasurer.transition(&path, "issue", None).await;
        refused.expect_problem(409, "mandate_missing");
        assert_eq!(refused.body["params"]["reason"], "undecided");
    }
    let unused = world.observer.get(&format!("/v1/mandates/{mandate}")).await;
    assert_eq!(unused.body["state"], "live", "{}", unused.text);
}

async fn promotion(app: TestApp) {
    let guild = guild(&app, 3).await;
    let (olga, alliance) = (&guild.organizer, guild.alliance.as_str());
    guild.by_laws(json!({ "promotion_by_ballot": true })).await;
    let path = format!("/v1/alliances/{alliance}/promotions");
    let body = json!({ "name": "One day", "main_day": "2031-09-01", "template": "one_day" });
    let draft = olga.post(&path, body).await;
    draft.expect(201);
    let path = format!("/v1/promotions/{}", draft.id());
    olga.transition(&path, "propose", None).await.expect(200);
    let schedule = || olga.transition(&path, "schedule", None);
    let refused = schedule().await;
    refused.expect_problem(409, "mandate_missing");
    assert_eq!(refused.body["params"]["reason"], "undecided");
    let ballot = put(olga, alliance, Matter::Promotion, &draft.id(), CLOSE).await;
    guild.vote(&ballot, 0, "for").await.expect(201);
    schedule().await.expect_problem(409, "mandate_missing");
    // The clock and several organizers at the same moment: it is scheduled once.
    let calls = async { join_all((0..3).map(|_| schedule())).await };
    let (answers, ()) = futures_util::future::join(calls, app.clock_to(CLOSE)).await;
    assert!(answers.iter().filter(|a| a.status == 200).count() <= 1);
    app.drain().await;
    let seen = olga.get(&path).await;
    assert_eq!(seen.body["state"], "scheduled", "{}", seen.text);
    for action in ["promotion.scheduled", "mandate.consumed"] {
        let events = format!("/v1/alliances/{alliance}/audit-events?action={action}");
        let events = olga.get(&events).await;
        assert_eq!(
            events.body["items"].as_array().map(Vec::len),
            Some(1),
            "{}",
            events.text
        );
    }
    let declared = olga.get(&ballot).await;
    assert_eq!(declared.body["state"], "effective", "{}", declared.text);
    // Another day is another decision.
    let change = Some(json!({ "main_day": "2031-09-02" }));
    let moved = olga.transition(&path, "re-date", change).await;
    moved.expect(200);
    assert_eq!(moved.body["state"], "proposed");
    let refused = schedule().await;
    refused.expect_problem(409, "mandate_missing");
    assert_eq!(refused.body["params"]["reason"], "other_content");
}
