//! Payments above and beside the dues, payments that bounce, members' credits, and what happens when two people act at
//! once.

use futures_util::future::join;
use futures_util::future::join_all;
use serde_json::json;

use super::world::NOTICES;
use super::world::World;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    what_arrives_above_the_dues_is_the_members_credit => overpaid;
    a_payer_says_what_is_paid_and_within_what_is_due => named;
    a_payment_bounces_with_everything_that_it_paid => bounced;
    credit_that_was_used_meanwhile_does_not_bounce => spent_credit;
    many_posts_of_one_payment_have_one_effect => one_effect;
    a_payment_comes_once_under_the_name_that_its_sender_gave_it => named_by_sender;
    two_who_act_at_once_act_one_after_the_other => races;
}

async fn overpaid(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let paid = world.pay(&fund, 1, 240_000).await;
    paid.expect(201);
    assert_eq!(paid.body["credit_minor"], 6_495);
    assert_eq!(paid.body["allocations"][0]["amount_minor"], 233_505);
    let notice = world.notice(&fund, 1).await;
    assert_eq!(world.owners[1].get(&notice).await.body["state"], "paid");
    assert_eq!(world.balance(&fund, "Liabilities:Credit", 1).await, -6_495);
    assert_eq!(world.balance(&fund, "Income:Levy", 1).await, -233_505);
    let foreign = world
        .pay_with(&fund, 0, 100, json!({ "currency": "USD" }))
        .await;
    foreign.expect_problem(422, "currency_mismatch");
    assert_eq!(foreign.body["params"]["fund_currency"], "CNY");
    let body = json!({ "membership_id": world.memberships[1] });
    let allocate = format!("{fund}/credit-allocations");
    let nothing = world.treasurer.post(&allocate, body).await;
    nothing.expect_problem(422, "allocation_exceeds_due");
    assert_eq!(nothing.body["params"]["due_minor"], 0);
    let payout = format!("{fund}/credit-payouts");
    let body = |amount: i64| {
        json!({ "membership_id": world.memberships[1], "amount_minor": amount,
            "paid_on": "2026-01-20", "reference": "bank line 9" })
    };
    let too_much = world.treasurer.post(&payout, body(6_496)).await;
    too_much.expect_problem(409, "credit_spent");
    assert_eq!(too_much.body["params"]["by_minor"], 1);
    world.treasurer.post(&payout, body(6_000)).await.expect(201);
    assert_eq!(world.balance(&fund, "Liabilities:Credit", 1).await, -495);
    let uses = world.owners[1].get(&format!("{fund}/credit-uses")).await;
    assert_eq!(uses.body["items"][0]["kind"], "payout");
    let others = world.owners[0].get(&format!("{fund}/credit-uses")).await;
    assert_eq!(others.body["items"], json!([]));
    world.app.drain().await;
    let mails = world.app.mails_to("noodle-bar@people.example").await;
    assert!(
        mails.iter().any(|mail| mail.subject.contains("60.00")),
        "{mails:?}"
    );
}

async fn named(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let second = world.pledge(&fund, 1, 10_000).await;
    let first = world.notice(&fund, 1).await;
    let id = |path: &str| path.rsplit('/').next().expect("an id").to_owned();
    let want =
        |notice: &str, amount: i64| json!({ "notice_id": id(notice), "amount_minor": amount });
    for (parts, code) in [
        (json!([want(&second, 10_001)]), "allocation_exceeds_due"),
        (
            json!([want(&second, 9_000), want(&first, 9_000)]),
            "allocations_exceed_payment",
        ),
        (
            json!([want(&second, 10), want(&second, 10)]),
            "notice_named_twice",
        ),
        (
            json!([want(&world.notice(&fund, 0).await, 10)]),
            "notice_unknown",
        ),
    ] {
        let refused = world
            .pay_with(&fund, 1, 12_000, json!({ "allocations": parts }))
            .await;
        refused.expect_problem(422, code);
    }
    let parts = json!({ "allocations": [want(&second, 10_000)] });
    world.pay_with(&fund, 1, 12_000, parts).await.expect(201);
    assert_eq!(world.owners[1].get(&second).await.body["state"], "paid");
    let first = world.owners[1].get(&first).await;
    assert_eq!(first.body["state"], "part_paid");
    assert_eq!(first.body["paid_minor"], 2_000);
}

