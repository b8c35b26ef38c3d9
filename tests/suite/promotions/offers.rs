//! What members bring: their own prices, the prior price that guards them, and who may see it when.

use crate::promotions::guild::Guild;
use crate::promotions::guild::OPEN;
use crate::promotions::guild::Shop;
use crate::promotions::guild::sale;
use crate::promotions::guild::with;
use crate::support::Answer;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_discount_is_measured_against_the_lowest_price_of_the_days_before => guard;
    the_price_log_only_grows_and_is_its_merchants_alone => log;
    every_criterion_that_a_product_misses_is_named_and_nothing_is_stored => criteria;
    the_offers_of_others_are_hidden_until_the_first_phase_goes_public => hidden;
    products_change_while_their_window_is_open => replacing;
}

fn tea(price_minor: i64) -> Value {
    json!({"sku": "TEA", "title": "Longjing", "category": "tea", "price_minor": price_minor, "stock": 30})
}

fn june() -> Value {
    sale("June", "2028-06-20T00:00:00", "2028-06-21T00:00:00")
}

async fn stored(shop: &Shop, path: &str) -> usize {
    let list = shop.staff.get(&format!("{path}/enrolments")).await;
    list.body["items"].as_array().map_or(0, Vec::len)
}

async fn guard(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let mei = Shop::new(&app, "mei").await;
    guild.take(&mei).await;
    let terms = json!({"requirements": {"min_discount_bp": 1000}, "needs_approval": false});
    let path = guild.schedule(with(june(), &terms)).await;
    app.clock_to(OPEN).await;
    let try_at = async |price: i64| mei.enrol(&path, json!({"items": [tea(price)]})).await;
    try_at(1).await.expect_problem(422, "price_history_missing");
    for (price, at) in [
        (9_000, "2028-04-20T00:00:00Z"),
        (10_000, "2028-05-01T00:00:00Z"),
        (12_000, "2028-05-09T00:00:00Z"),
    ] {
        mei.price("TEA", price, Some(at)).await.expect(201);
    }
    // No pack: the price in force, 120.00. China: of seven days, 100.00. The Union: of thirty, 90.00.
    for (pack, prior, highest) in [
        ("none", 12_000, 10_800),
        ("cn", 10_000, 9_000),
        ("eu", 9_000, 8_100),
    ] {
        guild.adopt(json!({"country_pack": pack})).await;
        let refused = try_at(highest + 1).await;
        refused.expect_problem(422, "discount_too_small");
        let item = &refused.body["params"]["items"][0];
        assert_eq!(item["prior_price_minor"], prior, "{pack}");
        assert_eq!(item["highest_price_minor"], highest, "{pack}");
        assert_eq!(
            refused.body["errors"][0]["pointer"],
            "#/items/0/price_minor"
        );
    }
    assert_eq!(stored(&mei, &path).await, 0);
    let taken = try_at(8_100).await;
    taken.expect(201);
    assert_eq!(taken.body["state"], "approved", "no approval was asked for");
    let proof = &taken.body["items"][0]["prior"];
    assert_eq!(proof["price_minor"], 9_000);
    assert_eq!(proof["country_pack"], "eu");
    assert_eq!(
        proof["complete"], false,
        "the log began within the thirty days"
    );
    let lines: Vec<&Value> = proof["lines"].as_array().expect("lines").iter().collect();
    let prices: Vec<&Value> = lines.iter().map(|line| &line["price_minor"]).collect();
    assert_eq!(json!(prices), json!([9_000, 10_000, 12_000]));
    // The proof stays as it was, whatever the log says later.
    mei.price("TEA", 100, None).await.expect(201);
    let path = format!("/v1/enrolments/{}", taken.id());
    assert_eq!(
        mei.staff.get(&path).await.body["items"],
        taken.body["items"]
    );
}

