//! Tenders: sealed quotes, private commitments, openings by two people, awards and group orders.

mod calculators;
mod canary;
pub mod fair;
mod files;

use serde_json::Value;
use serde_json::json;

use crate::support::TestApp;
use crate::support::on_both;
use crate::tenders::calculators::calculators;
use crate::tenders::canary::canary;
use crate::tenders::fair::BR;
use crate::tenders::fair::Fair;
use crate::tenders::fair::app_account;
use crate::tenders::fair::commit;
use crate::tenders::fair::fair;
use crate::tenders::fair::quote;

on_both! {
    members_buy_together_at_the_price_of_their_group => buys_together;
    a_sealed_price_is_found_nowhere_before_the_opening => canary;
    what_breaks_a_rule_is_refused => refusals;
    a_declined_award_falls_through_to_the_next_quote => falls_through;
    of_rivals_one_wins => races;
    calculators_answer_without_login => calculators;
}

async fn buys_together(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    let draft = {
        let mut body = quote(&[(1, "13.00")]);
        body["submit"] = json!(false);
        fair.mill.post(&fair.path("/quotes"), body).await
    };
    draft.expect(201);
    assert_eq!(draft.body["state"], "draft");
    let mill_quote = format!("/v1/quotes/{}", draft.id());
    let submitted = fair.mill.transition(&mill_quote, "submit", None).await;
    submitted.expect(200);
    let revised = fair
        .mill
        .transition(&mill_quote, "revisions", Some(quote(&BR)))
        .await;
    revised.expect(200);
    assert_eq!(revised.body["revision"], 2);
    let same = quote(&[(1, "12"), (100, "10.0"), (200, "9"), (300, "8.000")]);
    let unchanged = fair
        .mill
        .transition(&mill_quote, "revisions", Some(same))
        .await;
    unchanged.expect(200);
    assert_eq!(unchanged.body["unchanged"], true);
    let own = fair.mill.get(&mill_quote).await;
    assert_eq!(
        own.body["content"]["lines"][0]["price_breaks"][1]["unit_price"],
        "10.00"
    );
    let press_quote = quotes_by_link(&fair, &mill_quote).await;
    opens(&fair, &mill_quote, &press_quote).await;
    let evaluation = fair.evaluate().await;
    let item = &evaluation["items"][0];
    assert_eq!(item["unit_price"], "10.00");
    assert_eq!(item["total_quantity"], 140);
    assert_eq!(item["manufacturer_id"], fair.mill_id.as_str());
    assert!(!evaluation.to_string().contains("surplus"));
    award_and_order(&fair, &evaluation).await;
}

async fn quotes_by_link(fair: &Fair, mill_quote: &str) -> String {
    let press = fair.by_link("sales@press.example").await;
    press.get(&fair.path("")).await.expect(200);
    let by_link = press
        .post(&fair.path("/quotes"), quote(&[(1, "11.50")]))
        .await;
    by_link.expect(201);
    let press_quote = format!("/v1/quotes/{}", by_link.id());
    let seen = press.get(&press_quote).await;
    seen.expect(200);
    assert_eq!(
        seen.body["content"],
        Value::Null,
        "a link sees no earlier price"
    );
    press.get(mill_quote).await.expect_problem(404, "not_found");
    fair.mill
        .get(&press_quote)
        .await
        .expect_problem(404, "not_found");
    press_quote
}

async fn opens(fair: &Fair, mill_quote: &str, press_quote: &str) {
    let sealed = fair.olga.get(&fair.path("/quotes")).await;
    assert_eq!(
        (&sealed.body["count"], &sealed.body["items"]),
        (&json!(2), &json!([]))
    );
    for role in [&fair.olga, &fair.theo, &fair.members[0]] {
        role.get(mill_quote)
            .await
            .expect_problem(403, "tender_sealed");
    }
    fair.open().await;
    let read = fair.theo.get(mill_quote).await;
    read.expect(200);
    assert_eq!(
        read.body["content"]["lines"][0]["price_breaks"][3]["unit_price"],
        "8.00"
    );
    fair.members[0]
        .get(mill_quote)
        .await
        .expect_problem(403, "role_required");
    let pending = fair.members[0].get(&fair.path("/clearing/me")).await;
    assert_eq!(pending.body["decided"], false);
    fair.theo.get(press_quote).await.expect(200);
}

