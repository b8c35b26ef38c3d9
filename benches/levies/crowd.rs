//! Alliances with many members, written straight into the database.

use entity::membership;
use entity::merchant;
use entity::merchant_staff;
use entity::size_fact;
use entity::user_account;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::time::Instant;
use sea_orm::ActiveModelTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use serde_json::json;

use crate::support::Person;
use crate::support::TestApp;

/// Rows of one statement.
const ROWS: usize = 500;

/// An alliance with its people.
pub struct Crowd {
    pub app: TestApp,
    pub alliance: String,
    pub organizer: Person,
}

/// Inserts rows in few statements.
macro_rules! put {
    ($tx:expr, $entity:ident, $rows:expr) => {
        for some in $rows.chunks(ROWS) {
            let rows = some
                .iter()
                .map(|row| row.clone().into_active_model().reset_all());
            $entity::Entity::insert_many(rows)
                .exec_without_returning($tx)
                .await?;
        }
    };
}

impl Crowd {
    /// Founds an alliance of `count` members with declared revenues; with staff of their own where mails are wanted.
    pub async fn found(app: TestApp, count: usize, staff: bool) -> Self {
        let organizer = app.person("organizer").await;
        let alliance = organizer.found_alliance("Crowd").await;
        app.nobody();
        organizer
            .post(
                &format!("/v1/alliances/{alliance}/role-grants"),
                json!({ "email": organizer.email, "role": "treasurer" }),
            )
            .await
            .expect(201);
        let crowd = Self {
            app,
            alliance,
            organizer,
        };
        for start in (0..count).step_by(5_000) {
            crowd.add(start..count.min(start + 5_000), staff).await;
        }
        crowd
    }

    #[expect(clippy::too_many_lines, reason = "one block per table, each alike")]
    async fn add(&self, range: std::ops::Range<usize>, staff: bool) {
        let ctx = self.app.ctx();
        let alliance: AllianceId = self.alliance.parse().expect("an id");
        let then = Instant::parse("2025-06-01T00:00:00Z").expect("an instant");
        let mut shops = Vec::new();
        let (mut members, mut facts) = (Vec::new(), Vec::new());
        let (mut users, mut posts) = (Vec::new(), Vec::new());
        for n in range {
            let shop = merchant::Model {
                id: ctx.ids.fresh(),
                name: format!("Shop {n}"),
                region: "Hangzhou".into(),
                category: "food".into(),
                locale: "en".into(),
                version: 1,
                created_at: then,
            };
            members.push(membership::Model {
                id: ctx.ids.fresh(),
                alliance_id: alliance,
                merchant_id: shop.id,
                state: "active".into(),
                joined_at: Some(then),
                ended_at: None,
                version: 1,
                created_at: then,
            });
            facts.push(size_fact::Model {
                id: ctx.ids.fresh(),
                merchant_id: shop.id,
                measure: "annual_revenue".into(),
                value: i64::try_from(n * 7_919 % 1_000_003).expect("small") + 1,
                unit: "CNY".into(),
                valid_from: "2025-01-01".parse().expect("a date"),
                valid_to: None,
                status: "declared".into(),
                evidence_ref: None,
                supersedes: None,
                recorded_by: shop.id.0,
                recorded_at: then,
            });
            if staff {
                let user = user_account::Model {
                    id: ctx.ids.fresh(),
                    email: format!("m{n}@shops.example"),
                    display_name: format!("Owner {n}"),
                    password_hash: String::new(),
                    locale: "en".into(),
                    verified_at: Some(then),
                    platform_admin: false,
                    version: 1,
                    created_at: then,
                };
                posts.push(merchant_staff::Model {
                    id: ctx.ids.fresh(),
                    merchant_id: shop.id,
                    user_id: user.id,
                    created_at: then,
                });
                users.push(user);
            }
            shops.push(shop);
        }
        ctx.db
            .write(async |tx| {
                put!(tx, merchant, shops);
                put!(tx, membership, members);
                put!(tx, size_fact, facts);
                put!(tx, user_account, users);
                put!(tx, merchant_staff, posts);
                Ok(())
            })
            .await
            .expect("added");
    }

    /// Proposes a budget by revenue in a fund of its own; answers the ids of the fund and of the assessment.
    pub async fn propose(&self, code: &str, count: usize) -> (String, String) {
        let path = |tail: &str| format!("/v1/alliances/{}/{tail}", self.alliance);
        let body = json!({ "name": "By revenue", "measure": "annual_revenue", "accept_declared": true,
            "floor_minor": 1_000, "cap_minor": 1_000_000 });
        let policy = self.organizer.post(&path("levy-policies"), body).await;
        policy.expect(201);
        let body = json!({ "name": "Season", "code": code, "season_from": "2026-10-01", "season_to": "2027-01-28",
            "custodian": { "holder": "Crowd", "institution": "Bank", "account_ref": "1" } });
        let fund = self.organizer.post(&path("funds"), body).await;
        fund.expect(201);
        let budget = i64::try_from(count).expect("few") * 10_000;
        let body = json!({ "budget_minor": budget, "policy_id": policy.id(), "snapshot_date": "2026-01-01", "due_on": "2026-10-20" });
        let proposed = self
            .organizer
            .post(&format!("/v1/funds/{}/assessments", fund.id()), body)
            .await;
        proposed.expect(201);
        assert_eq!(proposed.body["members"], json!(count));
        (fund.id(), proposed.id())
    }
}
