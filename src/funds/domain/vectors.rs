//! The published vectors, against the domain functions themselves.

use serde_json::Map;
use serde_json::Value;

use super::apportion::Payer;
use super::apportion::split;
use super::instalments::instalments;
use super::levy::Days;
use super::levy::Rule;
use super::levy::Subject;
use super::levy::Unit;
use super::levy::assess;
use super::levy::cap_owners;
use super::mix::Part;
use super::mix::mixed_weights;
use super::refund::refund;
use super::sizes::Sizes;
use super::sponsor::close_fund;
use super::sponsor::sponsor_match;
use super::true_up::LeaverLiability;
use super::true_up::true_up;
use crate::kernel::problem::Refusal;

const APPORTION: &str = include_str!("../../../tests/vectors/apportion.json");
const LEVY: &str = include_str!("../../../tests/vectors/levy.json");
const REFUND: &str = include_str!("../../../tests/vectors/refund.json");

/// Runs `rule` on every case of a kind that is an oracle and needs no optional mode.
fn each(file: &str, kind: &str, rule: impl Fn(&Value) -> Result<Value, Box<dyn Refusal>>) {
    let file: Value = serde_json::from_str(file).expect("vectors are JSON");
    let cases = file["cases"].as_array().expect("cases").iter();
    let wanted = cases
        .filter(|case| case["kind"] == kind && case["oracle"] != false && case["optional"] != true);
    let mut seen = 0;
    for case in wanted {
        seen += 1;
        let (id, expect) = (&case["id"], &case["expect"]);
        match rule(&case["given"]) {
            Ok(found) => assert_eq!(&found, expect, "{id}"),
            Err(refusal) => {
                assert_eq!(refusal.kind().code, expect["error"], "{id}: {refusal}");
                let params = refusal.params();
                for (key, value) in expect["detail"].as_object().into_iter().flatten() {
                    assert_eq!(params.get(key), Some(value), "{id}: {key}");
                }
            }
        }
    }
    assert!(seen > 0, "no case of {kind}");
}

/// A refusal of any rule, boxed.
fn boxed<E: Refusal>(refusal: E) -> Box<dyn Refusal> {
    Box::new(refusal)
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).expect("the field's type")
}

fn object(pairs: impl IntoIterator<Item = (String, i64)>) -> Value {
    let pairs = pairs.into_iter().map(|(id, amount)| (id, amount.into()));
    Value::Object(pairs.collect::<Map<_, _>>())
}

#[test]
fn budgets_split_as_published() {
    each(APPORTION, "budget_split", |given| {
        let member = |m: &Value| Payer {
            id: read(&m["id"]),
            weight: read(&m["weight"]),
            floor: m["floor"].as_i64().unwrap_or(0),
            cap: m["cap"].as_i64(),
        };
        let members = given["members"].as_array().expect("a list");
        let payers: Vec<Payer> = members.iter().map(member).collect();
        let found = split(read(&given["budget"]), read(&given["quantum"]), &payers);
        let shares = found.map_err(boxed)?.shares;
        let ids = payers.into_iter().map(|payer| payer.id);
        let shares = object(ids.zip(shares.into_iter().map(|share| share.amount)));
        Ok(serde_json::json!({"shares": shares}))
    });
}

#[test]
fn seasons_true_up_as_published() {
    each(APPORTION, "true_up", |given| {
        let (budget, days) = (read(&given["budget"]), read(&given["season_days"]));
        let stays: Vec<_> = read(&given["members"]);
        let lines = true_up(budget, days, &stays, LeaverLiability::UntilExit).map_err(boxed)?;
        let sum: i64 = lines.iter().map(|line| line.adjustment).sum();
        let id = |line: &super::true_up::TrueUpLine| line.id.clone();
        Ok(serde_json::json!({
            "provisional": object(lines.iter().map(|l| (id(l), l.provisional))),
            "final": object(lines.iter().map(|l| (id(l), l.last))),
            "adjustment": object(lines.iter().map(|l| (id(l), l.adjustment))),
            "adjustment_sum": sum,
        }))
    });
}

/// The rule that a levy case names, without its source and note.
fn named_rule(name: &Value) -> Rule {
    let file: Value = serde_json::from_str(LEVY).expect("vectors are JSON");
    let mut rule = file["rules"][name.as_str().expect("a name")].clone();
    let fields = rule.as_object_mut().expect("a rule");
    fields.remove("source");
    fields.remove("note");
    read(&rule)
}

