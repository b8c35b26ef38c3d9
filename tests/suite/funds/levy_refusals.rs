//! Every refusal of a levy, with its code and its arithmetic: 422, and nothing is stored.

use serde_json::Value;
use serde_json::json;

use super::world::World;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;

on_both! {
    every_refusal_of_an_assessment_tells_its_arithmetic_and_stores_nothing => assessments;
    calculators_refuse_what_no_assessment_can_send => calculators;
    calculators_of_refunds_and_true_ups_tell_their_arithmetic => refunds;
}

fn budget(weights: Value, more: Value) -> Value {
    let mut method = json!({ "direction": "budget", "weights": weights });
    for (key, value) in more.as_object().expect("an object") {
        method[key] = value.clone();
    }
    method
}

fn by_revenue(more: Value) -> Value {
    budget(
        json!({ "kind": "measure", "measure": "annual_revenue" }),
        more,
    )
}

async fn attempt(
    world: &World,
    fund: &str,
    method: &Value,
    terms: &Value,
    amount: Option<i64>,
) -> Answer {
    let body = json!({ "name": "Tried", "method": method, "terms": terms });
    let policy = world
        .organizer
        .post(&world.path("levy-policies"), body)
        .await;
    if policy.status != 201 {
        return policy;
    }
    let mut body =
        json!({ "policy_id": policy.id(), "snapshot_date": "2026-01-01", "due_on": "2026-10-20" });
    if let Some(amount) = amount {
        body["budget_minor"] = json!(amount);
    }
    world
        .organizer
        .post(&format!("{fund}/assessments"), body)
        .await
}

