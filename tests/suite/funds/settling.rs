//! A season is settled once: by a true-up of the budget, by one of what was spent, or by the refunds of the close.

use entity::membership;
use guildhall::kernel::time::Instant;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::sea_query::Expr;
use serde_json::Value;
use serde_json::json;

use super::world::World;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    a_true_up_by_spend_leaves_nothing_to_refund => spend_then_close;
    what_the_close_has_divided_is_not_trued_up => close_then_true_up;
    refunds_that_cannot_be_are_refused_and_nothing_is_stored => impossible;
    a_leaver_pays_until_its_exit_where_the_policy_says_so => until_exit;
    a_size_verified_in_mid_season_weighs_from_its_day => corrected;
    without_a_locked_price_a_joiner_is_billed_by_the_true_up => unlocked;
    a_joiner_of_a_mix_pays_the_locked_price_of_each_measure => mixed;
}

const CHOOSE_BY: &str = "2031-12-31T00:00:00Z";

/// The path of a member's sizes.
async fn facts(world: &World, member: usize) -> String {
    let path = format!("/v1/memberships/{}", world.memberships[member]);
    let found = world.owners[member].get(&path).await;
    let merchant = found.body["merchant_id"].as_str().expect("a merchant");
    format!("/v1/merchants/{merchant}/size-facts")
}

/// Declares a size of a member from a day on; answers its path.
async fn declare(world: &World, member: usize, measure: &str, value: i64, from: &str) -> String {
    let body = json!({ "measure": measure, "value": value, "unit": "count", "valid_from": from });
    let path = facts(world, member).await;
    let made = world.owners[member].post(&path, body).await;
    made.expect(201);
    format!("{path}/{}", made.id())
}

fn by_outlets() -> Value {
    json!({ "direction": "budget", "weights": { "kind": "measure", "measure": "outlets" },
        "exempt_below": [{ "measure": "outlets", "value": 1 }] })
}

/// 12,000.00 over 120 days, billed to whoever is not exempt; answers the paths of the fund and of the assessment.
async fn billed(world: &World, method: Value, terms: Value) -> (String, String) {
    let mut terms = terms;
    terms["accept"] = json!(["declared"]);
    terms["fallback"] = json!({ "outlets": 0 });
    let body = json!({ "name": "By outlets", "method": method, "terms": terms });
    let policies = world.path("levy-policies");
    let policy = world.organizer.post(&policies, body).await;
    policy.expect(201);
    let body = json!({ "name": "Season", "code": "S26", "season_from": "2026-10-01", "season_to": "2027-01-28",
        "custodian": { "holder": "Tea Street", "institution": "Bank of Hangzhou", "account_ref": "6222-1" } });
    let fund = world.organizer.post(&world.path("funds"), body).await;
    let fund = format!("/v1/funds/{}", fund.id());
    let proposed = world.propose(&fund, &policy.id(), 1_200_000).await;
    proposed.expect(201);
    world.decide(&proposed.id()).await;
    let assessment = format!("/v1/assessments/{}", proposed.id());
    let issued = world.treasurer.transition(&assessment, "issue", None).await;
    issued.expect(200);
    (fund, assessment)
}

async fn true_up(world: &World, fund: &str, basis: &str) -> Answer {
    let body = json!({ "basis": basis, "due_on": "2031-01-31" });
    let path = format!("{fund}/true-ups");
    world.organizer.post(&path, body).await
}

async fn apply(world: &World, proposed: &Answer) {
    let path = format!("/v1/true-ups/{}", proposed.id());
    let applied = world.treasurer.transition(&path, "apply", None).await;
    applied.expect(200);
}

async fn supplement(world: &World, assessment: &str) -> Answer {
    let body = json!({ "snapshot_date": "2026-11-30", "due_on": "2031-12-15" });
    let path = format!("{assessment}/supplements");
    world.organizer.post(&path, body).await
}

async fn start_closing(world: &World, fund: &str) -> Answer {
    let body = json!({ "choose_by": CHOOSE_BY });
    let closing = world
        .treasurer
        .transition(fund, "start-closing", Some(body));
    closing.await
}

