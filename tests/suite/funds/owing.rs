//! What members owe in the world of the tests, in few words.

use serde_json::Value;
use serde_json::json;

use super::world::World;
use crate::support::Answer;

impl World {
    /// A member's first notice of a fund; answers its path.
    pub async fn notice(&self, fund: &str, member: usize) -> String {
        let list = self.owners[member]
            .get(&format!("{fund}/levy-notices"))
            .await;
        let id = list.body["items"][0]["id"].as_str().expect("a notice");
        format!("/v1/levy-notices/{id}")
    }

    /// The state of a member's notice.
    pub async fn state_of(&self, notice: &str) -> String {
        let seen = self.observer.get(notice).await;
        seen.body["state"].as_str().expect("a state").to_owned()
    }

    /// The balance of a member's account in D11-2026; all accounts of the fund add up to zero.
    pub async fn balance(&self, fund: &str, kind: &str, member: usize) -> i64 {
        let balances = self.balances(fund).await;
        assert_eq!(balances.values().sum::<i64>(), 0, "{balances:?}");
        let name = format!("{kind}:D11-2026:{}", self.memberships[member]);
        balances.get(&name).copied().unwrap_or(0)
    }

    /// A payment with more to say than its amount.
    pub async fn pay_with(&self, fund: &str, member: usize, amount: i64, more: Value) -> Answer {
        let mut body = self.payment(member, amount);
        for (key, value) in more.as_object().expect("members") {
            body[key] = value.clone();
        }
        self.treasurer.post(&format!("{fund}/payments"), body).await
    }

    /// A payment comes to nothing.
    pub async fn bounce(&self, payment: &str) -> Answer {
        let body = json!({ "bounced_on": "2026-01-20", "reason": "account closed" });
        let path = format!("/v1/payments/{payment}");
        self.treasurer.transition(&path, "bounce", Some(body)).await
    }

    /// A pledge of a member that is converted; answers the path of its notice.
    pub async fn pledge(&self, fund: &str, member: usize, amount: i64) -> String {
        let body =
            json!({ "amount_minor": amount, "purpose": "lanterns", "valid_until": "2199-01-01" });
        let path = format!("{fund}/pledges");
        let offered = self.owners[member].post(&path, body).await;
        offered.expect(201);
        let pledge = format!("/v1/pledges/{}", offered.id());
        self.organizer
            .transition(&pledge, "accept", None)
            .await
            .expect(200);
        let due = json!({ "due_on": "2199-01-01" });
        let converted = self
            .treasurer
            .transition(&pledge, "convert", Some(due))
            .await;
        converted.expect(200);
        let notice = converted.body["notice_id"].as_str().expect("a notice");
        format!("/v1/levy-notices/{notice}")
    }
}