async fn award_and_order(fair: &Fair, evaluation: &Value) {
    let award = fair.propose(evaluation).await;
    fair.mill.get(&award).await.expect_problem(404, "not_found");
    let alone = fair.olga.transition(&award, "approve", None).await;
    alone.expect_problem(403, "separation_of_duties");
    let approved = fair.theo.transition(&award, "approve", None).await;
    approved.expect(200);
    assert_eq!(approved.body["state"], "notified");
    let told = fair.members[2].get(&award).await;
    told.expect(200);
    assert_eq!(told.body["lines"][0]["quantity"], Value::Null);
    let accepted = fair.mill.transition(&award, "accept", None).await;
    accepted.expect(200);
    assert_eq!(accepted.body["state"], "active");
    assert_eq!(fair.olga.get(&fair.path("")).await.body["state"], "awarded");
    let order = accepted.body["group_order_id"].as_str().expect("an order");
    let order = format!("/v1/group-orders/{order}");
    fair.mill.get(&order).await.expect_problem(404, "not_found");
    let placed = fair.olga.transition(&order, "place", None).await;
    placed.expect(200);
    assert_eq!(
        placed.body["member_lines"].as_array().map(Vec::len),
        Some(2)
    );
    let confirmed = fair.mill.transition(&order, "confirm", None).await;
    confirmed.expect(200);
    assert_eq!(confirmed.body["member_lines"], json!([]));
    assert_eq!(confirmed.body["totals"][0]["quantity"], 140);
    let ann = fair.members[0].get(&order).await;
    assert_eq!(ann.body["member_lines"].as_array().map(Vec::len), Some(1));
    assert_eq!(ann.body["totals"], json!([]));
    let mine = fair.members[0].get(&format!("{order}/statements/me")).await;
    mine.expect(200);
    assert_eq!(
        (&mine.body["total_minor"], &mine.body["saving_minor"]),
        (&json!(80_000), &json!(8_000))
    );
    everybody_is_told(fair).await;
}

async fn everybody_is_told(fair: &Fair) {
    let cai = fair.members[2].get(&fair.path("/clearing/me")).await;
    let item = &cai.body["items"][0];
    assert_eq!(item["status"], "limit_below_price");
    assert_eq!(
        (&item["unit_price"], &item["your_limit"]),
        (&json!("10.00"), &json!("9.00"))
    );
    let lost = fair.app.mails_to("sales@press.example").await;
    assert!(
        lost.iter()
            .any(|mail| mail.subject.contains("Result of the tender"))
    );
    let bo = fair.app.mails_to("bo@people.example").await;
    let told = bo.last().expect("a mail");
    assert!(
        told.text.contains("600.00") && told.text.contains("60 × 10.00"),
        "{}",
        told.text
    );
    assert!(
        !told.text.contains("800.00") && !told.text.contains("140"),
        "{}",
        told.text
    );
}

async fn refusals(app: TestApp) {
    let fair = fair(app).await;
    let (mill, quotes) = (&fair.mill, fair.path("/quotes"));
    let mut resale = quote(&BR);
    resale["lines"][0]["resale_price"] = json!("20.00");
    mill.post(&quotes, resale)
        .await
        .expect_problem(400, "invalid_body");
    let mut bad = quote(&[(1, "55,50"), (1, "60.00")]);
    bad["declarations"]["independent_quote"] = json!(false);
    bad["lines"][0]["unit_code"] = json!("KGM");
    let refused = mill.post(&quotes, bad).await;
    refused.expect_problem(422, "validation_failed");
    let codes: Vec<&str> = refused.body["errors"]
        .as_array()
        .expect("errors")
        .iter()
        .filter_map(|e| e["code"].as_str())
        .collect();
    for code in [
        "declaration_required",
        "unit_differs_from_tender",
        "decimal_comma",
        "breaks_not_ascending",
    ] {
        assert!(codes.contains(&code), "{codes:?}");
    }
    assert!(!refused.text.contains("55,50"), "no value is repeated");
    strangers(&fair).await;
    one_commitment(&fair).await;
    deadlines(&fair).await;
}

async fn strangers(fair: &Fair) {
    let quotes = fair.path("/quotes");
    for stranger in [&fair.olga, &fair.members[0]] {
        stranger
            .post(&quotes, quote(&BR))
            .await
            .expect_problem(403, "role_required");
    }
    let zoe = fair.app.person("zoe").await;
    zoe.post(&quotes, quote(&BR))
        .await
        .expect_problem(404, "not_found");
    zoe.get(&fair.path(""))
        .await
        .expect_problem(404, "not_found");
}

async fn one_commitment(fair: &Fair) {
    let body = json!({ "line_ref": "L1", "steps": [{ "max_unit_price": "9.00", "quantity": 5 }] });
    fair.olga
        .post(&fair.path("/commitments"), body.clone())
        .await
        .expect_problem(403, "role_required");
    let ann = &fair.members[0];
    let committed = ann.post(&fair.path("/commitments"), body.clone()).await;
    committed.expect(201);
    ann.post(&fair.path("/commitments"), body.clone())
        .await
        .expect_problem(409, "commitment_exists");
    let mine = format!("/v1/commitments/{}", committed.id());
    ann.transition(&mine, "revisions", Some(body.clone()))
        .await
        .expect(200);
    ann.transition(&mine, "withdraw", None).await.expect(200);
    ann.post(&fair.path("/commitments"), body.clone())
        .await
        .expect(201);
}

