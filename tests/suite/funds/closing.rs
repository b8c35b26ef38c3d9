//! A fund closes in steps: the printed season to the last fen, choices, set-offs, limits, and what is refused.

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
    the_printed_season_closes_with_exactly_its_figures => printed_season;
    members_choose_until_the_deadline_and_are_paid_once => choices;
    arrears_are_set_off_and_too_little_rolls_over => set_off;
    what_is_still_open_keeps_a_fund_open => still_open;
}

/// Far ahead of every day on which these tests run.
const CHOOSE_BY: &str = "2031-12-31T00:00:00Z";

async fn start(world: &World, fund: &str, body: Value) -> Answer {
    world
        .treasurer
        .transition(fund, "start-closing", Some(body))
        .await
}

/// The path of a member's refund.
async fn refund(world: &World, fund: &str, member: usize) -> String {
    let list = world.observer.get(&format!("{fund}/refunds")).await;
    let items = list.body["items"].as_array().expect("items").clone();
    let own = items
        .iter()
        .find(|item| item["membership_id"] == world.memberships[member].to_string());
    let id = own.expect("a refund")["id"].as_str().expect("an id");
    format!("/v1/refunds/{id}")
}

async fn choose(world: &World, refund: &str, member: usize, choice: &str) -> Answer {
    let body = json!({ "choice": choice });
    world.owners[member]
        .transition(refund, "choose", Some(body))
        .await
}

async fn pay(world: &World, refund: &str) -> Answer {
    world.treasurer.transition(refund, "pay", None).await
}

async fn spend(world: &World, fund: &str, line: &str, amount: i64) {
    let expense = world.approved(fund, line, amount).await;
    let paid = world.treasurer.transition(&expense, "pay", None).await;
    paid.expect(200);
}

/// The deal of the season: 1:2, at most 20,000.00.
async fn sponsor(world: &World, fund: &str) -> String {
    let body = json!({ "sponsor": "Tea Machines", "ratio": "1/2", "cap_minor": 2_000_000 });
    let path = format!("{fund}/sponsor-deals");
    let agreed = world.organizer.post(&path, body).await;
    agreed.expect(201);
    let deal = format!("/v1/sponsor-deals/{}", agreed.id());
    let earned = world.organizer.transition(&deal, "earn", None).await;
    earned.expect(200);
    assert_eq!(earned.body["earned_minor"], 2_000_000);
    let body = json!({ "amount_minor": 2_000_000, "received_on": RECEIVED_ON, "reference": "bank line 9" });
    let paid = world
        .treasurer
        .transition(&deal, "receive", Some(body))
        .await;
    paid.expect(200);
    assert_eq!(paid.body["state"], "paid");
    deal
}

async fn posters(world: &World, fund: &str) {
    let body = json!({ "donor": "Print & Co", "line": "posters", "description": "posters", "value_minor": 180_000 });
    let path = format!("{fund}/in-kind");
    let gift = world.organizer.post(&path, body).await;
    let gift = format!("/v1/in-kind/{}", gift.id());
    world
        .treasurer
        .transition(&gift, "agree", None)
        .await
        .expect(200);
    let body = json!({ "delivered_on": RECEIVED_ON });
    let delivered = world
        .treasurer
        .transition(&gift, "deliver", Some(body))
        .await;
    delivered.expect(200);
}