fn column(answer: &Answer, list: &str, field: &str) -> Vec<i64> {
    let items = answer.body[list].as_array().expect("a list");
    let amounts = items.iter().map(|item| item[field].as_i64());
    amounts.map(|amount| amount.expect("an amount")).collect()
}

async fn refused_by_the_database(world: &World, sql: &str, words: &str) {
    let db = world.app.ctx().db.for_migration();
    let refused = db.execute_unprepared(sql).await;
    let told = refused.expect_err(sql).to_string();
    assert!(told.contains(words), "{sql}: {told}");
}

/// Of 12,000.00 that two paid 8,000.00 are spent; the true-up gives back 4,000.00 as credit, and the close pays that
/// credit and nothing more.
async fn spend_then_close(app: TestApp) {
    let world = World::found(app).await;
    declare(&world, 0, "outlets", 3, "2026-01-01").await;
    declare(&world, 1, "outlets", 1, "2026-01-01").await;
    let (fund, assessment) = billed(&world, by_outlets(), json!({})).await;
    world.pay(&fund, 0, 900_000).await.expect(201);
    world.pay(&fund, 1, 300_000).await.expect(201);
    let expense = world.approved(&fund, "posters", 800_000).await;
    let paid = world.treasurer.transition(&expense, "pay", None).await;
    paid.expect(200);
    let proposed = true_up(&world, &fund, "spend").await;
    proposed.expect(201);
    assert_eq!(proposed.body["total_minor"], 800_000);
    assert_eq!(
        column(&proposed, "lines", "final_minor"),
        [600_000, 200_000]
    );
    let open = start_closing(&world, &fund).await;
    open.expect_problem(409, "true_up_open");
    assert_eq!(open.body["params"]["true_up_id"], proposed.id());
    apply(&world, &proposed).await;
    let balances = world.balances(&fund).await;
    assert_eq!(balances["Assets:Bank:S26"], 400_000);
    let refund = "INSERT INTO refund (id, alliance_id, fund_id, membership_id, paid_minor, amount_minor, state, created_at) \
        SELECT l.id, l.alliance_id, t.fund_id, l.membership_id, l.final_minor, 1, 'due', t.created_at \
        FROM true_up_line l JOIN true_up t ON t.id = l.true_up_id";
    refused_by_the_database(&world, refund, "has settled it").await;
    // A supplier gives all of it back: that is nobody's refund any more, because the true-up has settled it.
    let ledger = world
        .observer
        .get(&format!("{fund}/ledger?limit=100"))
        .await;
    let items = ledger.body["items"].as_array().expect("items").clone();
    let of_expense = items.iter().find(|item| item["kind"] == "expense");
    let id = of_expense.expect("a payment")["transaction_id"]
        .as_str()
        .expect("an id");
    let path = format!("/v1/transactions/{id}/reverse");
    for by in [&world.organizer, &world.treasurer] {
        by.post(&path, json!({ "reason": "Not delivered" }))
            .await
            .expect(200);
    }
    let refused = start_closing(&world, &fund).await;
    refused.expect_problem(409, "trued_up");
    assert_eq!(refused.body["params"]["unspent_minor"], 800_000);
    assert_eq!(refused.body["params"]["refundable_minor"], 0);
    let again = world.approved(&fund, "posters", 800_000).await;
    let paid = world.treasurer.transition(&again, "pay", None).await;
    paid.expect(200);
    let late = supplement(&world, &assessment).await;
    late.expect_problem(422, "nothing_to_bill");
    start_closing(&world, &fund).await.expect(200);
    let refunds = world.observer.get(&format!("{fund}/refunds")).await;
    assert_eq!(column(&refunds, "items", "amount_minor"), [0, 0]);
    assert_eq!(
        column(&refunds, "items", "credit_minor"),
        [300_000, 100_000]
    );
    world.holds().await;
}