/// Code, policy, sizes, budget, and the arithmetic that the refusal tells.
type Case<'a> = (&'a str, Value, Value, Option<i64>, Vec<(&'a str, Value)>);

async fn assessments(app: TestApp) {
    let world = World::found(app).await;
    let fund = world.fund("D11-2026").await;
    let declared = json!({ "accept": ["declared"] });
    let none = json!({});
    let mix = |a: &str, b: &str, m: &str| {
        budget(
            json!({ "kind": "mix", "parts": [
        { "measure": "annual_revenue", "share": a }, { "measure": m, "share": b }] }),
            json!({}),
        )
    };
    let rate = |base: Value| json!({ "direction": "rate", "rule": { "base": base } });
    let cases: Vec<Case> = vec![
        (
            "floors_exceed_budget",
            by_revenue(json!({ "floor_minor": 600 })),
            declared.clone(),
            Some(1_000),
            vec![
                ("floors", json!(3_000)),
                ("budget", json!(1_000)),
                ("excess", json!(2_000)),
            ],
        ),
        (
            "caps_below_budget",
            by_revenue(json!({ "cap_minor": 900_000 })),
            declared.clone(),
            Some(5_000_000),
            vec![("maximum", json!(4_500_000)), ("shortfall", json!(500_000))],
        ),
        (
            "floor_above_cap",
            by_revenue(json!({ "floor_minor": 9, "cap_minor": 5 })),
            declared.clone(),
            Some(100),
            vec![("floor", json!(9)), ("cap", json!(5))],
        ),
        (
            "quantum_mismatch",
            by_revenue(json!({ "quantum_minor": 100 })),
            declared.clone(),
            Some(150),
            vec![("quantum", json!(100))],
        ),
        (
            "all_weights_zero",
            by_revenue(json!({ "factors": [{ "class": "x", "factor": 0 }] })),
            json!({ "fallback": { "annual_revenue": 0 } }),
            Some(150),
            vec![("unallocated", json!(150))],
        ),
        (
            "mix_shares_not_one",
            mix("1/2", "1/3", "purchases"),
            json!({ "accept": ["declared"], "fallback": { "purchases": 1 } }),
            Some(100),
            vec![("total", json!("5/6"))],
        ),
        (
            "measure_total_zero",
            mix("1/2", "1/2", "purchases"),
            json!({ "accept": ["declared"], "fallback": { "purchases": 0 } }),
            Some(100),
            vec![("measure", json!("purchases"))],
        ),
        (
            "measure_missing",
            by_revenue(json!({})),
            none.clone(),
            Some(100),
            vec![("measure", json!("annual_revenue"))],
        ),
        (
            "no_members",
            by_revenue(
                json!({ "exempt_below": [{ "measure": "annual_revenue", "value": 9_000_000_000_i64 }] }),
            ),
            declared.clone(),
            Some(100),
            vec![],
        ),
        (
            "class_unknown",
            rate(json!({ "kind": "class", "amounts": { "a": 1 } })),
            none.clone(),
            None,
            vec![("cls", json!(null))],
        ),
        (
            "below_first_band",
            rate(
                json!({ "kind": "bands", "measure": "annual_revenue", "bands": [{ "from": 9_000_000_000_i64, "amount": 1 }] }),
            ),
            declared.clone(),
            None,
            vec![
                ("measure", json!("annual_revenue")),
                ("value", json!("320000000")),
            ],
        ),
        (
            "budget_missing",
            by_revenue(json!({})),
            declared.clone(),
            None,
            vec![],
        ),
        (
            "budget_given",
            rate(json!({ "kind": "flat", "amount": 5 })),
            none.clone(),
            Some(5),
            vec![],
        ),
        (
            "nothing_to_bill",
            rate(json!({ "kind": "flat", "amount": 0 })),
            none.clone(),
            None,
            vec![],
        ),
        (
            "rule_invalid",
            rate(json!({ "kind": "bands", "measure": "annual_revenue", "bands": [] })),
            none.clone(),
            None,
            vec![("at", json!("/base/bands")), ("reason", json!("empty"))],
        ),
        (
            "overflow",
            rate(json!({ "kind": "rate", "measure": "annual_revenue", "rate": 1_000_000_000 })),
            declared.clone(),
            None,
            vec![],
        ),
    ];
    for (code, method, terms, amount, params) in cases {
        let refused = attempt(&world, &fund, &method, &terms, amount).await;
        refused.expect_problem(422, code);
        for (key, value) in params {
            assert_eq!(
                refused.body["params"][key], value,
                "{code}: {}",
                refused.text
            );
        }
    }
    for list in ["assessments", "levy-notices", "ledger", "balances"] {
        let found = world.observer.get(&format!("{fund}/{list}")).await;
        assert_eq!(found.body["items"], json!([]), "{list}");
    }
}

async fn calculators(app: TestApp) {
    let member =
        |id: &str, weight: i64, floor: i64| json!({ "id": id, "weight": weight, "floor": floor });
    for (code, budget, members, params) in [
        ("no_members", 100, json!([]), vec![]),
        (
            "duplicate_member",
            100,
            json!([member("a", 1, 0), member("a", 1, 0)]),
            vec![("member", json!("a"))],
        ),
        (
            "negative_budget",
            -1,
            json!([member("a", 1, 0)]),
            vec![("budget", json!(-1))],
        ),
        (
            "negative_weight",
            100,
            json!([member("a", -1, 0)]),
            vec![("member", json!("a"))],
        ),
        (
            "negative_floor",
            100,
            json!([member("a", 1, -1)]),
            vec![("member", json!("a"))],
        ),
    ] {
        let body = json!({ "kind": "budget_split", "budget": budget, "members": members });
        let refused = app
            .nobody()
            .post("/v1/calculators/apportionment", body)
            .await;
        refused.expect_problem(422, code);
        for (key, value) in params {
            assert_eq!(refused.body["params"][key], value, "{code}");
        }
    }
}

async fn refunds(app: TestApp) {
    let paid = |id: &str, paid: i64| json!({ "id": id, "paid": paid });
    let refund = |unspent: i64, members: Value| {
        let body = json!({ "unspent": unspent, "members": members });
        ("refund", body)
    };
    let stay = json!({ "id": "a", "weight": 1, "from_day": 5, "to_day": 31 });
    let season = json!({ "budget": 100, "season_days": 30, "members": [stay] });
    let spent = json!({ "members_cash": 10, "sponsor_cash": 5, "spent": 20 });
    for (code, (calculator, body), params) in [
        (
            "negative_unspent",
            refund(-1, json!([paid("a", 5)])),
            vec![("unspent", json!(-1))],
        ),
        (
            "refund_exceeds_paid",
            refund(9, json!([paid("a", 5), paid("b", 3)])),
            vec![("paid", json!(8)), ("unspent", json!(9))],
        ),
        (
            "negative_amount",
            refund(0, json!([paid("a", -5)])),
            vec![("member", json!("a"))],
        ),
        (
            "duplicate_member",
            refund(1, json!([paid("a", 5), paid("a", 5)])),
            vec![("member", json!("a"))],
        ),
        (
            "days_out_of_season",
            ("true-up", season),
            vec![("member", json!("a"))],
        ),
        ("overspent", ("fund-closing", spent), vec![]),
    ] {
        let path = format!("/v1/calculators/{calculator}");
        let refused = app.nobody().post(&path, body).await;
        refused.expect_problem(422, code);
        for (key, value) in params {
            assert_eq!(
                refused.body["params"][key], value,
                "{code}: {}",
                refused.text
            );
        }
    }
}