/// Gives up what print-shop owes, by a decision.
async fn write_off(world: &World, fund: &str) {
    let owed = world.owners[3].get(&format!("{fund}/levy-notices")).await;
    let id = owed.body["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    world.app.clock_to("2031-10-22T00:00:00Z").await;
    world.app.drain().await;
    let alliance = world.alliance.to_string();
    world.app.decide(&alliance, Matter::WriteOff, &id).await;
    let notice = format!("/v1/levy-notices/{id}");
    world
        .treasurer
        .transition(&notice, "write-off", None)
        .await
        .expect(200);
}

async fn printed_season(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let next = world.fund("SF-2027").await;
    for (member, amount) in [
        (0, NOTICES[0]),
        (1, 240_000),
        (2, NOTICES[2]),
        (4, NOTICES[4]),
    ] {
        world.pay(&fund, member, amount).await.expect(201);
    }
    let deal = sponsor(&world, &fund).await;
    posters(&world, &fund).await;
    spend(&world, &fund, "posters", 3_000_000).await;
    spend(&world, &fund, "radio", 2_461_111).await;
    let large = world.approved(&fund, "banners", 9_999_999).await;
    let refused = world.treasurer.transition(&large, "pay", None).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 8_578_156);
    world
        .organizer
        .transition(&large, "reject", None)
        .await
        .expect(200);
    let terms = json!({ "choose_by": CHOOSE_BY, "rollover_fund_id": next[10..] });
    let refused = start(&world, &fund, terms.clone()).await;
    refused.expect_problem(409, "arrears_open");
    assert_eq!(refused.body["params"]["uncovered_minor"], 123_541);
    write_off(&world, &fund).await;
    assert_eq!(
        world.balances(&fund).await["Assets:Bank:D11-2026"],
        1_421_843
    );
    let begun = start(&world, &fund, terms).await;
    begun.expect(200);
    assert_eq!(begun.body["unspent_minor"], 1_415_348);
    assert_eq!(begun.body["to_sponsors_minor"], 411_650);
    assert_eq!(begun.body["to_members_minor"], 1_003_698);
    check_refunds(&world, &fund, &next).await;
    let returned = world.treasurer.transition(&deal, "return", None).await;
    returned.expect(200);
    assert_eq!(returned.body["return_minor"], 411_650);
    assert_eq!(world.observer.get(&fund).await.body["state"], "settled");
    let closed = world.treasurer.transition(&fund, "close", None).await;
    closed.expect(200);
    assert_eq!(closed.body["collected_minor"], 4_876_459);
    assert_eq!(closed.body["spent_minor"], 5_461_111);
    let balances = world.balances(&fund).await;
    assert!(balances.values().all(|balance| *balance == 0));
    assert_eq!(world.balances(&next).await["Assets:Bank:SF-2027"], 83_828);
    world.holds().await;
}

/// Everybody gets what is printed; bakery leaves its refund to the next season.
async fn check_refunds(world: &World, fund: &str, next: &str) {
    for (member, share, due) in [
        (0, 178_833, 178_833),
        (1, 48_061, 54_556),
        (2, 692_976, 692_976),
        (4, 83_828, 83_828),
    ] {
        let path = refund(world, fund, member).await;
        let choice = if member == 4 { "rollover" } else { "cash" };
        choose(world, &path, member, choice).await.expect(200);
        let paid = pay(world, &path).await;
        paid.expect(200);
        assert_eq!(paid.body["amount_minor"], share);
        assert_eq!(paid.body["due_minor"], due);
    }
    let rolled = world.observer.get(&refund(world, fund, 4).await).await;
    assert_eq!(rolled.body["state"], "rolled_over");
    assert_eq!(rolled.body["rollover_fund_id"], next[10..]);
    let bakery = world.app.mails_to("bakery@people.example").await;
    assert!(bakery.iter().any(|mail| mail.subject.contains("838.28")));
    let noodle = world.app.mails_to("noodle-bar@people.example").await;
    assert!(noodle.iter().any(|mail| mail.subject.contains("545.56")));
}

async fn choices(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let next = world.fund("SF-2027").await;
    let past = json!({ "choose_by": "2020-01-01T00:00:00Z" });
    start(&world, &fund, past)
        .await
        .expect_problem(422, "validation_failed");
    let own = json!({ "choose_by": CHOOSE_BY, "rollover_fund_id": fund[10..] });
    start(&world, &fund, own)
        .await
        .expect_problem(422, "validation_failed");
    let terms = json!({ "choose_by": CHOOSE_BY, "rollover_fund_id": next[10..] });
    let at_once = join_all((0..3).map(|_| start(&world, &fund, terms.clone()))).await;
    assert_eq!(at_once.iter().filter(|a| a.status == 200).count(), 1);
    world
        .pay(&fund, 0, 1)
        .await
        .expect_problem(409, "illegal_transition");
    let tea = refund(&world, &fund, 0).await;
    pay(&world, &tea).await.expect_problem(409, "choice_open");
    choose(&world, &tea, 1, "cash")
        .await
        .expect_problem(404, "not_found");
    choose(&world, &tea, 0, "rollover").await.expect(200);
    choose(&world, &tea, 0, "cash").await.expect(200);
    let paid = join_all((0..4).map(|_| pay(&world, &tea))).await;
    assert_eq!(paid.iter().filter(|a| a.status == 200).count(), 1);
    let noodle = refund(&world, &fund, 1).await;
    world
        .treasurer
        .transition(&noodle, "unclaim", None)
        .await
        .expect_problem(409, "choice_open");
    world.app.clock_to(CHOOSE_BY).await;
    choose(&world, &noodle, 1, "cash")
        .await
        .expect_problem(409, "deadline_passed");
    let unclaimed = world.treasurer.transition(&noodle, "unclaim", None).await;
    unclaimed.expect(200);
    assert_eq!(unclaimed.body["state"], "unclaimed");
    for member in [2, 3, 4] {
        let path = refund(&world, &fund, member).await;
        pay(&world, &path).await.expect(200);
    }
    assert_eq!(world.observer.get(&fund).await.body["state"], "settled");
    let kept = world.balances(&next).await;
    assert_eq!(kept["Assets:Bank:SF-2027"], NOTICES[1]);
    world.holds().await;
}