async fn log(app: TestApp) {
    app.clock_to(OPEN).await;
    let mei = Shop::new(&app, "mei").await;
    let lin = Shop::new(&app, "lin").await;
    let future = mei.price("TEA", 5, Some("2028-05-11T00:00:00Z")).await;
    future.expect_problem(422, "validation_failed");
    mei.price("TEA", 0, None)
        .await
        .expect_problem(422, "validation_failed");
    mei.price("TEA", 500, None).await.expect(201);
    mei.price("SILK", 700, None).await.expect(201);
    let path = format!("/v1/merchants/{}/price-log", mei.merchant);
    let all = mei.staff.get(&path).await;
    all.expect(200);
    assert_eq!(all.body["items"].as_array().map(Vec::len), Some(2));
    let tea = mei.staff.get(&format!("{path}?sku=TEA")).await;
    assert_eq!(tea.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        tea.body["items"][0]["effective_at"],
        tea.body["items"][0]["recorded_at"]
    );
    lin.staff.get(&path).await.expect_problem(404, "not_found");
    let body = json!({"sku": "TEA", "currency": "CNY", "price_minor": 1});
    lin.staff
        .post(&path, body)
        .await
        .expect_problem(404, "not_found");
    for method in ["PUT", "PATCH", "DELETE"] {
        let answer = mei.staff.send(method, &path, &[], None).await;
        answer.expect_problem(405, "method_not_allowed");
    }
    // A price in another currency is no price here.
    let guild = Guild::new(&app, "Tea Street").await;
    guild.take(&mei).await;
    let terms = json!({"requirements": {"min_discount_bp": 1}});
    let sale = guild.schedule(with(june(), &terms)).await;
    let body = json!({"sku": "CUP", "currency": "EUR", "price_minor": 900});
    mei.staff.post(&path, body).await.expect(201);
    let cup = json!({"items": [{"sku": "CUP", "title": "Cup", "price_minor": 1}]});
    mei.enrol(&sale, cup)
        .await
        .expect_problem(422, "price_history_missing");
}

fn codes(answer: &Answer) -> Vec<&str> {
    let errors = answer.body["errors"].as_array().expect("errors").iter();
    errors.filter_map(|error| error["code"].as_str()).collect()
}

async fn criteria(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let mei = Shop::new(&app, "mei").await;
    guild.take(&mei).await;
    let terms = json!({
        "requirements": {"min_discount_bp": 500, "min_stock": 31, "categories": ["silk"], "max_items": 2},
    });
    let path = guild.schedule(with(june(), &terms)).await;
    app.clock_to(OPEN).await;
    mei.price("TEA", 1_000, Some("2028-05-01T00:00:00Z"))
        .await
        .expect(201);
    let cup = json!({"sku": "CUP", "title": "Cup"});
    let all = mei
        .enrol(&path, json!({"items": [tea(951), cup, tea(950)]}))
        .await;
    all.expect_problem(422, "category_not_wanted");
    let expected = [
        "category_not_wanted",
        "stock_too_small",
        "discount_too_small",
        "category_not_wanted",
        "stock_too_small",
        "price_missing",
        "sku_repeated",
        "too_many_items",
        "category_not_wanted",
        "stock_too_small",
    ];
    assert_eq!(codes(&all), expected);
    assert_eq!(stored(&mei, &path).await, 0);

    let eleven = json!({"name": "Eleven", "festival": "double_eleven", "year": 2028});
    let eleven = guild.draft(eleven).await;
    eleven.expect(201);
    assert_eq!(
        eleven.body["exclusions"],
        json!([{"a": "w1_main", "b": "w2_deposit"}])
    );
    let eleven = format!("/v1/promotions/{}", eleven.id());
    for event in ["propose", "schedule"] {
        guild
            .organizer
            .transition(&eleven, event, None)
            .await
            .expect(200);
    }
    app.clock_to("2028-09-18T00:00:00Z").await;
    let in_phases =
        |phases: Value| json!({"items": [{"sku": "TEA", "title": "Longjing", "phases": phases}]});
    let both = mei
        .enrol(&eleven, in_phases(json!(["w1_main", "w2_deposit"])))
        .await;
    both.expect_problem(422, "item_phases_excluded");
    let unknown = mei.enrol(&eleven, in_phases(json!(["w3_main"]))).await;
    unknown.expect_problem(422, "item_phase_unknown");
    let fine = mei
        .enrol(&eleven, in_phases(json!(["w1_main", "w2_main"])))
        .await;
    fine.expect(201);
}

