//! The festivals of one alliance: its own, and the provisional dates that it confirms.

use crate::promotions::guild::Guild;
use crate::promotions::guild::Shop;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    an_alliance_adds_festivals_of_its_own_and_plans_around_them => own;
    money_waits_until_a_provisional_date_is_confirmed => provisional;
    what_is_no_festival_is_refused_and_not_stored => refused;
}

/// The dates of one festival as an alliance sees them.
async fn dates(guild: &Guild, festival: &str, from: &str, to: &str) -> Vec<Value> {
    let path = guild.path(&format!("festivals?from={from}&to={to}&locale=en"));
    let list = guild.organizer.get(&path).await;
    list.expect(200);
    let items = list.body["items"].as_array().expect("a list").iter();
    let of = items.filter(|item| item["festival"] == festival);
    of.map(|item| json!([item["date"], item["provisional"]]))
        .collect()
}

async fn own(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let rules = [
        ("mazu", json!({"kind": "lunar", "month": 3, "day": 23})),
        (
            "street_day",
            json!({"kind": "gregorian", "month": 5, "day": 18}),
        ),
        (
            "harvest_sunday",
            json!({"kind": "nth_weekday", "month": 9, "weekday": "SU", "n": -1}),
        ),
        (
            "eve_of_618",
            json!({"kind": "offset", "of": "six_eighteen", "days": -1}),
        ),
        (
            "fair",
            json!({"kind": "table", "dates": ["2027-10-01", "2027-04-02"]}),
        ),
    ];
    for (festival, rule) in rules {
        let names = json!({"zh-CN": "节", "en": festival});
        let body = json!({"festival": festival, "names": names, "rule": rule});
        let added = guild.organizer.post(&guild.path("festivals"), body).await;
        added.expect(201);
    }
    for (festival, expected) in [
        ("mazu", json!([["2027-04-29", false]])),
        ("street_day", json!([["2027-05-18", false]])),
        ("harvest_sunday", json!([["2027-09-26", false]])),
        ("eve_of_618", json!([["2027-06-17", false]])),
        (
            "fair",
            json!([["2027-04-02", false], ["2027-10-01", false]]),
        ),
        ("spring_festival", json!([["2027-02-06", false]])),
    ] {
        let found = dates(&guild, festival, "2027-01-01", "2027-12-31").await;
        assert_eq!(json!(found), expected, "{festival}");
    }
    let path = guild.path("festivals?from=2027-01-01&to=2028-12-31");
    let list = guild.organizer.get(&path).await;
    assert_eq!(list.body["own"].as_array().map(Vec::len), Some(5));
    let gaps = list.body["incomplete"].as_array().expect("a list");
    let fair = json!({"festival": "fair", "from": "2028-01-01", "to": "2028-12-31"});
    assert!(gaps.contains(&fair), "{}", list.text);

    let sale = json!({"name": "Mazu", "festival": "mazu", "year": 2027, "template": "one_day"});
    let draft = guild.draft(sale.clone()).await;
    draft.expect(201);
    assert_eq!(draft.body["main_day"], "2027-04-29");
    let other = Guild::new(&app, "Harbour").await;
    let unknown = other.draft(sale).await;
    unknown.expect_problem(422, "festival_unknown");

    let mei = Shop::new(&app, "mei").await;
    guild.take(&mei).await;
    mei.staff.get(&path).await.expect(200);
    let one = guild.path("festivals/mazu");
    mei.staff
        .delete(&one)
        .await
        .expect_problem(403, "role_required");
    other
        .organizer
        .delete(&one)
        .await
        .expect_problem(404, "not_found");
    guild.organizer.delete(&one).await.expect(204);
    guild
        .organizer
        .delete(&one)
        .await
        .expect_problem(404, "not_found");
    let catalogue = guild.path("festivals/double_eleven");
    let kept = guild.organizer.delete(&catalogue).await;
    kept.expect_problem(404, "not_found");
}