async fn bounced(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    for (member, amount) in NOTICES.iter().enumerate().skip(1) {
        world.pay(&fund, member, *amount).await.expect(201);
    }
    let paid = world.pay(&fund, 0, NOTICES[0] + 700).await;
    assert_eq!(world.observer.get(&fund).await.body["state"], "active");
    let early = json!({ "bounced_on": "2026-01-14", "reason": "x" });
    let payment = format!("/v1/payments/{}", paid.id());
    let refused = world
        .treasurer
        .transition(&payment, "bounce", Some(early))
        .await;
    refused.expect_problem(422, "validation_failed");
    let bounced = world.bounce(&paid.id()).await;
    bounced.expect(200);
    assert_eq!(bounced.body["state"], "bounced");
    assert_eq!(bounced.body["bounced_on"], "2026-01-20");
    let notice = world.notice(&fund, 0).await;
    let seen = world.owners[0].get(&notice).await;
    assert_eq!(seen.body["due_minor"], NOTICES[0]);
    assert_eq!(seen.body["state"], "issued");
    world.app.drain().await;
    world.app.clock_to("2031-10-25T00:00:00Z").await;
    let seen = world.owners[0].get(&notice).await;
    assert_eq!(seen.body["state"], "overdue");
    assert_eq!(seen.body["overdue_since"], "2031-10-21");
    assert_eq!(world.balance(&fund, "Liabilities:Credit", 0).await, 0);
    assert_eq!(
        world.balance(&fund, "Assets:Receivable", 0).await,
        NOTICES[0]
    );
    assert_eq!(world.observer.get(&fund).await.body["state"], "collecting");
    world
        .bounce(&paid.id())
        .await
        .expect_problem(409, "illegal_transition");
    // The ledger names what it takes back.
    let ledger = world
        .observer
        .get(&format!("{fund}/ledger?format=csv"))
        .await;
    assert!(ledger.text.contains("bounce"), "{}", ledger.text);
    let again = world.pay(&fund, 0, NOTICES[0]).await;
    again.expect(201);
    assert_eq!(world.state_of(&notice).await, "collected");
    // What comes back after its day is overdue at once.
    world.bounce(&again.id()).await.expect(200);
    assert_eq!(world.state_of(&notice).await, "overdue");
    world.app.drain().await;
    let mails = world.app.mails_to("tea-house@people.example").await;
    assert!(
        mails.iter().any(|mail| mail.subject.contains("bounced")),
        "{mails:?}"
    );
    world.holds().await;
}

async fn spent_credit(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let paid = world.pay(&fund, 1, NOTICES[1] + 5_000).await;
    let later = world.pledge(&fund, 1, 3_000).await;
    let body = json!({ "membership_id": world.memberships[1] });
    let used = world
        .treasurer
        .post(&format!("{fund}/credit-allocations"), body)
        .await;
    used.expect(201);
    assert_eq!(used.body["amount_minor"], 3_000);
    assert_eq!(world.owners[1].get(&later).await.body["state"], "paid");
    let refused = world.bounce(&paid.id()).await;
    refused.expect_problem(409, "credit_spent");
    assert_eq!(refused.body["params"]["by_minor"], 3_000);
    assert_eq!(refused.body["params"]["balance_minor"], 2_000);
    assert_eq!(world.balance(&fund, "Liabilities:Credit", 1).await, -2_000);
    world.holds().await;
}

/// The published race is 10,000 posts by 50 clients: `GUILDHALL_TEST_DUPLICATE_POSTS=10000`.
#[expect(
    clippy::disallowed_methods,
    reason = "the long form is asked for by the environment"
)]
async fn one_effect(app: TestApp) {
    let posts = std::env::var("GUILDHALL_TEST_DUPLICATE_POSTS").ok();
    let posts: usize = posts.and_then(|text| text.parse().ok()).unwrap_or(500);
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = format!("{fund}/payments");
    let headers = [("idempotency-key", "evt_1")];
    let client = async || {
        let mut bodies = std::collections::BTreeSet::new();
        for _ in 0..posts / 50 {
            let body = world.payment(1, 50_000);
            let answer = world.treasurer.post_with(&path, &headers, body).await;
            if answer.status == 201 {
                bodies.insert(answer.text);
            } else {
                answer.expect_problem(409, "idempotency_in_progress");
            }
        }
        bodies
    };
    let bodies = join_all((0..50).map(|_| client())).await;
    let all: std::collections::BTreeSet<String> = bodies.into_iter().flatten().collect();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(world.balances(&fund).await["Assets:Bank:D11-2026"], 50_000);
    let payments = world.observer.get(&path).await;
    assert_eq!(payments.body["items"].as_array().map(Vec::len), Some(1));
}

