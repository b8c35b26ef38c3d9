//! The published vectors, through the JSON of the calculators.

use std::num::NonZeroU32;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::ApportionmentRequest;
use super::InstalmentsRequest;
use super::MAX_MEMBERS;
use super::RefundRequest;
use super::apportionment;
use super::fund_closing;
use super::instalments;
use super::levy;
use super::levy_owner_cap;
use super::refund;
use super::sponsor_match;
use super::true_up;
use crate::funds::domain::dues::prorated_dues;
use crate::funds::domain::levy::Rule;
use crate::funds::domain::rounding::Mode;
use crate::funds::domain::unit_rate::unit_rate;
use crate::kernel::problem::Failure;
use crate::kernel::rational::Exact;

const APPORTION: &str = include_str!("../../../tests/vectors/apportion.json");
const LEVY: &str = include_str!("../../../tests/vectors/levy.json");
const REFUND: &str = include_str!("../../../tests/vectors/refund.json");

/// One answer as the wire has it: the body of a 200, or code and params of a refusal.
type Outcome = Result<Value, (String, Map<String, Value>)>;

fn outcome<A: serde::Serialize>(answer: Result<A, Failure>) -> Outcome {
    match answer {
        Ok(answer) => Ok(serde_json::to_value(answer).expect("answers serialize")),
        Err(Failure::Refused(refusal)) => Err((refusal.kind().code.into(), refusal.params())),
        Err(other) => panic!("not a refusal: {other:?}"),
    }
}

/// Reads a request as the handler does, and runs the calculator.
fn run<R, A>(request: Value, calculator: fn(R) -> Result<A, Failure>) -> Outcome
where
    R: serde::de::DeserializeOwned,
    A: serde::Serialize,
{
    let text = request.to_string();
    let request = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    outcome(calculator(request))
}

/// The cases of a file of the given kinds, without the slips of the sources.
fn cases(file: &str, kinds: &[&str]) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).expect("vectors are JSON");
    let all = file["cases"].as_array().expect("cases").clone();
    let wanted: Vec<Value> = all
        .into_iter()
        .filter(|case| kinds.iter().any(|kind| case["kind"] == *kind))
        .filter(|case| case["oracle"] != false)
        .collect();
    assert!(!wanted.is_empty(), "no case of {kinds:?}");
    wanted
}

/// `given` with the case's kind.
fn request(case: &Value) -> Value {
    let mut request = case["given"].clone();
    request["kind"] = case["kind"].clone();
    request
}

/// Whether the outcome has at least what the case expects.
fn meets(case: &Value, outcome: &Outcome) {
    let id = &case["id"];
    let expect = case["expect"].as_object().expect("an object");
    match (outcome, expect.get("error")) {
        (Err((code, _)), _) if case["optional"] == true && code == "not_offered" => {}
        (Ok(answer), None) => {
            for (key, value) in expect {
                assert_eq!(&answer[key], value, "{id}: {key}");
            }
        }
        (Err((code, params)), Some(error)) => {
            assert_eq!(code, error, "{id}");
            for (key, value) in expect["detail"].as_object().into_iter().flatten() {
                assert_eq!(params.get(key), Some(value), "{id}: {key}");
            }
        }
        (outcome, _) => panic!("{id}: {outcome:?}"),
    }
}

#[test]
fn apportionment_meets_its_vectors() {
    for case in cases(APPORTION, &["budget_split", "mixed_split"]) {
        meets(&case, &run(request(&case), apportionment));
    }
}

#[test]
fn true_up_meets_its_vectors() {
    for case in cases(APPORTION, &["true_up"]) {
        meets(&case, &run(request(&case), true_up));
    }
}

/// The request of a levy case: the rule itself in place of its name, without its source and note.
fn levy_request(case: &Value) -> Value {
    let file: Value = serde_json::from_str(LEVY).expect("vectors are JSON");
    let name = case["given"]["rule"].as_str().expect("a name");
    let mut rule = file["rules"][name].as_object().expect("a rule").clone();
    rule.remove("source");
    rule.remove("note");
    let mut request = request(case);
    request["rule"] = rule.into();
    request
}

#[test]
fn levies_meet_their_vectors() {
    for case in cases(LEVY, &["levy"]) {
        meets(&case, &run(levy_request(&case), levy));
    }
    for case in cases(LEVY, &["levy_owner_cap"]) {
        meets(&case, &run(levy_request(&case), levy_owner_cap));
    }
}

#[test]
fn every_rule_of_the_vectors_is_sound_and_reads_back_as_written() {
    let file: Value = serde_json::from_str(LEVY).expect("vectors are JSON");
    let rules = file["rules"].as_object().expect("rules");
    assert_eq!(rules.len(), 31);
    for (name, rule) in rules {
        let mut rule = rule.as_object().expect("a rule").clone();
        rule.remove("source");
        rule.remove("note");
        let read: Rule = serde_json::from_value(rule.into()).expect(name);
        assert_eq!(read.check(), Ok(()), "{name}");
        let written = serde_json::to_value(&read).expect("rules serialize");
        assert_eq!(serde_json::from_value::<Rule>(written).expect(name), read);
    }
}