async fn set_off(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    for (member, amount) in NOTICES.iter().enumerate() {
        let less = if member == 0 { 1_000 } else { 0 };
        world.pay(&fund, member, amount - less).await.expect(201);
    }
    spend(&world, &fund, "posters", 4_900_000).await;
    let low = json!({ "choose_by": CHOOSE_BY, "de_minimis_minor": 3_000 });
    let refused = start(&world, &fund, low.clone()).await;
    refused.expect_problem(422, "validation_failed");
    assert_eq!(refused.body["errors"][0]["code"], "rollover_fund_required");
    let next = world.fund("SF-2027").await;
    let mut terms = low;
    terms["rollover_fund_id"] = json!(next[10..]);
    let begun = start(&world, &fund, terms).await;
    begun.expect(200);
    assert_eq!(begun.body["unspent_minor"], 99_000);
    let tea = world.observer.get(&refund(&world, &fund, 0).await).await;
    assert_eq!(tea.body["offset_minor"], 1_000);
    let notice = world.owners[0].get(&format!("{fund}/levy-notices")).await;
    assert_eq!(notice.body["items"][0]["due_minor"], 0);
    // print-shop's share is below the limit: it is no choice, and stays as credit.
    let print = refund(&world, &fund, 3).await;
    choose(&world, &print, 3, "cash")
        .await
        .expect_problem(409, "refund_too_small");
    let carried = pay(&world, &print).await;
    carried.expect(200);
    assert_eq!(carried.body["state"], "rolled_over");
    assert_eq!(carried.body["carried"], true);
    world.holds().await;
}

async fn still_open(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let terms = json!({ "choose_by": CHOOSE_BY });
    let body =
        json!({ "payee": "Print & Co", "line": "posters", "amount_minor": 5, "description": "x" });
    let kept = world
        .organizer
        .post(&format!("{fund}/reservations"), body)
        .await;
    let refused = start(&world, &fund, terms.clone()).await;
    refused.expect_problem(409, "reservations_open");
    assert_eq!(refused.body["params"]["reserved_minor"], 5);
    let kept = format!("/v1/reservations/{}", kept.id());
    world
        .organizer
        .transition(&kept, "release", None)
        .await
        .expect(200);
    let expense = world.approved(&fund, "posters", 100).await;
    start(&world, &fund, terms.clone())
        .await
        .expect_problem(409, "expenses_open");
    let owed = world.balances(&fund).await;
    assert_eq!(owed["Liabilities:Payable:D11-2026:Print & Co"], -100);
    world
        .organizer
        .transition(&expense, "reject", None)
        .await
        .expect(200);
    let owed = world.balances(&fund).await;
    assert_eq!(owed["Liabilities:Payable:D11-2026:Print & Co"], 0);
    assert_eq!(owed["Expenses:Spend:D11-2026:posters"], 0);
    start(&world, &fund, terms).await.expect(200);
    let refused = world.treasurer.transition(&fund, "close", None).await;
    refused.expect_problem(409, "illegal_transition");
    let tea = refund(&world, &fund, 0).await;
    choose(&world, &tea, 0, "rollover")
        .await
        .expect_problem(409, "no_rollover_fund");
    world.holds().await;
}
