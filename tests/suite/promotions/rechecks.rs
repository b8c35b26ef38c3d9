//! Discounts measured again when the sale begins.

use crate::promotions::guild::Guild;
use crate::promotions::guild::OPEN;
use crate::promotions::guild::Shop;
use crate::promotions::guild::sale;
use crate::promotions::guild::with;
use crate::support::Mail;
use crate::support::TestApp;
use crate::support::on_both;
use serde_json::Value;
use serde_json::json;

on_both! {
    a_price_asked_between_enrolment_and_start_undoes_a_discount_and_is_told_by_name => recheck;
}

fn product(sku: &str, price_minor: i64) -> Value {
    json!({"sku": sku, "title": "Longjing", "category": "tea", "price_minor": price_minor})
}

async fn recheck(app: TestApp) {
    let guild = Guild::new(&app, "Tea Street").await;
    let (mei, lin) = (Shop::new(&app, "mei").await, Shop::new(&app, "lin").await);
    guild.take(&mei).await;
    guild.take(&lin).await;
    guild.adopt(json!({"country_pack": "cn"})).await;
    let terms = json!({"needs_approval": false});
    let june = sale("June", "2028-06-20T00:00:00", "2028-06-21T00:00:00");
    let path = guild.schedule(with(june, &terms)).await;
    app.clock_to(OPEN).await;
    let mut enrolments = Vec::new();
    for shop in [&mei, &lin] {
        for sku in ["TEA", "CUP"] {
            let logged = shop.price(sku, 10_000, Some("2028-05-01T00:00:00Z")).await;
            logged.expect(201);
        }
        let items = json!({"items": [product("TEA", 9_000), product("CUP", 9_000)]});
        let taken = shop.enrol(&path, items).await;
        taken.expect(201);
        enrolments.push(format!("/v1/enrolments/{}", taken.id()));
    }
    // Within seven days of the sale tea is sold for less, for an hour.
    app.clock_to("2028-06-15T00:00:00Z").await;
    mei.price("TEA", 8_000, None).await.expect(201);
    app.clock_to("2028-06-15T01:00:00Z").await;
    mei.price("TEA", 10_000, None).await.expect(201);
    app.clock_to("2028-06-19T15:59:00Z").await;
    let seen = mei.staff.get(&enrolments[0]).await;
    assert_eq!(seen.body["items"][0].get("at_start"), None, "not yet");
    app.clock_to("2028-06-19T16:00:00Z").await;
    // The sale's own price, from its first moment on, is no prior price.
    mei.price("CUP", 9_000, None).await.expect(201);
    let seen = mei.staff.get(&enrolments[0]).await;
    let items = &seen.body["items"];
    assert_eq!(items[0]["at_start"]["real"], false);
    assert_eq!(items[0]["at_start"]["prior"]["price_minor"], 8_000);
    assert_eq!(
        items[0]["prior"]["price_minor"], 10_000,
        "the old proof stays"
    );
    assert_eq!(items[1]["at_start"]["real"], true);
    assert_eq!(
        seen.body["state"], "approved",
        "nobody's offer is taken away"
    );
    let seen = lin.staff.get(&enrolments[1]).await;
    assert_eq!(seen.body["items"][0]["at_start"]["real"], true);
    // Others see the offer, and nothing of the log.
    let other = lin.staff.get(&enrolments[0]).await;
    other.expect(200);
    assert_eq!(other.body["items"][0].get("at_start"), None);
    told(&app, &guild, &mei, &lin).await;
    app.clock_to("2028-07-20T00:00:00Z").await;
    told(&app, &guild, &mei, &lin).await;
}

/// The member and the organizer are told once, with the product; nobody else is.
async fn told(app: &TestApp, guild: &Guild, mei: &Shop, lin: &Shop) {
    let about = |mails: Vec<Mail>| -> Vec<Mail> {
        let of = |mail: &Mail| mail.subject.contains("Check the prices");
        mails.into_iter().filter(of).collect()
    };
    for person in [&mei.staff, &guild.organizer] {
        let mails = about(app.mails_to(&person.email).await);
        assert_eq!(mails.len(), 1, "{}", person.email);
        assert!(mails[0].text.contains("Shop of mei"), "{}", mails[0].text);
        assert!(mails[0].text.contains("TEA") && !mails[0].text.contains("CUP"));
    }
    assert!(about(app.mails_to(&lin.staff.email).await).is_empty());
    let noted = "SELECT count(*) AS n FROM audit_event WHERE action = 'enrolment.prices_in_doubt'";
    assert_eq!(crate::machinery::count(app, noted).await, 1);
}
