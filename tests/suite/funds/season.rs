//! A whole season, and what happens when two people act at once.

use futures_util::future::join;
use futures_util::future::join_all;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::world::NOTICES;
use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_season_is_billed_paid_spent_and_closed_to_the_last_fen => whole_season;
    a_member_sees_its_own_lines_and_the_totals => own_lines;
    the_last_money_is_paid_out_once => last_money;
    a_payment_sent_twice_counts_once => sent_twice;
    an_assessment_is_issued_once => issued_once;
    a_close_finds_an_expense_paid_or_waits_for_it => close_or_pay;
    a_close_takes_in_the_last_payment_or_is_refused => close_or_receive;
    what_is_written_stays_written => append_only;
}

async fn whole_season(app: TestApp) {
    let world = World::found(app).await;
    let fund = bill(&world).await;
    check_letters(&world).await;
    for (member, amount) in NOTICES.iter().enumerate() {
        world.pay(&fund, member, *amount).await.expect(201);
    }
    assert_eq!(world.observer.get(&fund).await.body["state"], "active");
    spend(&world, &fund).await;
    let closed = world.treasurer.transition(&fund, "close", None).await;
    closed.expect(200);
    assert_eq!(closed.body["state"], "closed");
    assert_eq!(closed.body["collected_minor"], 5_000_000);
    assert_eq!(closed.body["spent_minor"], 3_578_157);
    assert_eq!(closed.body["unspent_minor"], 1_421_843);
    check_closed(&world, &fund).await;
    world.holds().await;
}

/// From a budget to notices, through a decision.
async fn bill(world: &World) -> String {
    let policy = world.policy(None).await;
    let fund = world.fund("D11-2026").await;
    let proposed = world.propose(&fund, &policy, 5_000_000).await;
    proposed.expect(201);
    let shares = proposed.body["shares"].as_array().expect("shares");
    let amounts: Vec<i64> = shares
        .iter()
        .map(|share| share["amount_minor"].as_i64().expect("an amount"))
        .collect();
    assert_eq!(amounts, NOTICES);
    assert_eq!(shares[0]["size"], 320_000_000);
    let assessment = format!("/v1/assessments/{}", proposed.id());
    let issue = || world.treasurer.transition(&assessment, "issue", None);
    issue().await.expect_problem(409, "mandate_missing");
    world.decide(&proposed.id()).await;
    world.app.drain().await;
    let approved = world.observer.get(&assessment).await;
    assert_eq!(approved.body["state"], "approved", "{}", approved.text);
    assert_eq!(world.observer.get(&fund).await.body["state"], "voted");
    let issued = issue().await;
    issued.expect(200);
    assert_eq!(issued.body["state"], "issued");
    assert_eq!(world.observer.get(&fund).await.body["state"], "collecting");
    fund
}

/// One expense is paid, another is more than the fund holds.
async fn spend(world: &World, fund: &str) {
    let expense = world.approved(fund, "=posters", 3_578_157).await;
    let pay =
        |expense: String| async move { world.treasurer.transition(&expense, "pay", None).await };
    pay(expense).await.expect(200);
    let too_much = world.approved(fund, "banners", 9_999_999).await;
    let refused = pay(too_much.clone()).await;
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 8_578_156);
    let balances = world.balances(fund).await;
    assert_eq!(balances["Assets:Bank:D11-2026"], 1_421_843);
    assert_eq!(balances.values().sum::<i64>(), 0);
    let closing = world.treasurer.transition(fund, "close", None).await;
    closing.expect_problem(409, "expenses_open");
    world
        .organizer
        .transition(&too_much, "reject", None)
        .await
        .expect(200);
}

async fn check_letters(world: &World) {
    let noodle = world.app.mails_to("noodle-bar@people.example").await;
    assert_eq!(noodle.len(), 1);
    for part in [
        "D11-2026/0002",
        "2,335.05",
        "By revenue, version 1",
        "86000000 (declared",
        "2,335.052945…, rounding: -0.002945…",
        "2031-10-20",
        "ballot:",
        "treasurer@people.example",
    ] {
        assert!(noodle[0].text.contains(part), "{part}: {}", noodle[0].text);
    }
    let bakery = world.app.mails_to("bakery@people.example").await;
    assert!(bakery[0].text.contains("缴费通知") || bakery[0].subject.contains("缴费通知"));
}

