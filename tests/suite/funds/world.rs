//! The five members of the acceptance scenarios, their alliance, and a fund for one season.

use entity::alliance;
use entity::membership;
use entity::merchant;
use entity::merchant_staff;
use entity::role_grant;
use entity::size_fact;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::ids::MembershipId;
use guildhall::kernel::ids::MerchantId;
use guildhall::kernel::ids::UserId;
use guildhall::mandates::Matter;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use serde_json::Value;
use serde_json::json;

use crate::support::Answer;
use crate::support::Person;
use crate::support::TestApp;

/// Names and annual revenues in minor units, in the order of fund.md 6.
pub const M5: [(&str, i64); 5] = [
    ("tea-house", 320_000_000),
    ("noodle-bar", 86_000_000),
    ("silk-shop", 1_240_000_000),
    ("print-shop", 45_500_000),
    ("bakery", 150_000_000),
];

/// What 50,000.00 costs each of them.
pub const NOTICES: [i64; 5] = [868_857, 233_505, 3_366_820, 123_541, 407_277];

/// A day on which nothing is in the future.
pub const RECEIVED_ON: &str = "2026-01-15";

/// An alliance of five with everybody it needs.
pub struct World {
    pub app: TestApp,
    pub alliance: AllianceId,
    pub organizer: Person,
    pub treasurer: Person,
    pub observer: Person,
    /// Staff of the members, in the order of [`M5`].
    pub owners: Vec<Person>,
    pub memberships: Vec<MembershipId>,
}

async fn user_id(person: &Person) -> UserId {
    person.get("/v1/me").await.id().parse().expect("an id")
}

/// Writes a row as the slices to the left would.
macro_rules! put {
    ($app:expr, $entity:ident, $row:expr) => {
        $app.ctx()
            .db
            .write(async |tx| {
                let row = $row;
                $entity::Entity::insert(row.into_active_model().reset_all())
                    .exec_without_returning(tx)
                    .await?;
                Ok(())
            })
            .await
            .expect("a row")
    };
}

impl World {
    /// Founds it, and lets the members declare their revenue.
    pub async fn found(app: TestApp) -> Self {
        use sea_orm::ActiveModelTrait;
        let alliance: AllianceId = app.ctx().ids.fresh();
        put!(app, alliance, {
            alliance::Model {
                id: alliance,
                name: "Tea Street".into(),
                kind: "regional".into(),
                time_zone: "Asia/Shanghai".into(),
                currency: "CNY".into(),
                locale: "zh-CN".into(),
                listed: false,
                state: "active".into(),
                version: 1,
                created_at: tx_now(),
            }
        });
        let mut world = Self {
            organizer: app.person("organizer").await,
            treasurer: app.person("treasurer").await,
            observer: app.person("observer").await,
            owners: Vec::new(),
            memberships: Vec::new(),
            alliance,
            app,
        };
        for (person, role) in [
            (world.organizer.clone(), "organizer"),
            (world.treasurer.clone(), "treasurer"),
            (world.observer.clone(), "observer"),
        ] {
            world.grant(&person, role).await;
        }
        for (name, revenue) in M5 {
            world.join(name, Some(revenue)).await;
        }
        world
    }

    /// Gives somebody a role.
    pub async fn grant(&self, person: &Person, role: &str) {
        use sea_orm::ActiveModelTrait;
        let user = user_id(person).await;
        put!(self.app, role_grant, {
            role_grant::Model {
                id: self.app.ctx().ids.fresh(),
                alliance_id: self.alliance,
                user_id: user,
                role: role.into(),
                granted_by: user.0,
                created_at: tx_now(),
            }
        });
    }

    /// Somebody new with a role.
    pub async fn appoint(&self, name: &str, role: &str) -> Person {
        let person = self.app.person(name).await;
        self.grant(&person, role).await;
        person
    }

    /// A merchant joins, with or without a declared revenue.
    pub async fn join(&mut self, name: &str, revenue: Option<i64>) {
        self.join_on(name, revenue, "2025-06-01T00:00:00Z").await;
    }

    /// A merchant joins at an instant.
    pub async fn join_on(&mut self, name: &str, revenue: Option<i64>, joined: &str) {
        use sea_orm::ActiveModelTrait;
        let locale = if name == "bakery" { "zh-CN" } else { "en" };
        let owner = self.app.person_in(name, locale).await;
        let user = user_id(&owner).await;
        let ids = self.app.ctx().ids;
        let merchant: MerchantId = ids.fresh();
        let membership: MembershipId = ids.fresh();
        put!(self.app, merchant, {
            merchant::Model {
                id: merchant,
                name: name.into(),
                region: "Hangzhou".into(),
                category: "food".into(),
                locale: locale.into(),
                version: 1,
                created_at: tx_now(),
            }
        });
        put!(self.app, merchant_staff, {
            merchant_staff::Model {
                id: ids.fresh(),
                merchant_id: merchant,
                user_id: user,
                created_at: tx_now(),
            }
        });
        put!(self.app, membership, {
            membership::Model {
                id: membership,
                alliance_id: self.alliance,
                merchant_id: merchant,
                state: "active".into(),
                joined_at: guildhall::kernel::time::Instant::parse(joined).ok(),
                ended_at: None,
                version: 1,
                created_at: tx_now(),
            }
        });
        if let Some(revenue) = revenue {
            put!(self.app, size_fact, {
                size_fact::Model {
                    id: ids.fresh(),
                    merchant_id: merchant,
                    measure: "annual_revenue".into(),
                    value: revenue,
                    unit: "CNY".into(),
                    valid_from: "2025-01-01".parse().expect("a date"),
                    valid_to: None,
                    status: "declared".into(),
                    evidence_ref: None,
                    supersedes: None,
                    recorded_by: user.0,
                    recorded_at: tx_now(),
                }
            });
        }
        self.owners.push(owner);
        self.memberships.push(membership);
    }

