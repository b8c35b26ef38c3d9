//! The calculators of negotiation, over HTTP.

use serde_json::json;

use crate::support::TestApp;

pub async fn calculators(app: TestApp) {
    let body = json!({ "price_breaks": [{ "min_quantity": 1, "unit_price": "12.00" }, { "min_quantity": 100, "unit_price": "10.00" }],
        "commitments": [{ "member": "A", "sequence": 1, "steps": [{ "max_unit_price": "10.50", "quantity": 80 }] },
            { "member": "B", "sequence": 2, "steps": [{ "max_unit_price": "10.00", "quantity": 60 }] }] });
    let cleared = app.nobody().post("/v1/calculators/clearing", body).await;
    cleared.expect(200);
    assert_eq!(cleared.body["unit_price"], "10.00");
    assert_eq!(cleared.body["total_allocated"], 140);
}