async fn close_then_true_up(app: TestApp) {
    let world = World::found(app).await;
    declare(&world, 0, "outlets", 3, "2026-01-01").await;
    declare(&world, 1, "outlets", 1, "2026-01-01").await;
    let (fund, _) = billed(&world, by_outlets(), json!({})).await;
    world.pay(&fund, 0, 900_000).await.expect(201);
    world.pay(&fund, 1, 300_000).await.expect(201);
    let cancelled = true_up(&world, &fund, "budget").await;
    cancelled.expect(201);
    let path = format!("/v1/true-ups/{}", cancelled.id());
    let cancelled = world.organizer.transition(&path, "cancel", None).await;
    cancelled.expect(200);
    start_closing(&world, &fund).await.expect(200);
    for basis in ["budget", "spend"] {
        let refused = true_up(&world, &fund, basis).await;
        refused.expect_problem(409, "refund_computed");
        assert_eq!(refused.body["params"]["unspent_minor"], 1_200_000);
        assert_eq!(refused.body["params"]["to_members_minor"], 1_200_000);
    }
    let sql = "UPDATE true_up SET state = 'applied'";
    refused_by_the_database(&world, sql, "has divided").await;
    let refunds = world.observer.get(&format!("{fund}/refunds")).await;
    assert_eq!(
        column(&refunds, "items", "amount_minor"),
        [900_000, 300_000]
    );
    world.holds().await;
}

async fn nothing_began(world: &World, fund: &str) {
    let seen = world.observer.get(fund).await;
    assert_eq!(seen.body["state"], "collecting");
    let refunds = world.observer.get(&format!("{fund}/refunds")).await;
    assert_eq!(refunds.body["items"], json!([]));
}

/// Whoever paid has credit that the other has not paid yet.
async fn impossible(app: TestApp) {
    let world = World::found(app).await;
    declare(&world, 0, "outlets", 1, "2026-01-01").await;
    declare(&world, 1, "outlets", 1, "2026-01-01").await;
    let (fund, _) = billed(&world, by_outlets(), json!({})).await;
    world.pay(&fund, 0, 600_000).await.expect(201);
    let expense = world.approved(&fund, "posters", 400_000).await;
    let paid = world.treasurer.transition(&expense, "pay", None).await;
    paid.expect(200);
    let proposed = true_up(&world, &fund, "spend").await;
    proposed.expect(201);
    apply(&world, &proposed).await;
    let refused = start_closing(&world, &fund).await;
    refused.expect_problem(422, "negative_unspent");
    assert_eq!(refused.body["params"]["unspent"], -200_000);
    nothing_began(&world, &fund).await;
}

/// Two of the same size; the second leaves on day 30 of 120.
async fn until_exit(app: TestApp) {
    let world = World::found(app).await;
    declare(&world, 0, "outlets", 1, "2026-01-01").await;
    declare(&world, 1, "outlets", 1, "2026-01-01").await;
    let terms = json!({ "leaver_liability": "until_exit" });
    let (fund, _) = billed(&world, by_outlets(), terms).await;
    let left = Instant::parse("2026-10-30T04:00:00Z").expect("an instant");
    let id = world.memberships[1];
    let ended = world.app.ctx().db.write(async |tx| {
        membership::Entity::update_many()
            .col_expr(membership::Column::State, Expr::value("left"))
            .col_expr(membership::Column::EndedAt, Expr::value(left))
            .filter(membership::Column::Id.eq(id))
            .exec(tx)
            .await?;
        Ok(())
    });
    ended.await.expect("left");
    let proposed = true_up(&world, &fund, "budget").await;
    proposed.expect(201);
    assert_eq!(column(&proposed, "lines", "active_days"), [120, 30]);
    assert_eq!(
        column(&proposed, "lines", "final_minor"),
        [960_000, 240_000]
    );
    assert_eq!(
        column(&proposed, "lines", "adjustment_minor"),
        [360_000, -360_000]
    );
    apply(&world, &proposed).await;
    let owed = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(
        column(&owed, "items", "due_minor"),
        [600_000, 240_000, 360_000]
    );
    assert_eq!(owed.body["items"][2]["kind"], "debit_note");
    world.holds().await;
}