fn subject(member: &Value) -> Subject {
    let days = member["days"].as_i64().zip(member["period_days"].as_i64());
    Subject {
        sizes: read(&member["sizes"]),
        class: read(&member["class"]),
        years_elapsed: member["years_elapsed"].as_i64().unwrap_or(0),
        days: days.map(|(liable, period)| Days { liable, period }),
    }
}

#[test]
fn levies_are_charged_as_published() {
    each(LEVY, "levy", |given| {
        let rule = named_rule(&given["rule"]);
        let found = assess(&rule, &subject(&given["member"])).map_err(boxed)?;
        Ok(serde_json::json!({"amount": found.amount}))
    });
}

#[test]
fn owners_are_capped_as_published() {
    each(LEVY, "levy_owner_cap", |given| {
        let unit = |m: &Value| Unit {
            id: read(&m["id"]),
            owner: read(&m["owner"]),
            subject: subject(m),
        };
        let members = given["members"].as_array().expect("a list");
        let units: Vec<Unit> = members.iter().map(unit).collect();
        let rule = named_rule(&given["rule"]);
        let found = cap_owners(&rule, &units, read(&given["cap_per_owner"])).map_err(boxed)?;
        let ids = units.into_iter().map(|unit| unit.id);
        Ok(serde_json::json!({"amounts": object(ids.zip(found))}))
    });
}

#[test]
fn mixes_split_as_published() {
    each(APPORTION, "mixed_split", |given| {
        let mix: Vec<Part> = read(&given["mix"]);
        let members = given["members"].as_array().expect("a list");
        let members: Vec<(String, Sizes)> = members
            .iter()
            .map(|m| (read(&m["id"]), read(&m["sizes"])))
            .collect();
        let sizes: Vec<_> = members.iter().map(|(id, s)| (id.as_str(), s)).collect();
        let weights = mixed_weights(&mix, &sizes).map_err(boxed)?;
        let ids = members.iter().map(|(id, _)| id.clone());
        let payers: Vec<_> = ids.zip(weights).map(|(id, w)| Payer::new(id, w)).collect();
        let shares = split(read(&given["budget"]), 1, &payers)
            .map_err(boxed)?
            .shares;
        let pairs = payers.iter().zip(shares);
        let fraction = |p: &Payer| (p.id.clone(), Value::from(p.weight.to_string()));
        Ok(serde_json::json!({
            "weights": payers.iter().map(fraction).collect::<Map<_, _>>(),
            "shares": object(pairs.map(|(p, share)| (p.id.clone(), share.amount))),
        }))
    });
}

#[test]
fn instalments_fall_as_published() {
    each(LEVY, "instalments", |given| {
        let found = instalments(read(&given["total"]), read(&given["n"])).map_err(boxed)?;
        Ok(serde_json::json!({"instalments": found}))
    });
}

#[test]
fn refunds_go_back_as_published() {
    each(REFUND, "refund", |given| {
        let members: Vec<_> = read(&given["members"]);
        let (limit, mode) = (read(&given["de_minimis"]), read(&given["de_minimis_mode"]));
        let found = refund(read(&given["unspent"]), &members, limit, mode).map_err(boxed)?;
        let lines = found.lines.into_iter().map(|line| {
            let amounts = serde_json::json!({
                "share": line.share,
                "offset": line.offset,
                "cash": line.cash,
                "carried": line.carried,
            });
            (line.id, amounts)
        });
        Ok(serde_json::json!({
            "members": lines.collect::<Map<_, _>>(),
            "rolled_over": found.rolled_over,
            "cash_total": found.cash_total,
            "offset_total": found.offset_total,
        }))
    });
}

#[test]
fn sponsors_match_and_funds_close_as_published() {
    each(REFUND, "sponsor_match", |given| {
        let (cap, accrued) = (read(&given["cap"]), read(&given["accrued"]));
        let ratio = read(&given["ratio"]);
        let found = sponsor_match(read(&given["eligible"]), &ratio, cap, accrued);
        Ok(serde_json::json!({"match": found.map_err(boxed)?}))
    });
    each(REFUND, "close_fund", |given| {
        let (members, sponsor) = (read(&given["members_cash"]), read(&given["sponsor_cash"]));
        let closing = close_fund(
            members,
            sponsor,
            read(&given["spent"]),
            read(&given["order"]),
        );
        Ok(serde_json::to_value(closing.map_err(boxed)?).expect("closings serialize"))
    });
}
