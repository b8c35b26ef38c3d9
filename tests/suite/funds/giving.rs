//! Money and goods from others: sponsors, gifts in kind, and transfers between funds.

use futures_util::future::join_all;
use guildhall::mandates::Matter;
use serde_json::Value;
use serde_json::json;

use super::world::NOTICES;
use super::world::RECEIVED_ON;
use super::world::World;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_sponsor_matches_the_cash_that_came_in => matches;
    a_deal_with_strings_waits_for_the_members => strings;
    a_gift_in_kind_touches_no_bank => gifts;
    a_policy_says_whether_gifts_count_before_the_by_laws_do => by_policy;
    money_leaves_a_restricted_fund_by_a_decision => transfers;
    the_general_fund_spends_and_gives_with_a_second_person => general;
}

async fn agree(world: &World, fund: &str, body: Value) -> Answer {
    let path = format!("{fund}/sponsor-deals");
    world.organizer.post(&path, body).await
}

async fn receive(world: &World, deal: &str, amount: i64) -> Answer {
    let body =
        json!({ "amount_minor": amount, "received_on": RECEIVED_ON, "reference": "bank line 9" });
    world
        .treasurer
        .transition(deal, "receive", Some(body))
        .await
}

async fn matches(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let none = agree(&world, &fund, json!({ "sponsor": "Kiln", "ratio": "0" })).await;
    none.expect_problem(422, "validation_failed");
    let agreed = agree(&world, &fund, json!({ "sponsor": "Kiln", "ratio": "1/3" })).await;
    agreed.expect(201);
    let deal = format!("/v1/sponsor-deals/{}", agreed.id());
    receive(&world, &deal, 1)
        .await
        .expect_problem(409, "illegal_transition");
    // Billed is not collected: 1.00 of 50,000.00 earns 0.33.
    world.pay(&fund, 0, 100).await.expect(201);
    let earned = world.organizer.transition(&deal, "earn", None).await;
    earned.expect(200);
    assert_eq!(earned.body["earned_minor"], 33);
    let refused = receive(&world, &deal, 34).await;
    refused.expect_problem(422, "exceeds_match");
    assert_eq!(refused.body["params"]["excess_minor"], 1);
    let at_once = join_all((0..3).map(|_| receive(&world, &deal, 33))).await;
    assert_eq!(at_once.iter().filter(|a| a.status == 200).count(), 1);
    world.pay(&fund, 0, 200).await.expect(201);
    let more = world.organizer.transition(&deal, "earn", None).await;
    assert_eq!(more.body["earned_minor"], 100);
    assert_eq!(more.body["state"], "earned");
    receive(&world, &deal, 67).await.expect(200);
    let balances = world.balances(&fund).await;
    assert_eq!(balances["Income:Match:D11-2026:Kiln"], -100);
    world
        .treasurer
        .transition(&deal, "return", None)
        .await
        .expect_problem(409, "illegal_transition");
    world.holds().await;
}

async fn strings(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let body = json!({ "sponsor": "Kiln", "ratio": 1, "return_rule": "sponsor_first" });
    let agreed = agree(&world, &fund, body).await;
    agreed.expect(201);
    assert_eq!(agreed.body["needs_mandate"], true);
    let deal = format!("/v1/sponsor-deals/{}", agreed.id());
    let refused = world.organizer.transition(&deal, "earn", None).await;
    refused.expect_problem(409, "mandate_missing");
    assert_eq!(refused.body["params"]["matter"], "sponsor_deal");
    let alliance = world.alliance.to_string();
    world
        .app
        .decide(&alliance, Matter::SponsorDeal, &agreed.id())
        .await;
    let earned = world.organizer.transition(&deal, "earn", None).await;
    earned.expect(200);
    assert_ne!(earned.body["mandate_id"], Value::Null);
    receive(&world, &deal, 5_000_000).await.expect(200);
    // The sponsor comes first: of 60,000.00 it gets its 50,000.00 back, in a single step.
    let expense = world.approved(&fund, "posters", 4_000_000).await;
    world
        .treasurer
        .transition(&expense, "pay", None)
        .await
        .expect(200);
    let closed = world.treasurer.transition(&fund, "close", None).await;
    closed.expect(200);
    let deal = world.observer.get(&deal).await;
    assert_eq!(deal.body["state"], "returned");
    assert_eq!(deal.body["return_minor"], 5_000_000);
    assert!(world.balances(&fund).await.values().all(|b| *b == 0));
    world.holds().await;
}

