//! Alliances with members: a few through the API, many by rows.

use entity::membership;
use entity::merchant;
use entity::merchant_staff;
use entity::role_grant;
use entity::user_account;
use guildhall::kernel::ids::AllianceId;
use guildhall::kernel::ids::UserId;
use guildhall::platform::ctx::Ctx;
use guildhall::platform::db::Tx;
use sea_orm::ActiveModelTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use serde_json::json;

use crate::support::Person;
use crate::support::TestApp;

impl Person {
    /// Joins an alliance that lists itself with a new merchant; the organizer approves. Answers the membership.
    pub async fn join_alliance(&self, organizer: &Person, alliance: &str, shop: &str) -> String {
        let merchant = self.found_merchant(shop).await;
        let path = format!("/v1/alliances/{alliance}/memberships");
        let applied = self.post(&path, json!({ "merchant_id": merchant })).await;
        applied.expect(201);
        let path = format!("/v1/memberships/{}", applied.id());
        organizer
            .transition(&path, "approve", None)
            .await
            .expect(200);
        applied.id()
    }

    /// Founds an alliance that takes applications.
    pub async fn found_listed_alliance(&self, name: &str) -> String {
        let id = self.found_alliance(name).await;
        let path = format!("/v1/alliances/{id}");
        self.patch(&path, json!({ "listed": true }))
            .await
            .expect(200);
        id
    }
}

impl TestApp {
    /// Grants a role by a row.
    pub async fn db_grant(&self, alliance: &str, person: &Person, role: &str) {
        let ctx = self.ctx();
        let me = person.get("/v1/me").await;
        let user: UserId = me.id().parse().expect("an id");
        let alliance: AllianceId = alliance.parse().expect("an id");
        ctx.db
            .write(async |tx| {
                let row = role_grant::Model {
                    id: ctx.ids.fresh(),
                    alliance_id: alliance,
                    user_id: user,
                    role: role.to_owned(),
                    granted_by: user.0,
                    created_at: tx.now(),
                };
                role_grant::Entity::insert(row.into_active_model())
                    .exec_without_returning(tx)
                    .await?;
                Ok(())
            })
            .await
            .expect("granted");
    }

    /// Adds `count` members `m0@shops.example`, … by rows: every second one reads Chinese.
    pub async fn db_add_members(&self, alliance: &str, count: usize) {
        let ctx = self.ctx();
        let alliance: AllianceId = alliance.parse().expect("an id");
        ctx.db
            .write(async |tx| {
                for n in 0..count {
                    add_member(ctx, tx, alliance, n).await?;
                }
                Ok(())
            })
            .await
            .expect("added");
    }

    /// Runs one sweep alone, once.
    pub async fn sweep(&self, name: &str) -> u64 {
        let ctx = self.ctx();
        let sweep = ctx.registry.sweeps.iter().find(|s| s.name == name);
        (sweep.expect("a sweep").run)(ctx.clone())
            .await
            .expect("sweeps")
    }
}

async fn add_member(ctx: &Ctx, tx: &Tx, alliance: AllianceId, n: usize) -> Result<(), DbErr> {
    let locale = if n.is_multiple_of(2) { "zh-CN" } else { "en" };
    let user = user_account::Model {
        id: ctx.ids.fresh(),
        email: format!("m{n}@shops.example"),
        display_name: format!("Owner {n}"),
        password_hash: String::new(),
        locale: locale.to_owned(),
        verified_at: Some(tx.now()),
        platform_admin: false,
        version: 1,
        created_at: tx.now(),
    };
    let shop = merchant::Model {
        id: ctx.ids.fresh(),
        name: format!("Shop {n}"),
        region: "Hangzhou".to_owned(),
        category: "food".to_owned(),
        locale: locale.to_owned(),
        version: 1,
        created_at: tx.now(),
    };
    let post = merchant_staff::Model {
        id: ctx.ids.fresh(),
        merchant_id: shop.id,
        user_id: user.id,
        created_at: tx.now(),
    };
    let member = membership::Model {
        id: ctx.ids.fresh(),
        alliance_id: alliance,
        merchant_id: shop.id,
        state: "active".to_owned(),
        joined_at: Some(tx.now()),
        ended_at: None,
        version: 1,
        created_at: tx.now(),
    };
    insert(tx, user.into_active_model()).await?;
    insert(tx, shop.into_active_model()).await?;
    insert(tx, post.into_active_model()).await?;
    insert(tx, member.into_active_model()).await
}

async fn insert<A: ActiveModelTrait>(tx: &Tx, row: A) -> Result<(), DbErr> {
    A::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