async fn hidden(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let (mei, lin) = (Shop::new(&app, "mei").await, Shop::new(&app, "lin").await);
    guild.take(&mei).await;
    guild.take(&lin).await;
    guild.adopt(json!({"country_pack": "cn"})).await;
    let path = guild.schedule(june()).await;
    app.clock_to(OPEN).await;
    mei.price("TEA", 1_000, Some("2028-05-01T00:00:00Z"))
        .await
        .expect(201);
    let dear = mei.enrol(&path, json!({"items": [tea(1_000)]})).await;
    dear.expect_problem(422, "price_not_below_prior");
    let meis = mei.enrol(&path, json!({"items": [tea(800)]})).await;
    meis.expect(201);
    lin.enrol(&path, json!({})).await.expect(201);
    let one = format!("/v1/enrolments/{}", meis.id());
    let list = format!("{path}/enrolments");
    let offers = async |shop: &Shop| shop.staff.get(&list).await;
    for now in ["2028-05-11T00:00:00Z", "2028-06-19T15:59:59.000Z"] {
        app.clock_to(now).await;
        lin.staff.get(&one).await.expect_problem(404, "not_found");
        let seen = offers(&lin).await;
        assert!(!seen.text.contains("Longjing"), "{now}: {}", seen.text);
        let decides = guild.organizer.get(&one).await;
        assert_eq!(decides.body["items"][0]["prior"]["price_minor"], 1_000);
    }
    app.clock_to("2028-06-19T16:00:00Z").await;
    let seen = lin.staff.get(&one).await;
    seen.expect(200);
    let item = &seen.body["items"][0];
    assert_eq!(item["price_minor"], 800, "the offer itself is public");
    assert_eq!(
        [&item["stock"], &item["prior"]],
        [&Value::Null, &Value::Null]
    );
    assert!(offers(&lin).await.text.contains("Longjing"));
    let own = mei.staff.get(&one).await;
    assert_eq!(own.body["items"][0]["stock"], 30);
}

async fn replacing(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let (mei, lin) = (Shop::new(&app, "mei").await, Shop::new(&app, "lin").await);
    guild.take(&mei).await;
    guild.take(&lin).await;
    let mut body = june();
    let items = json!({"phase": "item_enrolment", "from": "2028-06-05T00:00:00", "to": "2028-06-10T00:00:00"});
    body["phases"].as_array_mut().expect("phases").push(items);
    let path = guild.schedule(body).await;
    app.clock_to(OPEN).await;
    let enrolled = mei.enrol(&path, json!({})).await;
    enrolled.expect(201);
    let one = format!("/v1/enrolments/{}", enrolled.id());
    guild
        .organizer
        .transition(&one, "approve", None)
        .await
        .expect(200);
    let cup = json!([{"sku": "CUP", "title": "Cup"}]);
    let changed = mei.replace(&one, cup.clone()).await;
    changed.expect(200);
    assert_eq!(
        changed.body["state"], "pending",
        "other products are decided on again"
    );
    assert_eq!(changed.body["items"][0]["phases"], json!(["main"]));
    let foreign = lin.replace(&one, cup.clone()).await;
    foreign.expect_problem(404, "not_found");
    app.clock_to("2028-06-03T00:00:00Z").await;
    let between = mei.replace(&one, cup.clone()).await;
    between.expect_problem(409, "enrolment_not_open");
    assert_eq!(
        between.body["params"]["opens_at"],
        "2028-06-04T16:00:00.000Z"
    );
    app.clock_to("2028-06-06T00:00:00Z").await;
    mei.replace(&one, json!([])).await.expect(200);
    app.clock_to("2028-06-09T16:00:00Z").await;
    mei.replace(&one, cup)
        .await
        .expect_problem(409, "deadline_passed");
}