async fn gift(world: &World, fund: &str, body: Value) -> String {
    let path = format!("{fund}/in-kind");
    let made = world.organizer.post(&path, body).await;
    made.expect(201);
    format!("/v1/in-kind/{}", made.id())
}

async fn gifts(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let member = world.memberships[3];
    let body = json!({ "membership_id": member, "line": "posters", "description": "posters", "value_minor": 200_000, "counts": true });
    let path = format!("{fund}/in-kind");
    let refused = world.organizer.post(&path, body.clone()).await;
    refused.expect_problem(422, "validation_failed");
    assert_eq!(refused.body["errors"][0]["code"], "counts_not_allowed");
    let laws = json!({ "in_kind_counts": true, "in_kind_limit_minor": 200_000 });
    world
        .organizer
        .post(&world.path("by-laws"), laws)
        .await
        .expect(201);
    let posters = gift(&world, &fund, body).await;
    world
        .organizer
        .transition(&posters, "agree", None)
        .await
        .expect_problem(403, "separation_of_duties");
    let body = json!({ "delivered_on": RECEIVED_ON });
    let deliver = |path: String, body: Value| {
        let by = world.treasurer.clone();
        async move { by.transition(&path, "deliver", Some(body)).await }
    };
    deliver(posters.clone(), body.clone())
        .await
        .expect_problem(409, "illegal_transition");
    world
        .treasurer
        .transition(&posters, "agree", None)
        .await
        .expect(200);
    let delivered = deliver(posters, body).await;
    delivered.expect(200);
    // print-shop owed 1,235.41; the rest of its gift is income in kind.
    assert_eq!(delivered.body["counts_minor"], NOTICES[3]);
    let balances = world.balances(&fund).await;
    assert!(!balances.contains_key("Assets:Bank:D11-2026"));
    assert_eq!(balances["Expenses:InKind:D11-2026:posters"], 200_000);
    let owed = world.owners[3].get(&format!("{fund}/levy-notices")).await;
    assert_eq!(owed.body["items"][0]["due_minor"], 0);
    let body =
        json!({ "donor": "Kiln", "line": "cups", "description": "cups", "value_minor": 200_001 });
    let cups = gift(&world, &fund, body).await;
    world
        .treasurer
        .transition(&cups, "agree", None)
        .await
        .expect_problem(409, "mandate_missing");
    let alliance = world.alliance.to_string();
    let matter = Matter::SponsorDeal;
    world.app.decide(&alliance, matter, &cups[12..]).await;
    world
        .treasurer
        .transition(&cups, "agree", None)
        .await
        .expect(200);
    world
        .organizer
        .transition(&cups, "reject", None)
        .await
        .expect(200);
    world.holds().await;
}

async fn by_policy(app: TestApp) {
    let world = World::found(app).await;
    let gift = json!({ "membership_id": world.memberships[3], "line": "posters", "description": "posters",
        "value_minor": 100, "counts": true });
    for (word, counts, code) in [("without", false, "A"), ("with", true, "B")] {
        let policy = json!({ "name": word, "method": { "direction": "budget", "weights": { "kind": "equal" } },
            "terms": { "in_kind_counts": counts } });
        let policies = world.path("levy-policies");
        let policy = world.organizer.post(&policies, policy).await;
        policy.expect(201);
        assert_eq!(policy.body["terms"]["in_kind_counts"], counts);
        // The by-laws say the opposite.
        let laws = json!({ "in_kind_counts": !counts });
        let made = world.organizer.post(&world.path("by-laws"), laws).await;
        made.expect(201);
        let fund = world.fund(code).await;
        world
            .propose(&fund, &policy.id(), 5_000_000)
            .await
            .expect(201);
        let tried = world
            .organizer
            .post(&format!("{fund}/in-kind"), gift.clone())
            .await;
        assert_eq!(
            tried.status,
            if counts { 201 } else { 422 },
            "{}",
            tried.text
        );
    }
}

