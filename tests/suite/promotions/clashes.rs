//! One merchant, several alliances: promotions that exclude each other, blackouts, and where there is room.

use crate::promotions::guild::Guild;
use crate::promotions::guild::OPEN;
use crate::promotions::guild::Shop;
use crate::promotions::guild::sale;
use crate::promotions::guild::with;
use crate::support::TestApp;
use crate::support::on_both;
use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_member_of_two_alliances_is_told_of_the_hours_that_an_exclusive_promotion_shares => scenario;
    scopes_decide_what_excludes_what => scopes;
    of_two_promotions_that_exclude_each_other_a_merchant_gets_one_at_a_time => race;
    blackouts_stop_sales_and_deposits_but_not_enrolment => blackouts;
    free_days_are_those_that_nothing_touches => free;
}

/// From `2026-11-10T16:00Z` to `11-11T16:00Z` in Shanghai, as in the year 2028.
fn exclusive(name: &str) -> Value {
    let body = sale(name, "2028-11-11T00:00:00", "2028-11-12T00:00:00");
    with(body, &json!({"exclusive": true}))
}

async fn two(app: &TestApp) -> (Guild, Guild, Shop) {
    let (street, brand) = (
        Guild::new(app, "Tea Street").await,
        Guild::new(app, "Tea Brand").await,
    );
    let mei = Shop::new(app, "mei").await;
    street.take(&mei).await;
    brand.take(&mei).await;
    (street, brand, mei)
}

async fn scenario(app: TestApp) {
    let (street, brand, mei) = two(&app).await;
    let first = street.schedule(exclusive("Eleven")).await;
    let noon = sale("Noon", "2028-11-11T20:00:00", "2028-11-12T20:00:00");
    let second = brand.schedule(noon).await;
    let touching = sale("Next", "2028-11-12T00:00:00", "2028-11-13T00:00:00");
    let third = brand.schedule(touching).await;
    app.clock_to(OPEN).await;
    let held = mei.enrol(&first, json!({})).await;
    held.expect(201);
    let refused = mei.enrol(&second, json!({})).await;
    refused.expect_problem(409, "promotion_conflict");
    let expected = json!([{
        "promotion_id": first.rsplit('/').next(), "enrolment_id": held.id(),
        "alliance_id": street.id, "name": "Eleven",
        "from": "2028-11-11T12:00:00.000Z", "to": "2028-11-11T16:00:00.000Z",
    }]);
    assert_eq!(refused.body["params"]["conflicts"], expected);
    mei.enrol(&third, json!({})).await.expect(201);
    // The other alliance's organizer learns the hours, and not what they are for.
    let members = brand.organizer.get(&brand.path("memberships")).await;
    let member = members.body["items"][0]["id"].clone();
    let path = format!("{second}/enrolments");
    let blind = brand
        .organizer
        .post(&path, json!({"membership_id": member}))
        .await;
    blind.expect_problem(409, "promotion_conflict");
    let hours = json!([{"from": "2028-11-11T12:00:00.000Z", "to": "2028-11-11T16:00:00.000Z"}]);
    assert_eq!(blind.body["params"]["conflicts"], hours);
    // The member chooses the second.
    let foreign = json!({"instead_of": ["01890a5d-ac96-774b-bcce-b302099a8057"]});
    mei.enrol(&second, foreign)
        .await
        .expect_problem(409, "promotion_conflict");
    let chosen = mei.enrol(&second, json!({"instead_of": [held.id()]})).await;
    chosen.expect(201);
    let given_up = mei
        .staff
        .get(&format!("/v1/enrolments/{}", held.id()))
        .await;
    assert_eq!(given_up.body["state"], "withdrawn");
    assert_eq!(given_up.body["end_reason"], "instead");
    let back = mei.enrol(&first, json!({})).await;
    back.expect_problem(409, "promotion_conflict");
    assert_eq!(back.body["params"]["conflicts"][0]["name"], "Noon");
    // A cancelled promotion is in nobody's way.
    brand
        .organizer
        .transition(&second, "cancel", None)
        .await
        .expect(200);
    mei.enrol(&first, json!({})).await.expect(201);
}