async fn check_closed(world: &World, fund: &str) {
    let balances = world.balances(fund).await;
    assert!(balances.len() > 15);
    assert!(
        balances.values().all(|balance| *balance == 0),
        "{balances:?}"
    );
    let refunds = world.observer.get(&format!("{fund}/refunds")).await;
    let refunds = refunds.body["items"].as_array().expect("items").clone();
    let total: i64 = refunds
        .iter()
        .filter_map(|refund| refund["amount_minor"].as_i64())
        .sum();
    assert_eq!(total, 1_421_843);
    for refund in &refunds {
        // By cash paid, to less than a fen.
        let exact = refund["paid_minor"].as_i64().expect("paid") * 1_421_843;
        let off = refund["amount_minor"].as_i64().expect("back") * 5_000_000 - exact;
        assert!(off.abs() < 5_000_000, "{refund}");
    }
    let path = world.path(&format!("statements/me?fund_id={}", &fund[10..]));
    let mut bought = 0;
    for owner in &world.owners {
        let statement = owner.get(&path).await;
        statement.expect(200);
        assert_eq!(statement.body["closing_minor"], 0);
        let items = statement.body["items"].as_array().expect("items");
        let billed = items.iter().find(|item| item["kind"] == "levy");
        assert_eq!(billed.expect("a bill")["notice"]["state"], "paid");
        bought += statement.body["share_of_spend_minor"]
            .as_i64()
            .expect("a share");
    }
    assert_eq!(bought, 3_578_157);
    let silk = world.app.mails_to("silk-shop@people.example").await;
    assert!(silk[1].subject.contains("9,574.18"), "{}", silk[1].subject);
    check_csv(world, fund).await;
    world
        .pay(fund, 0, 1)
        .await
        .expect_problem(409, "illegal_transition");
}

async fn check_csv(world: &World, fund: &str) {
    let csv = world
        .observer
        .get(&format!("{fund}/ledger?format=csv"))
        .await;
    csv.expect(200);
    let rows: Vec<&str> = csv.text.split("\r\n").filter(|r| !r.is_empty()).collect();
    assert!(rows[0].starts_with("sequence,transaction_id"));
    let amounts = rows[1..].iter().map(|row| {
        let cell = row.split(',').nth(10).expect("an amount");
        cell.parse::<i64>().expect("a number")
    });
    assert_eq!(amounts.sum::<i64>(), 0);
    assert!(csv.text.contains("Expenses:Spend:D11-2026:Posters-"));
    let mut path = format!("{fund}/ledger?limit=7");
    let mut postings = Vec::new();
    loop {
        let page = world.observer.get(&path).await;
        page.expect(200);
        postings.extend(page.body["items"].as_array().expect("items").clone());
        let Some(cursor) = page.body["next_cursor"].as_str() else {
            break;
        };
        path = format!("{fund}/ledger?limit=7&cursor={cursor}");
    }
    assert_eq!(postings.len(), rows.len() - 1);
    let mut running: std::collections::HashMap<String, i64> = std::collections::HashMap::new();
    for (place, posting) in (1..).zip(&postings) {
        assert_eq!(posting["sequence"], place);
        let balance = running.entry(posting["account"].to_string()).or_default();
        *balance += posting["amount_minor"].as_i64().expect("an amount");
        assert_eq!(posting["balance_minor"], *balance);
    }
}

async fn own_lines(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let all = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(5));
    let mine = world.owners[1].get(&format!("{fund}/levy-notices")).await;
    assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(mine.body["items"][0]["amount_minor"], 233_505);
    let notice = |answer: &crate::support::Answer, i: usize| {
        let id = answer.body["items"][i]["id"].as_str().expect("an id");
        format!("/v1/levy-notices/{id}")
    };
    let own = world.owners[1].get(&notice(&mine, 0)).await;
    own.expect(200);
    assert_eq!(own.body["share"]["amount_minor"], 233_505);
    world.owners[1]
        .get(&notice(&all, 0))
        .await
        .expect_problem(404, "not_found");
    let assessment = own.body["assessment_id"].as_str().expect("an id");
    let seen = world.owners[1]
        .get(&format!("/v1/assessments/{assessment}"))
        .await;
    assert_eq!(seen.body["members"], 5);
    assert_eq!(seen.body["budget_minor"], 5_000_000);
    assert_eq!(seen.body["shares"].as_array().map(Vec::len), Some(1));
    world.pay(&fund, 0, 100).await.expect(201);
    let payments = world.owners[1].get(&format!("{fund}/payments")).await;
    assert_eq!(payments.body["items"], Value::Array(Vec::new()));
    let ledger = world.owners[1].get(&format!("{fund}/ledger")).await;
    let tea = world.memberships[0].to_string();
    assert!(!ledger.text.contains(&tea), "{}", ledger.text);
    assert!(ledger.text.contains("Assets:Bank:D11-2026"));
}

async fn last_money(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 2, 1_000_000).await.expect(201);
    let one = world.approved(&fund, "posters", 600_000).await;
    let other = world.approved(&fund, "banners", 600_000).await;
    let answers = join_all([
        world.treasurer.transition(&one, "pay", None),
        world.treasurer.transition(&other, "pay", None),
    ])
    .await;
    let mut statuses: Vec<u16> = answers.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let refused = answers.iter().find(|a| a.status == 409).expect("one");
    refused.expect_problem(409, "fund_overdrawn");
    assert_eq!(refused.body["params"]["by_minor"], 200_000);
    let balances = world.balances(&fund).await;
    assert_eq!(balances["Assets:Bank:D11-2026"], 400_000);
    assert_eq!(balances.values().sum::<i64>(), 0);
}