/// Outlets 3 and 1; from day 61 on the second has 3, which is verified after the season was billed.
async fn corrected(app: TestApp) {
    let world = World::found(app).await;
    declare(&world, 0, "outlets", 3, "2026-01-01").await;
    declare(&world, 1, "outlets", 1, "2026-01-01").await;
    let (fund, _) = billed(&world, by_outlets(), json!({})).await;
    let grown = declare(&world, 1, "outlets", 3, "2026-11-30").await;
    let verified = world.organizer.post_bare(&format!("{grown}/verify")).await;
    verified.expect(200);
    let proposed = true_up(&world, &fund, "budget").await;
    proposed.expect(201);
    assert_eq!(
        column(&proposed, "lines", "billed_minor"),
        [900_000, 300_000]
    );
    assert_eq!(
        column(&proposed, "lines", "final_minor"),
        [720_000, 480_000]
    );
    let notices = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(
        column(&notices, "items", "amount_minor"),
        [900_000, 300_000]
    );
}

/// The amounts of vector `join-half-way`, without a bill in mid-season.
async fn unlocked(app: TestApp) {
    let mut world = World::found(app).await;
    declare(&world, 0, "outlets", 3, "2026-01-01").await;
    declare(&world, 1, "outlets", 1, "2026-01-01").await;
    let terms = json!({ "lock_unit_price": false });
    let (fund, assessment) = billed(&world, by_outlets(), terms).await;
    world.join_on("joiner", None, "2026-11-29T16:00:00Z").await;
    declare(&world, 5, "outlets", 2, "2026-01-01").await;
    let refused = supplement(&world, &assessment).await;
    refused.expect_problem(422, "not_offered");
    let proposed = true_up(&world, &fund, "budget").await;
    proposed.expect(201);
    assert_eq!(
        column(&proposed, "lines", "billed_minor"),
        [900_000, 300_000, 0]
    );
    assert_eq!(
        column(&proposed, "lines", "final_minor"),
        [720_000, 240_000, 240_000]
    );
    apply(&world, &proposed).await;
    let owed = world.observer.get(&format!("{fund}/levy-notices")).await;
    assert_eq!(
        column(&owed, "items", "due_minor"),
        [720_000, 240_000, 240_000]
    );
    world.holds().await;
}

/// Half by outlets (3 and 1), half by followers (1 and 1): 7,500.00 and 4,500.00. The joiner has as much as half of
/// both together and comes for half the season.
async fn mixed(app: TestApp) {
    let mut world = World::found(app).await;
    for (member, outlets) in [(0, 3), (1, 1)] {
        declare(&world, member, "outlets", outlets, "2026-01-01").await;
        declare(&world, member, "followers", 1, "2026-01-01").await;
    }
    let method = json!({ "direction": "budget", "weights": { "kind": "mix", "parts": [
        { "measure": "outlets", "share": "1/2" }, { "measure": "followers", "share": "1/2" }] },
        "exempt_below": [{ "measure": "outlets", "value": 1 }] });
    let (fund, assessment) = billed(&world, method, json!({})).await;
    world.join_on("joiner", None, "2026-11-29T16:00:00Z").await;
    declare(&world, 5, "outlets", 2, "2026-01-01").await;
    declare(&world, 5, "followers", 1, "2026-01-01").await;
    let joined = supplement(&world, &assessment).await;
    joined.expect(201);
    assert_eq!(column(&joined, "shares", "amount_minor"), [300_000]);
    let path = format!("/v1/assessments/{}", joined.id());
    let issued = world.treasurer.transition(&path, "issue", None).await;
    issued.expect(200);
    let proposed = true_up(&world, &fund, "budget").await;
    proposed.expect(201);
    assert_eq!(
        column(&proposed, "lines", "billed_minor"),
        [750_000, 450_000, 300_000]
    );
    assert_eq!(
        column(&proposed, "lines", "final_minor"),
        [600_000, 360_000, 240_000]
    );
    world.holds().await;
}
