//! A ballot with a proxy, and an admission with an objection.

use serde_json::json;

use super::Seed;

impl Seed<'_> {
    pub async fn voting(&mut self) {
        let (organizer, member) = (self.organizer, self.member);
        let alliance = self.ids["alliance_id"].clone();
        let holder = self.app.person("pia").await;
        let holder = organizer.admit(&alliance, &holder, "Other Shop").await;
        let rule = json!({ "proxies": { "max_per_holder": 1, "deadline_hours": 1 },
            "tests": [{ "by": "head", "base": "for_against", "threshold": "1/2", "strict": true }] });
        let body = json!({ "title": "Meet?", "matter": "advisory", "closes_at": "2199-01-01T00:00:00Z", "rule": rule });
        let path = "alliances/{alliance_id}/ballots";
        let ballot = self.made("ballot_id", organizer, path, body).await;
        self.moved(organizer, &format!("ballots/{ballot}"), "publish")
            .await;
        let body = json!({ "holder_id": holder });
        let path = "ballots/{ballot_id}/proxies";
        self.made("proxy_id", member, path, body).await;
        let by_laws = json!({ "admission_objection_days": 14 });
        let path = self.path("alliances/{alliance_id}/by-laws");
        organizer.post(&path, by_laws).await.expect(201);
        let newcomer = self.app.person("ned").await;
        organizer.admit(&alliance, &newcomer, "New Shop").await;
        let path = "alliances/{alliance_id}/admissions";
        self.first("admission_id", self.observer, path).await;
        let body = json!({ "reasons": "It sells forgeries." });
        let path = "admissions/{admission_id}/objections";
        self.made("objection_id", member, path, body).await;
    }
}
