//! Objects that spend, give and return money.

use serde_json::json;

use super::Seed;

impl Seed<'_> {
    /// Money that is set aside, given, matched and moved.
    pub(super) async fn spending(&mut self) {
        let body = json!({ "payee": "Print & Co", "line": "posters", "amount_minor": 10, "description": "a banner" });
        let by = self.treasurer;
        self.made("reservation_id", by, "funds/{fund_id}/reservations", body)
            .await;
        let organizer = self.organizer;
        let body = json!({ "sponsor": "Tea Machines", "ratio": "1/2" });
        self.made("deal_id", organizer, "funds/{fund_id}/sponsor-deals", body)
            .await;
        let body = json!({ "donor": "Print & Co", "line": "posters", "description": "posters", "value_minor": 5 });
        self.made("in_kind_id", organizer, "funds/{fund_id}/in-kind", body)
            .await;
        self.closing().await;
    }

    /// A fund that is closing, with a refund that is due; it takes a transfer before.
    async fn closing(&mut self) {
        let season = self.ids["fund_id"].clone();
        let organizer = self.organizer;
        let custodian = json!({ "holder": "Old Town", "institution": "Bank", "account_ref": "1" });
        let body = json!({ "name": "Past", "code": "S30", "season_from": "2030-06-01", "season_to": "2030-09-30", "custodian": custodian });
        let past = self
            .made(
                "to_fund_id",
                organizer,
                "alliances/{alliance_id}/funds",
                body,
            )
            .await;
        let body = json!({ "to_fund_id": past, "amount_minor": 1, "reason": "deposit" });
        self.made("transfer_id", organizer, "funds/{fund_id}/transfers", body)
            .await;
        let body = json!({ "budget_minor": 100, "policy_id": self.ids["policy_id"], "snapshot_date": "2030-05-31", "due_on": "2030-07-20" });
        let path = self.path(&format!("funds/{past}/assessments"));
        let assessment = organizer.post(&path, body).await;
        assessment.expect(201);
        self.decide(&assessment.id()).await;
        let issued = format!("assessments/{}", assessment.id());
        self.moved(self.treasurer, &issued, "issue").await;
        let body = json!({ "membership_id": self.ids["membership_id"], "amount_minor": 100, "received_on": "2026-01-15", "reference": "line 2" });
        let path = self.path(&format!("funds/{past}/payments"));
        self.treasurer.post(&path, body).await.expect(201);
        let body = json!({ "choose_by": "2199-01-01T00:00:00Z", "rollover_fund_id": season });
        let path = self.path(&format!("funds/{past}"));
        let begun = self
            .treasurer
            .transition(&path, "start-closing", Some(body))
            .await;
        begun.expect(200);
        let list = format!("funds/{past}/refunds");
        self.first("refund_id", self.treasurer, &list).await;
        self.ids.insert("closing_fund_id".into(), past);
    }
}
