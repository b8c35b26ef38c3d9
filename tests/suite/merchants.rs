//! Merchants and manufacturers: their staff, their sizes, their keys.

use crate::support::TestApp;
use crate::support::on_both;
use serde_json::json;

on_both! {
    a_merchant_belongs_to_its_staff => merchant_of_staff;
}

async fn merchant_of_staff(app: TestApp) {
    let (mei, lin) = (app.person("mei").await, app.person("lin").await);
    let id = mei.found_merchant("Tea House").await;
    let path = format!("/v1/merchants/{id}");
    let read = mei.get(&path).await;
    read.expect(200);
    assert_eq!(read.body["region"], "Hangzhou");
    lin.get(&path).await.expect_problem(404, "not_found");
    let changed = mei.patch(&path, json!({ "locale": "en" })).await;
    changed.expect(200);
    assert_eq!(changed.body["locale"], "en");
    assert_eq!(changed.body["name"], "Tea House");
    let mine = mei.get("/v1/merchants").await;
    assert_eq!(mine.body["items"][0]["id"], id.as_str());
    assert_eq!(lin.get("/v1/merchants").await.body["items"], json!([]));
}