    /// The path of something of the alliance.
    pub fn path(&self, tail: &str) -> String {
        format!("/v1/alliances/{}/{tail}", self.alliance)
    }

    /// A policy by revenue; answers its id.
    pub async fn policy(&self, cap_minor: Option<i64>) -> String {
        let body = json!({ "name": "By revenue", "measure": "annual_revenue",
            "accept_declared": true, "cap_minor": cap_minor });
        let answer = self.organizer.post(&self.path("levy-policies"), body).await;
        answer.expect(201);
        answer.id()
    }

    /// A planned fund; answers its path.
    pub async fn fund(&self, code: &str) -> String {
        let body = json!({ "name": "Double Eleven", "code": code,
            "season_from": "2026-10-01", "season_to": "2026-11-30",
            "custodian": { "holder": "Tea Street", "institution": "Bank of Hangzhou", "account_ref": "6222-1" } });
        let answer = self.organizer.post(&self.path("funds"), body).await;
        answer.expect(201);
        assert_eq!(answer.body["currency"], "CNY");
        assert_eq!(answer.body["state"], "planned");
        format!("/v1/funds/{}", answer.id())
    }

    /// Asks for an assessment of a budget.
    pub async fn propose(&self, fund: &str, policy: &str, budget: i64) -> Answer {
        let body = json!({ "budget_minor": budget, "policy_id": policy,
            "snapshot_date": "2026-01-01", "due_on": "2031-10-20" });
        let path = format!("{fund}/assessments");
        self.organizer.post(&path, body).await
    }

    /// Lets the alliance decide for an assessment, as a carried ballot would.
    pub async fn decide(&self, assessment: &str) {
        let alliance = self.alliance.to_string();
        let matter = Matter::SeasonBudget;
        self.app.decide(&alliance, matter, assessment).await;
    }

    /// A fund whose notices over 50,000.00 are out; answers its path.
    pub async fn collecting(&self, code: &str) -> String {
        let policy = self.policy(None).await;
        let fund = self.fund(code).await;
        let proposed = self.propose(&fund, &policy, 5_000_000).await;
        proposed.expect(201);
        self.decide(&proposed.id()).await;
        let assessment = format!("/v1/assessments/{}", proposed.id());
        self.treasurer
            .transition(&assessment, "issue", None)
            .await
            .expect(200);
        fund
    }

    /// The body of a payment.
    pub fn payment(&self, member: usize, amount: i64) -> Value {
        json!({ "membership_id": self.memberships[member], "amount_minor": amount,
            "received_on": RECEIVED_ON, "reference": format!("bank line {member}") })
    }

    /// A member pays.
    pub async fn pay(&self, fund: &str, member: usize, amount: i64) -> Answer {
        let path = format!("{fund}/payments");
        self.treasurer
            .post(&path, self.payment(member, amount))
            .await
    }

    /// A fund that everybody has paid.
    pub async fn paid_up(&self, code: &str) -> String {
        let fund = self.collecting(code).await;
        for (member, amount) in NOTICES.iter().enumerate() {
            self.pay(&fund, member, *amount).await.expect(201);
        }
        fund
    }

    /// An approved expense; answers its path.
    pub async fn approved(&self, fund: &str, line: &str, amount: i64) -> String {
        let body = json!({ "payee": "Print & Co", "line": line, "amount_minor": amount,
            "description": "invoice 88" });
        let asked = self.organizer.post(&format!("{fund}/expenses"), body).await;
        asked.expect(201);
        let expense = format!("/v1/expenses/{}", asked.id());
        self.treasurer
            .transition(&expense, "approve", None)
            .await
            .expect(200);
        expense
    }

    /// Counts every ledger again: all invariants hold.
    pub async fn holds(&self) {
        let snapshot = self.app.ctx().db.snapshot().await.expect("a snapshot");
        let counted = guildhall::funds::verify(&snapshot).await.expect("a count");
        assert_eq!(counted.findings, Vec::new());
    }

    /// The balances of a fund by the names of the accounts.
    pub async fn balances(&self, fund: &str) -> std::collections::BTreeMap<String, i64> {
        let answer = self
            .observer
            .get(&format!("{fund}/balances?limit=100"))
            .await;
        answer.expect(200);
        let items = answer.body["items"].as_array().expect("items").clone();
        items
            .iter()
            .map(|item| {
                let name = item["account"].as_str().expect("a name").to_owned();
                (name, item["balance_minor"].as_i64().expect("an amount"))
            })
            .collect()
    }
}

fn tx_now() -> guildhall::kernel::time::Instant {
    guildhall::kernel::time::Instant::parse("2025-06-01T00:00:00Z").expect("an instant")
}