#[test]
fn instalments_meet_their_vectors() {
    for case in cases(LEVY, &["instalments"]) {
        meets(&case, &run(request(&case), instalments));
    }
}

#[test]
fn refunds_matches_and_closings_meet_their_vectors() {
    for case in cases(REFUND, &["refund"]) {
        meets(&case, &run(request(&case), refund));
    }
    for case in cases(REFUND, &["sponsor_match"]) {
        meets(&case, &run(request(&case), sponsor_match));
    }
    for case in cases(REFUND, &["close_fund"]) {
        meets(&case, &run(request(&case), fund_closing));
    }
}

fn exact(value: &Value) -> Exact {
    serde_json::from_value(value.clone()).expect("an exact number")
}

#[test]
fn unit_rates_and_dues_meet_their_vectors() {
    for case in cases(LEVY, &["unit_rate"]) {
        let given = &case["given"];
        let decimals = given["decimals"]
            .as_u64()
            .and_then(|d| u8::try_from(d).ok());
        let mode: Mode = serde_json::from_value(given["mode"].clone()).expect("a mode");
        let (amount, units) = (exact(&given["amount_usd"]), exact(&given["units"]));
        let rate = unit_rate(&amount.0, &units.0, decimals.expect("decimals"), mode);
        assert_eq!(
            rate,
            Ok(case["expect"]["rate_scaled"].as_i64()),
            "{}",
            case["id"]
        );
    }
    for case in cases(REFUND, &["prorated_dues"]) {
        let given = &case["given"];
        let dues = prorated_dues(
            given["annual"].as_i64().expect("minor units"),
            given["years"]
                .as_u64()
                .and_then(|y| NonZeroU32::new(u32::try_from(y).ok()?))
                .expect("years"),
            &exact(&given["discount"]),
            &exact(&given["first_year_percent"]),
        );
        assert_eq!(
            dues.ok(),
            case["expect"]["amount"].as_i64(),
            "{}",
            case["id"]
        );
    }
}

#[test]
fn the_kind_may_be_left_out_where_there_is_one_and_may_not_be_another() {
    let bare = json!({"total": 100, "n": 3});
    assert!(run(bare, instalments).is_ok());
    let other = json!({"kind": "levy", "total": 100, "n": 3});
    assert!(serde_json::from_value::<InstalmentsRequest>(other).is_err());
}

#[test]
fn unknown_fields_are_not_read() {
    let split = json!({"kind": "budget_split", "budget": 1, "members": [], "tax": 1});
    assert!(serde_json::from_value::<ApportionmentRequest>(split).is_err());
    let member = json!({"kind": "budget_split", "budget": 1,
        "members": [{"id": "a", "weight": 1, "height": 2}]});
    assert!(serde_json::from_value::<ApportionmentRequest>(member).is_err());
    let refund = json!({"unspent": 1, "members": [{"id": "a", "paid": 1, "in_kind": 2}]});
    assert!(serde_json::from_value::<RefundRequest>(refund).is_err());
}

#[test]
fn a_member_more_than_the_limit_is_too_complex() {
    let member = |i: usize| json!({"id": i.to_string(), "weight": 1});
    let members: Vec<Value> = (0..=MAX_MEMBERS).map(member).collect();
    let request = json!({"kind": "budget_split", "budget": 1, "members": members});
    let refused = run(request, apportionment).expect_err("too many");
    assert_eq!(refused.0, "too_complex");
    assert_eq!(refused.1["limit"], MAX_MEMBERS);
}

#[test]
fn amounts_that_json_readers_would_bend_are_out_of_range() {
    let request = json!({"kind": "budget_split", "budget": 9_007_199_254_740_992_i64,
        "members": [{"id": "a", "weight": 1}]});
    let refused = run(request, apportionment).expect_err("out of range");
    assert_eq!(refused.0, "out_of_range");
}

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(
    ApportionmentRequest,
    super::TrueUpRequest,
    super::LevyRequest,
    super::LevyOwnerCapRequest,
    InstalmentsRequest,
    RefundRequest,
    super::SponsorMatchRequest,
    super::FundClosingRequest,
)))]
struct Document;

#[test]
fn the_schema_of_a_rule_refers_to_itself_and_ends() {
    let document = <Document as utoipa::OpenApi>::openapi();
    let document = serde_json::to_value(document).expect("documents serialize");
    let schemas = document["components"]["schemas"]
        .as_object()
        .expect("schemas");
    let base = schemas["LevyBase"].to_string();
    assert!(base.contains("#/components/schemas/LevyBase"), "{base}");
    for name in [
        "LevyRule",
        "LevyStep",
        "RoundingMode",
        "MixPart",
        "SeasonStay",
        "FundContribution",
    ] {
        assert!(schemas.contains_key(name), "{name}");
    }
}