async fn deadlines(fair: &Fair) {
    let (mill, quotes, ann) = (&fair.mill, fair.path("/quotes"), &fair.members[0]);
    let body = json!({ "line_ref": "L1", "steps": [{ "max_unit_price": "9.00", "quantity": 5 }] });
    let first = mill.post(&quotes, quote(&BR)).await;
    first.expect(201);
    let path = format!("/v1/quotes/{}", first.id());
    mill.post(&quotes, quote(&BR))
        .await
        .expect_problem(409, "quote_exists");
    let round = fair.round().await;
    let early = fair.olga.post_bare(&format!("{round}/unseal")).await;
    early.expect_problem(409, "illegal_transition");
    let sooner = json!({ "closes_at": "2027-01-19T00:00:00Z" });
    fair.olga
        .transition(&round, "extend", Some(sooner))
        .await
        .expect_problem(422, "validation_failed");
    let later = json!({ "closes_at": "2027-01-25T00:00:00Z" });
    fair.olga
        .transition(&round, "extend", Some(later))
        .await
        .expect(200);
    assert!(
        fair.app
            .mails_to("mill@people.example")
            .await
            .iter()
            .any(|m| m.subject.contains("Later deadline"))
    );
    fair.app.clock_to("2027-01-20T00:00:00Z").await;
    ann.post(&fair.path("/commitments"), body)
        .await
        .expect_problem(409, "deadline_passed");
    fair.app.clock_to("2027-01-24T23:59:59Z").await;
    fair.app.clock_to("2027-01-25T00:00:00Z").await;
    let late = mill.transition(&path, "withdraw", None).await;
    late.expect_problem(409, "deadline_passed");
    assert_eq!(late.body["params"]["closes_at"], "2027-01-25T00:00:00.000Z");
    fair.app.clock_to("2027-01-25T00:00:05Z").await;
    assert_eq!(
        fair.olga.get(&fair.path("")).await.body["state"],
        "unsuccessful"
    );
    let few = fair.olga.post_bare(&format!("{round}/unseal")).await;
    few.expect_problem(409, "too_few_quotes");
}

async fn falls_through(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    fair.mill
        .post(&fair.path("/quotes"), quote(&BR))
        .await
        .expect(201);
    let press = app_account(&fair, "press").await;
    press
        .post(&fair.path("/quotes"), quote(&[(1, "9.80"), (150, "8.80")]))
        .await
        .expect(201);
    fair.open().await;
    let evaluation = fair.evaluate().await;
    let item = &evaluation["items"][0];
    assert_eq!(
        (&item["unit_price"], &item["total_quantity"]),
        (&json!("8.80"), &json!(190))
    );
    let award = fair.propose(&evaluation).await;
    fair.theo
        .transition(&award, "approve", None)
        .await
        .expect(200);
    press.transition(&award, "decline", None).await.expect(200);
    let body = json!({ "evaluation_id": evaluation["id"] });
    let outdated = fair.olga.post(&fair.path("/awards"), body).await;
    outdated.expect_problem(409, "evaluation_outdated");
    let next = fair.evaluate().await;
    let item = &next["items"][0];
    assert_eq!(
        (&item["unit_price"], &item["total_quantity"]),
        (&json!("10.00"), &json!(140))
    );
    let award = fair.propose(&next).await;
    fair.theo
        .transition(&award, "approve", None)
        .await
        .expect(200);
    fair.mill
        .transition(&award, "accept", None)
        .await
        .expect(200);
}

async fn races(app: TestApp) {
    let fair = fair(app).await;
    commit(&fair).await;
    fair.mill
        .post(&fair.path("/quotes"), quote(&BR))
        .await
        .expect(201);
    let press = fair.by_link("sales@press.example").await;
    let path = fair.path("/quotes");
    let rivals = (0..4).map(|_| press.post(&path, quote(&[(1, "11.50")])));
    let answers = futures_util::future::join_all(rivals).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
    fair.app.clock_to("2027-01-20T00:00:05Z").await;
    let unseal = format!("{}/unseal", fair.round().await);
    fair.olga.post_bare(&unseal).await.expect(202);
    fair.olga
        .post_bare(&unseal)
        .await
        .expect_problem(409, "already_approved");
    fair.app.advance(1_900).await;
    fair.theo
        .post_bare(&unseal)
        .await
        .expect_problem(409, "window_expired");
    fair.olga.post_bare(&unseal).await.expect(202);
    let openings = (0..2).map(|_| fair.theo.post_bare(&unseal));
    let answers = futures_util::future::join_all(openings).await;
    let mut statuses: Vec<u16> = answers.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let evaluation = fair.evaluate().await;
    let body = json!({ "evaluation_id": evaluation["id"] });
    let path = fair.path("/awards");
    let rivals = [&fair.olga, &fair.theo].map(|p| p.post(&path, body.clone()));
    let answers = futures_util::future::join_all(rivals).await;
    let lost = answers.iter().find(|a| a.status != 201).expect("a loser");
    lost.expect_problem(409, "item_already_awarded");
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
}