async fn provisional(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let by_year = json!({"name": "Eid", "festival": "eid_al_fitr", "year": 2028});
    let unsure = guild.draft(by_year.clone()).await;
    unsure.expect_problem(422, "festival_provisional");
    assert_eq!(unsure.body["params"]["dates"], json!(["2028-02-26"]));

    let by_day = json!({"name": "Eid", "festival": "eid_al_fitr", "main_day": "2028-02-27", "template": "one_day"});
    let draft = guild.draft(by_day).await;
    draft.expect(201);
    let path = format!("/v1/promotions/{}", draft.id());
    let proposed = guild.organizer.transition(&path, "propose", None).await;
    proposed.expect(200);
    let refused = guild.organizer.transition(&path, "schedule", None).await;
    refused.expect_problem(409, "festival_unconfirmed");
    assert_eq!(refused.body["params"]["date"], "2028-02-26");

    let confirm = async |festival: &str, date: &str| {
        let body = json!({"festival": festival, "date": date, "source": "Notice of the mosque"});
        guild
            .organizer
            .post(&guild.path("festival-confirmations"), body)
            .await
    };
    let far = confirm("eid_al_fitr", "2028-03-27").await;
    far.expect_problem(422, "date_not_near");
    assert_eq!(far.body["params"]["nearest"], "2028-02-26");
    confirm("double_eleven", "2028-11-11")
        .await
        .expect_problem(422, "festival_not_provisional");
    confirm("mayday", "2028-05-01")
        .await
        .expect_problem(422, "festival_unknown");
    assert_eq!(
        dates(&guild, "eid_al_fitr", "2028-01-01", "2028-12-31").await,
        [json!(["2028-02-26", true])]
    );
    confirm("eid_al_fitr", "2028-02-25").await.expect(201);
    confirm("eid_al_fitr", "2028-02-27").await.expect(201);
    assert_eq!(
        dates(&guild, "eid_al_fitr", "2028-01-01", "2028-12-31").await,
        [json!(["2028-02-27", false])]
    );
    let sure = guild.draft(by_year).await;
    sure.expect(201);
    assert_eq!(sure.body["main_day"], "2028-02-27");
    guild
        .organizer
        .transition(&path, "schedule", None)
        .await
        .expect(200);
    // The table of Diwali has ended by then: the alliance's word is all there is.
    confirm("diwali", "2040-11-04").await.expect(201);
    assert_eq!(
        dates(&guild, "diwali", "2040-01-01", "2040-12-31").await,
        [json!(["2040-11-04", false])]
    );
    let public = app
        .nobody()
        .get("/v1/festivals?from=2028-02-20&to=2028-02-28")
        .await;
    assert!(
        public.text.contains("2028-02-26"),
        "others see the computed date"
    );
}

async fn refused(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let names = json!({"zh-CN": "节", "en": "Day"});
    for (festival, rule, status, code) in [
        (
            "laba",
            json!({"kind": "gregorian", "month": 1, "day": 1}),
            409,
            "festival_exists",
        ),
        (
            "Laba!",
            json!({"kind": "gregorian", "month": 1, "day": 1}),
            422,
            "validation_failed",
        ),
        (
            "never",
            json!({"kind": "gregorian", "month": 2, "day": 30}),
            422,
            "validation_failed",
        ),
        (
            "sixth",
            json!({"kind": "nth_weekday", "month": 2, "weekday": "MO", "n": 6}),
            422,
            "validation_failed",
        ),
        (
            "after",
            json!({"kind": "offset", "of": "mayday", "days": 1}),
            422,
            "validation_failed",
        ),
        (
            "empty",
            json!({"kind": "table", "dates": []}),
            422,
            "validation_failed",
        ),
        ("odd", json!({"kind": "moonrise"}), 400, "invalid_body"),
    ] {
        let body = json!({"festival": festival, "names": names, "rule": rule});
        let answer = guild.organizer.post(&guild.path("festivals"), body).await;
        answer.expect_problem(status, code);
    }
    let path = guild.path("festivals?from=2027-01-01&to=2027-12-31");
    let list = guild.organizer.get(&path).await;
    assert_eq!(list.body["own"], json!([]));
    for query in [
        "from=2020-01-01&to=2031-12-31",
        "from=2027-02-01&to=2027-01-01",
    ] {
        let path = guild.path(&format!("festivals?{query}"));
        guild
            .organizer
            .get(&path)
            .await
            .expect_problem(422, "range_invalid");
    }
}