async fn scopes(app: TestApp) {
    let (street, brand, mei) = two(&app).await;
    let tea_only = with(exclusive("Tea only"), &json!({"scope": ["tea"]}));
    let tea_only = street.schedule(tea_only).await;
    let day = sale("Everything", "2028-11-11T00:00:00", "2028-11-12T00:00:00");
    let all = brand.schedule(day).await;
    app.clock_to(OPEN).await;
    mei.enrol(&tea_only, json!({})).await.expect(201);
    let bring =
        |category: &str| json!({"items": [{"sku": "X", "title": "X", "category": category}]});
    let tea = mei.enrol(&all, bring("tea")).await;
    tea.expect_problem(409, "promotion_conflict");
    let silk = mei.enrol(&all, bring("silk")).await;
    silk.expect(201);
    let one = format!("/v1/enrolments/{}", silk.id());
    let swapped = mei.replace(&one, bring("tea")["items"].clone()).await;
    swapped.expect_problem(409, "promotion_conflict");
    assert_eq!(
        mei.staff.get(&one).await.body["items"][0]["category"],
        "silk"
    );
}

async fn race(app: TestApp) {
    let (street, brand, mei) = two(&app).await;
    let first = street.schedule(exclusive("One")).await;
    let second = brand.schedule(exclusive("Two")).await;
    app.clock_to(OPEN).await;
    for _ in 0..3 {
        let tries = [&first, &second, &first, &second].map(|path| mei.enrol(path, json!({})));
        let answers = join_all(tries).await;
        let won: Vec<_> = answers.iter().filter(|a| a.status == 201).collect();
        assert_eq!(
            won.len(),
            1,
            "{:?}",
            answers.iter().map(|a| &a.text).collect::<Vec<_>>()
        );
        let one = format!("/v1/enrolments/{}", won[0].id());
        mei.staff
            .transition(&one, "withdraw", None)
            .await
            .expect(200);
    }
}

async fn blackouts(app: TestApp) {
    let (street, brand, mei) = two(&app).await;
    let declare = async |guild: &Guild, by: &crate::support::Person, body: Value| {
        by.post(&guild.path("blackouts"), body).await
    };
    let week =
        json!({"name": "Inventory", "from": "2028-11-11T12:00:00", "to": "2028-11-14T00:00:00"});
    let members = mei.staff.get(&brand.path("memberships")).await;
    let own = with(
        week.clone(),
        &json!({"membership_id": members.body["items"][0]["id"]}),
    );
    let for_all = declare(&brand, &mei.staff, week.clone()).await;
    for_all.expect_problem(403, "role_required");
    let foreign = declare(&brand, &brand.organizer, own.clone()).await;
    foreign.expect_problem(404, "not_found");
    let backwards = with(own.clone(), &json!({"to": "2028-11-11T12:00:00"}));
    declare(&brand, &mei.staff, backwards)
        .await
        .expect_problem(422, "validation_failed");
    let declared = declare(&brand, &mei.staff, own).await;
    declared.expect(201);
    assert_eq!(declared.body["starts_at"], "2028-11-11T04:00:00.000Z");
    let hidden = brand.organizer.get(&brand.path("blackouts")).await;
    assert_eq!(
        hidden.body["items"],
        json!([]),
        "what a member plans is its own affair"
    );
    // It binds the member in its other alliance as well.
    let day = street
        .schedule(sale("Day", "2028-11-11T00:00:00", "2028-11-12T00:00:00"))
        .await;
    let before = street
        .schedule(sale("Eve", "2028-11-10T12:00:00", "2028-11-11T12:00:00"))
        .await;
    app.clock_to(OPEN).await;
    let refused = mei.enrol(&day, json!({})).await;
    refused.expect_problem(409, "blackout");
    let told = &refused.body["params"]["blackouts"][0];
    assert_eq!(told["name"], "Inventory");
    assert_eq!(
        [&told["from"], &told["to"]],
        ["2028-11-11T04:00:00.000Z", "2028-11-11T16:00:00.000Z"]
    );
    mei.enrol(&before, json!({})).await.expect(201);
    // The alliance's own blocks the promotion, though enrolment may fall into it.
    let mourning =
        json!({"name": "Mourning", "from": "2028-05-10T00:00:00", "to": "2028-12-02T00:00:00"});
    let mourning = declare(&street, &street.organizer, mourning).await;
    mourning.expect(201);
    let draft = street
        .draft(sale("Late", "2028-12-01T00:00:00", "2028-12-02T00:00:00"))
        .await;
    draft.expect(201);
    let late = format!("/v1/promotions/{}", draft.id());
    let refused = street.organizer.transition(&late, "propose", None).await;
    refused.expect_problem(409, "blackout");
    let moved = street
        .organizer
        .transition(&late, "re-date", Some(json!({"main_day": "2028-12-02"})))
        .await;
    moved.expect(200);
    street
        .organizer
        .transition(&late, "propose", None)
        .await
        .expect(200);
    let back = street
        .organizer
        .transition(&late, "re-date", Some(json!({"main_day": "2028-12-01"})))
        .await;
    back.expect_problem(409, "blackout");
    let path = format!("/v1/blackouts/{}", mourning.id());
    mei.staff
        .delete(&path)
        .await
        .expect_problem(403, "role_required");
    brand
        .organizer
        .delete(&path)
        .await
        .expect_problem(404, "not_found");
    street.organizer.delete(&path).await.expect(204);
    street
        .organizer
        .delete(&path)
        .await
        .expect_problem(404, "not_found");
    street
        .organizer
        .transition(&late, "schedule", None)
        .await
        .expect(200);
}