async fn transfers(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let next = world.fund("SF-2027").await;
    let body = json!({ "to_fund_id": next[10..], "amount_minor": 1_000_000, "reason": "deposit" });
    let path = format!("{fund}/transfers");
    let mut same = body.clone();
    same["to_fund_id"] = json!(fund[10..]);
    world
        .organizer
        .post(&path, same)
        .await
        .expect_problem(422, "validation_failed");
    let asked = world.organizer.post(&path, body.clone()).await;
    asked.expect(201);
    let transfer = format!("/v1/transfers/{}", asked.id());
    let execute = || world.treasurer.transition(&transfer, "execute", None);
    let refused = execute().await;
    refused.expect_problem(409, "mandate_missing");
    assert_eq!(refused.body["params"]["matter"], "transfer");
    let alliance = world.alliance.to_string();
    world
        .app
        .decide(&alliance, Matter::Transfer, &asked.id())
        .await;
    let done = join_all([execute(), execute(), execute()]).await;
    assert_eq!(done.iter().filter(|a| a.status == 200).count(), 1);
    let (from, to) = (world.balances(&fund).await, world.balances(&next).await);
    assert_eq!(from["Assets:Bank:D11-2026"], 4_000_000);
    assert_eq!(from["Expenses:TransferOut:D11-2026"], 1_000_000);
    assert_eq!(to["Assets:Bank:SF-2027"], 1_000_000);
    assert_eq!(to["Income:TransferIn:SF-2027"], -1_000_000);
    for balances in [from, to] {
        assert_eq!(balances.values().sum::<i64>(), 0);
    }
    // Nobody has paid into the other fund: what it got is no member's to take back.
    let terms = json!({ "choose_by": "2031-12-31T00:00:00Z" });
    let refused = world
        .treasurer
        .transition(&next, "start-closing", Some(terms))
        .await;
    refused.expect_problem(409, "illegal_transition");
    let policy = world.policy(None).await;
    let proposed = world.propose(&next, &policy, 5_000_000).await;
    world.decide(&proposed.id()).await;
    let assessment = format!("/v1/assessments/{}", proposed.id());
    let issued = world.treasurer.transition(&assessment, "issue", None).await;
    issued.expect(200);
    let terms = json!({ "choose_by": "2031-12-31T00:00:00Z" });
    let refused = world
        .treasurer
        .transition(&next, "start-closing", Some(terms))
        .await;
    refused.expect_problem(422, "refund_exceeds_paid");
    assert_eq!(
        refused.body["params"],
        json!({ "paid": 0, "unspent": 1_000_000 })
    );
    let refunds = world.observer.get(&format!("{next}/refunds")).await;
    assert_eq!(refunds.body["items"], json!([]));
    let again = world.organizer.post(&path, body).await;
    let again = format!("/v1/transfers/{}", again.id());
    world
        .organizer
        .transition(&again, "cancel", None)
        .await
        .expect(200);
    let seen = world.owners[0].get(&format!("{next}/transfers")).await;
    assert_eq!(seen.body["items"].as_array().map(Vec::len), Some(2));
    world.holds().await;
}

async fn general(app: TestApp) {
    let world = World::found(app).await;
    let body = |code: &str| {
        json!({ "name": "General", "code": code, "general": true,
        "season_from": "2026-01-01", "season_to": "2030-12-31",
        "custodian": { "holder": "a", "institution": "b", "account_ref": "c" } })
    };
    let made = world.organizer.post(&world.path("funds"), body("G")).await;
    made.expect(201);
    assert_eq!(made.body["general"], true);
    world
        .organizer
        .post(&world.path("funds"), body("H"))
        .await
        .expect_problem(409, "general_fund_exists");
    let general = format!("/v1/funds/{}", made.id());
    let next = world.fund("SF-2027").await;
    let agreed = agree(&world, &general, json!({ "sponsor": "Kiln", "ratio": 1 })).await;
    agreed.expect(201);
    let ask = json!({ "to_fund_id": next[10..], "amount_minor": 100, "reason": "seed money" });
    let path = format!("{general}/transfers");
    let own = world.treasurer.post(&path, ask.clone()).await;
    own.expect(201);
    let own = format!("/v1/transfers/{}", own.id());
    world
        .treasurer
        .transition(&own, "execute", None)
        .await
        .expect_problem(403, "separation_of_duties");
    let asked = world.organizer.post(&path, ask).await;
    let asked = format!("/v1/transfers/{}", asked.id());
    let refused = world.treasurer.transition(&asked, "execute", None).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 100);
}
