//! Two who act on the money of one fund at the same moment act one after the other.

use futures_util::future::join;
use futures_util::future::join_all;
use serde_json::json;

use super::world::NOTICES;
use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    an_assessment_is_issued_or_cancelled_never_both => issue_or_cancel;
    two_budgets_issued_at_once_are_billed_one_after_the_other => two_budgets;
    a_true_up_is_applied_or_the_fund_closes_never_both => apply_or_close;
    two_who_take_a_transaction_back_do_it_once => reverse_twice;
}

async fn proposed(world: &World, fund: &str, policy: &str) -> String {
    let proposed = world.propose(fund, policy, 5_000_000).await;
    proposed.expect(201);
    world.decide(&proposed.id()).await;
    format!("/v1/assessments/{}", proposed.id())
}

async fn issue_or_cancel(app: TestApp) {
    let world = World::found(app).await;
    let (policy, fund) = (world.policy(None).await, world.fund("D11-2026").await);
    let path = proposed(&world, &fund, &policy).await;
    let (issued, cancelled) = join(
        world.treasurer.transition(&path, "issue", None),
        world.organizer.transition(&path, "cancel", None),
    )
    .await;
    let notices = world.observer.get(&format!("{fund}/levy-notices")).await;
    let notices = notices.body["items"].as_array().map(Vec::len);
    let (winner, loser, expected) = if issued.status == 200 {
        (issued, cancelled, 5)
    } else {
        (cancelled, issued, 0)
    };
    winner.expect(200);
    assert!([409, 412].contains(&loser.status), "{}", loser.text);
    assert_eq!(notices, Some(expected), "all of it or nothing");
}

async fn two_budgets(app: TestApp) {
    let world = World::found(app).await;
    let (policy, fund) = (world.policy(None).await, world.fund("D11-2026").await);
    let proposals = join_all((0..2).map(|_| proposed(&world, &fund, &policy))).await;
    let issue = |path: &String| {
        let (path, by) = (path.clone(), world.treasurer.clone());
        async move { by.transition(&path, "issue", None).await }
    };
    for issued in join_all(proposals.iter().map(issue)).await {
        issued.expect(200);
    }
    let notices = world
        .observer
        .get(&format!("{fund}/levy-notices?limit=100"))
        .await;
    let items = notices.body["items"].as_array().expect("items").clone();
    let mut numbers: Vec<_> = items
        .iter()
        .map(|item| item["number"].to_string())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 10, "each notice has a number of its own");
    let total: i64 = items
        .iter()
        .filter_map(|item| item["amount_minor"].as_i64())
        .sum();
    assert_eq!(total, 10_000_000);
    let account = format!("Assets:Receivable:D11-2026:{}", world.memberships[0]);
    let owed = world.balances(&fund).await[&account];
    assert_eq!(owed, 2 * NOTICES[0]);
}

async fn apply_or_close(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let body = json!({ "basis": "spend", "due_on": "2031-01-31" });
    let proposed = world
        .organizer
        .post(&format!("{fund}/true-ups"), body)
        .await;
    proposed.expect(201);
    let path = format!("/v1/true-ups/{}", proposed.id());
    let terms = json!({ "choose_by": "2031-12-31T00:00:00Z" });
    let (applied, begun) = join(
        world.treasurer.transition(&path, "apply", None),
        world
            .treasurer
            .transition(&fund, "start-closing", Some(terms)),
    )
    .await;
    applied.expect(200);
    // The close came first and found the true-up open, or second and has nothing but credits to give back.
    if begun.status != 200 {
        assert!([409, 412].contains(&begun.status), "{}", begun.text);
    }
    let refunds = world.observer.get(&format!("{fund}/refunds")).await;
    let items = refunds.body["items"].as_array().expect("items").clone();
    assert!(items.iter().all(|item| item["amount_minor"] == 0));
}

async fn reverse_twice(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 2, 1_000_000).await.expect(201);
    let expense = world.approved(&fund, "posters", 300_000).await;
    let paid = world.treasurer.transition(&expense, "pay", None).await;
    paid.expect(200);
    let transaction = paid.body["transaction_id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = format!("/v1/transactions/{transaction}/reverse");
    let body = json!({ "reason": "Never delivered" });
    world.organizer.post(&path, body.clone()).await.expect(200);
    let second = world.appoint("second", "organizer").await;
    let both = [&world.treasurer, &second];
    let answers = join_all(both.map(|by| by.post(&path, body.clone()))).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(done, 1);
    let late = answers.iter().find(|answer| answer.status != 200);
    late.expect("a loser")
        .expect_problem(409, "already_reversed");
    assert_eq!(
        world.balances(&fund).await["Assets:Bank:D11-2026"],
        1_000_000
    );
}
