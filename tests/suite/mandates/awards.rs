//! Awards above the limit of the by-laws: members choose among the bids, and exactly that bid is awarded.

use futures_util::future::join_all;
use guildhall::ballots;
use guildhall::kernel::ids::AllianceId;
use guildhall::mandates::Matter;
use guildhall::mandates::Subject;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::support::TestApp;
use crate::support::on_both;
use crate::tenders::fair::BR;
use crate::tenders::fair::Fair;
use crate::tenders::fair::app_account;
use crate::tenders::fair::commit;
use crate::tenders::fair::fair;
use crate::tenders::fair::quote;

on_both! {
    above_the_limit_the_bid_that_members_chose_is_awarded_and_no_other => chosen;
    at_the_limit_the_committee_awards_and_a_tighter_limit_stops_it => committee;
}

pub async fn limit(fair: &Fair, limit: Value) {
    let path = format!("/v1/alliances/{}/by-laws", fair.alliance);
    let body = json!({ "award_limit_minor": limit });
    fair.olga.post(&path, body).await.expect(201);
}

/// A tender with two bids, evaluated: the second press sells 190 boxes at 8.80, the mill 140 at 10.00.
pub async fn evaluated(app: TestApp) -> (Fair, Value) {
    let fair = fair(app).await;
    let press = app_account(&fair, "press").await;
    commit(&fair).await;
    let path = fair.path("/quotes");
    fair.mill.post(&path, quote(&BR)).await.expect(201);
    let cheap = quote(&[(1, "9.80"), (150, "8.80")]);
    press.post(&path, cheap).await.expect(201);
    fair.open().await;
    let evaluation = fair.evaluate().await;
    (fair, evaluation)
}

async fn subject(fair: &Fair, evaluation: &Value) -> Subject {
    let alliance: AllianceId = fair.alliance.parse().expect("an id");
    let id: Uuid = evaluation["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id");
    let reader = fair.app.ctx().db.reader();
    let found = ballots::subject_of(&reader, alliance, Matter::TenderAward, id).await;
    found.expect("answers").expect("a subject")
}

async fn chosen(app: TestApp) {
    let (fair, evaluation) = evaluated(app).await;
    limit(&fair, json!(100_000)).await;
    let bids = &evaluation["bids"];
    assert_eq!(bids[0]["option"], "A", "{evaluation}");
    assert_eq!(bids[0]["goods_minor"], 167_200);
    assert_eq!(bids[1]["manufacturer_id"], fair.mill_id.as_str());
    assert_eq!(bids[1]["goods_minor"], 140_000);
    let asked = subject(&fair, &evaluation).await;
    let titles: Vec<&str> = asked.options.iter().map(|o| o.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "Bid A: covers 1 of 1 lines, best for 1",
            "Bid B: covers 1 of 1 lines, best for 0"
        ],
        "neither names nor prices"
    );
    assert!(asked.interested.is_empty());
    // The mill's owner has a shop in the alliance as well: no vote on its own bid.
    let own = fair
        .olga
        .admit(&fair.alliance, &fair.mill, "Mill Shop")
        .await;
    let interested = subject(&fair, &evaluation).await.interested;
    let interested: Vec<String> = interested.iter().map(ToString::to_string).collect();
    assert_eq!(interested, [own]);
    let body = json!({ "evaluation_id": evaluation["id"] });
    let path = fair.path("/awards");
    let refused = fair.olga.post(&path, body.clone()).await;
    refused.expect_problem(409, "mandate_missing");
    assert_eq!(
        refused.body["params"],
        json!({ "matter": "tender_award", "reason": "undecided", "value_minor": 167_200, "limit_minor": 100_000 })
    );
    let id = evaluation["id"].as_str().expect("an id");
    fair.app
        .choose(&fair.alliance, Matter::TenderAward, id, Some("B"))
        .await;
    let answers = join_all((0..3).map(|_| fair.olga.post(&path, body.clone()))).await;
    let won: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    for lost in answers.iter().filter(|a| a.status != 201) {
        lost.expect_problem(409, "mandate_missing");
    }
    let award = &won[0].body["items"][0];
    assert_eq!(award["manufacturer_id"], fair.mill_id.as_str());
    assert_eq!(award["lines"][0]["unit_price"], "10.00");
    assert_eq!(award["lines"][0]["quantity"], 140);
    let mandate = award["mandate_id"].as_str().expect("a mandate");
    let used = fair.olga.get(&format!("/v1/mandates/{mandate}")).await;
    assert_eq!(used.body["consumed_by"], "propose_awards", "{}", used.text);
    delivered(&fair, award).await;
}

/// The rest goes its way: members' parts are those of the chosen bid.
async fn delivered(fair: &Fair, award: &Value) {
    let award = format!("/v1/awards/{}", award["id"].as_str().expect("an id"));
    fair.theo
        .transition(&award, "approve", None)
        .await
        .expect(200);
    fair.mill
        .transition(&award, "accept", None)
        .await
        .expect(200);
    let tender = fair.olga.get(&fair.path("")).await;
    assert_eq!(tender.body["state"], "awarded", "{}", tender.text);
    let orders = fair.olga.get(&fair.path("/group-orders")).await;
    let order = orders.body["items"][0]["id"].as_str().expect("an order");
    let order = format!("/v1/group-orders/{order}");
    let placed = fair.olga.transition(&order, "place", None).await;
    placed.expect(200);
    let mine = fair.members[0].get(&fair.path("/clearing/me")).await;
    assert_eq!(
        mine.body["items"][0]["unit_price"], "10.00",
        "{}",
        mine.text
    );
}

async fn committee(app: TestApp) {
    let (fair, evaluation) = evaluated(app).await;
    limit(&fair, json!(167_200)).await;
    let award = fair.propose(&evaluation).await;
    limit(&fair, json!(167_199)).await;
    let stopped = fair.theo.transition(&award, "approve", None).await;
    stopped.expect_problem(409, "mandate_missing");
    limit(&fair, json!(null)).await;
    let approved = fair.theo.transition(&award, "approve", None).await;
    approved.expect(200);
    assert_eq!(approved.body["mandate_id"], json!(null));
    // A decision on one evaluation says nothing about another.
    fair.olga
        .post(
            &format!("/v1/alliances/{}/by-laws", fair.alliance),
            json!({ "award_limit_minor": -1 }),
        )
        .await
        .expect_problem(422, "validation_failed");
}
