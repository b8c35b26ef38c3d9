//! An alliance with people and members, written straight into the database: its own use cases are
//! tested elsewhere.

use entity::alliance;
use entity::by_laws;
use entity::ids::AllianceId;
use entity::ids::MembershipId;
use entity::ids::MerchantId;
use entity::ids::UserId;
use entity::membership;
use entity::merchant;
use entity::merchant_staff;
use entity::role_grant;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use serde_json::json;

use crate::support::Person;
use crate::support::TestApp;

/// An alliance and its organizer.
pub struct Ground {
    pub alliance: AllianceId,
    pub organizer: Person,
}

async fn user_of(person: &Person) -> UserId {
    let me = person.get("/v1/me").await;
    me.id().parse().expect("an id")
}

impl Ground {
    /// An alliance in a time zone, with one organizer.
    pub async fn new(app: &TestApp, zone: &str) -> Self {
        let alliance: AllianceId = app.ctx().ids.fresh();
        let organizer = app.person("olga").await;
        let ground = Self {
            alliance,
            organizer,
        };
        let zone = zone.to_owned();
        let written = app.ctx().db.write(async |tx| {
            let row = alliance::Model {
                id: alliance,
                name: "Tea Street".to_owned(),
                kind: "regional".to_owned(),
                time_zone: zone.clone(),
                currency: "CNY".to_owned(),
                locale: "en".to_owned(),
                listed: false,
                state: "active".to_owned(),
                version: 1,
                created_at: tx.now(),
            };
            alliance::Entity::insert(row.into_active_model())
                .exec_without_returning(tx)
                .await?;
            Ok(())
        });
        written.await.expect("written");
        ground.grant(app, &ground.organizer, "organizer").await;
        ground
    }

    /// Gives a person a role.
    pub async fn grant(&self, app: &TestApp, person: &Person, role: &str) {
        let user = user_of(person).await;
        let written = app.ctx().db.write(async |tx| {
            let row = role_grant::Model {
                id: app.ctx().ids.fresh(),
                alliance_id: self.alliance,
                user_id: user,
                role: role.to_owned(),
                granted_by: user.0,
                created_at: tx.now(),
            };
            role_grant::Entity::insert(row.into_active_model())
                .exec_without_returning(tx)
                .await?;
            Ok(())
        });
        written.await.expect("written");
    }

    /// A merchant that the person acts for becomes an active member.
    pub async fn member(&self, app: &TestApp, person: &Person) -> MembershipId {
        let user = user_of(person).await;
        let (merchant, membership): (MerchantId, MembershipId) =
            (app.ctx().ids.fresh(), app.ctx().ids.fresh());
        let written = app.ctx().db.write(async |tx| {
            let shop = merchant::Model {
                id: merchant,
                name: format!("Shop of {}", person.name),
                region: "Hangzhou".to_owned(),
                category: "tea".to_owned(),
                locale: "en".to_owned(),
                version: 1,
                created_at: tx.now(),
            };
            merchant::Entity::insert(shop.into_active_model())
                .exec_without_returning(tx)
                .await?;
            let post = merchant_staff::Model {
                id: app.ctx().ids.fresh(),
                merchant_id: merchant,
                user_id: user,
                created_at: tx.now(),
            };
            merchant_staff::Entity::insert(post.into_active_model())
                .exec_without_returning(tx)
                .await?;
            let row = membership::Model {
                id: membership,
                alliance_id: self.alliance,
                merchant_id: merchant,
                state: "active".to_owned(),
                joined_at: Some(tx.now()),
                ended_at: None,
                version: 1,
                created_at: tx.now(),
            };
            membership::Entity::insert(row.into_active_model())
                .exec_without_returning(tx)
                .await?;
            Ok(())
        });
        written.await.expect("written");
        membership
    }

    /// By-laws that have promotions decided by ballot.
    pub async fn ask_for_ballots(&self, app: &TestApp) {
        let written = app.ctx().db.write(async |tx| {
            let row = by_laws::Model {
                id: app.ctx().ids.fresh(),
                alliance_id: self.alliance,
                number: 1,
                content: json!({ "promotion_by_ballot": true }),
                adopted_by: self.alliance.0,
                created_at: tx.now(),
            };
            by_laws::Entity::insert(row.into_active_model())
                .exec_without_returning(tx)
                .await?;
            Ok(())
        });
        written.await.expect("written");
    }
}