async fn named_by_sender(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let path = format!("{fund}/payments");
    let mut body = world.payment(1, 50_000);
    body["external_id"] = json!("wire-2026-17");
    // Each post has an idempotency key of its own: the name alone tells that it is the same payment.
    let posts = join_all((0..8).map(|_| world.treasurer.post(&path, body.clone()))).await;
    let made: Vec<_> = posts.iter().filter(|post| post.status == 201).collect();
    assert_eq!(made.len(), 1);
    for post in &posts {
        assert!([200, 201].contains(&post.status), "{}", post.text);
        assert_eq!(post.id(), made[0].id());
    }
    for (field, value) in [
        ("amount_minor", json!(50_001)),
        ("reference", json!("bank line 2")),
        ("membership_id", json!(world.memberships[0])),
        ("received_on", json!("2026-01-16")),
    ] {
        let mut other = body.clone();
        other[field] = value;
        let refused = world.treasurer.post(&path, other).await;
        refused.expect_problem(409, "payment_id_taken");
        assert_eq!(refused.body["params"]["payment_id"], made[0].id());
        assert_eq!(refused.body["params"]["amount_minor"], 50_000);
    }
    assert_eq!(world.balances(&fund).await["Assets:Bank:D11-2026"], 50_000);
    // The name is the fund's: another fund may know another payment by it.
    let other = world.paid_up("SF-2027").await;
    let path = format!("{other}/payments");
    world.treasurer.post(&path, body.clone()).await.expect(201);
    // A key that comes again with other content is a client's mistake of its own.
    let headers = [("idempotency-key", "evt_17")];
    let sent = world
        .treasurer
        .post_with(&path, &headers, world.payment(1, 5))
        .await;
    sent.expect(201);
    let reused = world
        .treasurer
        .post_with(&path, &headers, world.payment(1, 6))
        .await;
    reused.expect_problem(422, "idempotency_key_reused");
}

async fn races(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.collecting("D11-2026").await;
    let paid = world.pay(&fund, 1, NOTICES[1] + 1_000).await;
    world.pay(&fund, 2, 100_000).await.expect(201);
    // The credit is paid out once, and a bounce finds it there or gone.
    let treasurer = &world.treasurer;
    let payout = || {
        let body = json!({ "membership_id": world.memberships[1], "amount_minor": 1_000,
            "paid_on": "2026-01-20", "reference": "bank line 9" });
        let path = format!("{fund}/credit-payouts");
        async move { treasurer.post(&path, body).await }
    };
    let (one, other) = join(payout(), payout()).await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", one.text, other.text);
    world
        .bounce(&paid.id())
        .await
        .expect_problem(409, "credit_spent");
    // Two credit notes over the whole are asked for at once.
    let path = world.notice(&fund, 0).await;
    let ask = || {
        world
            .organizer
            .transition(&path, "credit", Some(json!({ "reason": "all" })))
    };
    let (one, other) = join(ask(), ask()).await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", one.text, other.text);
    let id = if one.status == 201 {
        one.id()
    } else {
        other.id()
    };
    let note = format!("/v1/credit-notes/{id}");
    let (approved, paid) = join(
        world.treasurer.transition(&note, "approve", None),
        world.pay(&fund, 0, NOTICES[0]),
    )
    .await;
    approved.expect(200);
    paid.expect(201);
    // In either order the member owes nothing, and what it paid is its credit.
    assert_eq!(world.balance(&fund, "Assets:Receivable", 0).await, 0);
    assert_eq!(
        world.balance(&fund, "Liabilities:Credit", 0).await,
        -NOTICES[0]
    );
    world.holds().await;
}