async fn free(app: TestApp) {
    let (street, brand, mei) = two(&app).await;
    street.schedule(exclusive("Eleven")).await;
    let shared = sale("Shared", "2028-11-15T00:00:00", "2028-11-16T00:00:00");
    street.schedule(shared).await;
    let elsewhere = sale("Elsewhere", "2028-11-18T00:00:00", "2028-11-19T00:00:00");
    let elsewhere = brand
        .schedule(with(elsewhere, &json!({"exclusive": true})))
        .await;
    let closed =
        json!({"name": "Closed", "from": "2028-11-13T00:00:00", "to": "2028-11-13T06:00:00"});
    street
        .organizer
        .post(&street.path("blackouts"), closed)
        .await
        .expect(201);
    app.clock_to(OPEN).await;
    mei.enrol(&elsewhere, json!({})).await.expect(201);
    let slots = async |query: &str| {
        let path = format!("free-slots?from=2028-11-10&to=2028-11-20&{query}");
        let found = mei.staff.get(&street.path(&path)).await;
        found.expect(200);
        let items = found.body["items"].as_array().expect("a list").iter();
        let shown: Vec<Value> = items
            .map(|slot| json!([slot["from"], slot["days"]]))
            .collect();
        json!(shown)
    };
    let members = mei.staff.get(&street.path("memberships")).await;
    let member = members.body["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    // Whoever is exclusive needs days of its own; others may share what is not exclusive.
    let exclusive = json!([
        ["2028-11-10", 1],
        ["2028-11-12", 1],
        ["2028-11-14", 1],
        ["2028-11-16", 4]
    ]);
    assert_eq!(slots("exclusive=true").await, exclusive);
    let shared = json!([["2028-11-10", 1], ["2028-11-12", 1], ["2028-11-14", 6]]);
    assert_eq!(slots("exclusive=false").await, shared);
    let mine = slots(&format!("exclusive=false&membership_id={member}")).await;
    assert_eq!(
        mine,
        json!([
            ["2028-11-10", 1],
            ["2028-11-12", 1],
            ["2028-11-14", 4],
            ["2028-11-19", 1]
        ])
    );
    assert_eq!(slots("days=2").await, json!([["2028-11-16", 4]]));
    let backwards = street.path("free-slots?from=2028-11-20&to=2028-11-10");
    mei.staff
        .get(&backwards)
        .await
        .expect_problem(422, "range_invalid");
    let odd = street.path("free-slots?from=2028-11-10&to=2028-11-20&days=0");
    mei.staff
        .get(&odd)
        .await
        .expect_problem(400, "invalid_parameter");
    let stranger = app.person("sam").await;
    let path = street.path("free-slots?from=2028-11-10&to=2028-11-20");
    stranger.get(&path).await.expect_problem(404, "not_found");
    let foreign = format!("{path}&membership_id={member}");
    brand
        .organizer
        .get(&foreign)
        .await
        .expect_problem(404, "not_found");
    street
        .organizer
        .get(&foreign)
        .await
        .expect_problem(404, "not_found");
}