async fn sent_twice(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = format!("{fund}/payments");
    let headers = [("idempotency-key", "payment-of-noodle-bar")];
    let send = || {
        world
            .treasurer
            .post_with(&path, &headers, world.payment(1, 100_000))
    };
    let answers = join_all([send(), send(), send(), send()]).await;
    let done: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert!(!done.is_empty());
    assert!(done.iter().all(|a| a.text == done[0].text));
    for other in answers.iter().filter(|a| a.status != 201) {
        other.expect_problem(409, "idempotency_in_progress");
    }
    let again = send().await;
    again.expect(201);
    assert_eq!(again.text, done[0].text);
    let balances = world.balances(&fund).await;
    assert_eq!(balances["Assets:Bank:D11-2026"], 100_000);
    world
        .treasurer
        .post_with(&path, &headers, world.payment(1, 100_001))
        .await
        .expect_problem(422, "idempotency_key_reused");
}

async fn issued_once(app: TestApp) {
    let world = World::found(app).await;
    let policy = world.policy(None).await;
    let fund = world.fund("D11-2026").await;
    let proposed = world.propose(&fund, &policy, 5_000_000).await;
    world.decide(&proposed.id()).await;
    let assessment = format!("/v1/assessments/{}", proposed.id());
    let issue = || world.treasurer.transition(&assessment, "issue", None);
    let answers = join_all([issue(), issue(), issue()]).await;
    let passed = answers.iter().filter(|a| a.status == 200).count();
    assert_eq!(passed, 1, "{answers:?}");
    let notices = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(notices.body["items"].as_array().map(Vec::len), Some(5));
    world.app.drain().await;
    issue().await.expect_problem(409, "illegal_transition");
    let mails = world.app.mails().await;
    assert_eq!(mails.len(), 5);
}

async fn close_or_pay(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.paid_up("D11-2026").await;
    let expense = world.approved(&fund, "posters", 1_000_000).await;
    let answers = join_all([
        world.treasurer.transition(&fund, "close", None),
        world.treasurer.transition(&expense, "pay", None),
    ])
    .await;
    answers[1].expect(200);
    let bank = world.balances(&fund).await["Assets:Bank:D11-2026"];
    match answers[0].status {
        200 => assert_eq!(bank, 0),
        _ => {
            assert_eq!(answers[0].status, 409, "{}", answers[0].text);
            assert_eq!(bank, 4_000_000);
            let closed = world.treasurer.transition(&fund, "close", None).await;
            closed.expect(200);
        }
    }
    let late = join(
        world.treasurer.transition(&fund, "close", None),
        world.pay(&fund, 0, 1),
    )
    .await;
    for answer in [late.0, late.1] {
        answer.expect_problem(409, "illegal_transition");
    }
    assert!(world.balances(&fund).await.values().all(|b| *b == 0));
}

async fn close_or_receive(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    for (member, amount) in NOTICES.iter().enumerate().skip(1) {
        world.pay(&fund, member, *amount).await.expect(201);
    }
    let (closed, paid) = join(
        world.treasurer.transition(&fund, "close", None),
        world.pay(&fund, 0, NOTICES[0]),
    )
    .await;
    paid.expect(201);
    if closed.status != 200 {
        // Before the payment arrears are open; right after it the fund has a new version.
        assert!([409, 412].contains(&closed.status), "{}", closed.text);
        let again = world.treasurer.transition(&fund, "close", None).await;
        again.expect(200);
    }
    let refunds = world.observer.get(&format!("{fund}/refunds")).await;
    let refunds = refunds.body["items"].as_array().expect("items").clone();
    let total: i64 = refunds
        .iter()
        .filter_map(|refund| refund["amount_minor"].as_i64())
        .sum();
    assert_eq!(total, 5_000_000);
    assert!(world.balances(&fund).await.values().all(|b| *b == 0));
}

async fn append_only(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    world.pay(&fund, 0, 100).await.expect(201);
    let db = world.app.ctx().db.for_migration();
    for statement in [
        "UPDATE posting SET amount_minor = 1",
        "DELETE FROM posting",
        "UPDATE ledger_transaction SET narration = 'x'",
        "DELETE FROM ledger_transaction",
        "UPDATE payment SET amount_minor = 1",
        "DELETE FROM payment",
        "DELETE FROM payment_allocation",
        "UPDATE assessment_line SET amount_minor = 1",
        "UPDATE levy_policy SET quantum_minor = 2",
    ] {
        let refused = db.execute_unprepared(statement).await;
        let error = refused.expect_err(statement).to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
    for statement in [
        "UPDATE account SET balance_minor = -1 WHERE kind = 'bank'",
        "UPDATE levy_notice SET paid_minor = amount_minor + 1",
        "UPDATE assessment SET mandate_id = NULL",
    ] {
        assert!(
            db.execute_unprepared(statement).await.is_err(),
            "{statement}"
        );
    }
}
