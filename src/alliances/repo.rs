//! SQL of alliances.

pub mod admissions;
pub mod grants;
pub mod invitations;
pub mod memberships;
pub mod registers;
pub mod tenants;

use entity::alliance;
use entity::by_laws;
use entity::membership;
use entity::merchant;
use entity::merchant_staff;
use entity::role_grant;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::Statement;

use crate::alliances::domain::by_laws::ByLaws;
use crate::kernel::ids::AllianceId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::UserId;
use crate::kernel::role::Role;
use crate::kernel::time::Instant;

/// Ids of one statement: below the databases' limits on variables.
const SOME: usize = 10_000;

pub async fn alliance(
    c: &impl ConnectionTrait,
    id: AllianceId,
) -> Result<Option<alliance::Model>, DbErr> {
    alliance::Entity::find_by_id(id).one(c).await
}

/// Roles granted to a person, and memberships of merchants that it acts for, in one read.
pub async fn standing(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    user: UserId,
) -> Result<(Vec<Role>, Vec<(MembershipId, MerchantId, String)>), DbErr> {
    let sql = "SELECT role AS word, NULL AS membership_id, NULL AS merchant_id FROM role_grant \
               WHERE alliance_id = $1 AND user_id = $2 \
               UNION ALL \
               SELECT m.state AS word, m.id AS membership_id, m.merchant_id AS merchant_id FROM membership m \
               JOIN merchant_staff s ON s.merchant_id = m.merchant_id \
               WHERE m.alliance_id = $1 AND s.user_id = $2 AND m.state IN ('active', 'suspended')";
    let backend = c.get_database_backend();
    let rows = c
        .query_all_raw(Statement::from_sql_and_values(
            backend,
            sql,
            [alliance.into(), user.into()],
        ))
        .await?;
    let mut roles = Vec::new();
    let mut memberships = Vec::new();
    for row in rows {
        let word: String = row.try_get("", "word")?;
        let membership: Option<MembershipId> = row.try_get("", "membership_id")?;
        let merchant: Option<MerchantId> = row.try_get("", "merchant_id")?;
        match (membership, merchant) {
            (Some(membership), Some(merchant)) => memberships.push((membership, merchant, word)),
            _ => roles.extend(Role::parse(&word)),
        }
    }
    memberships.sort_unstable();
    Ok((roles, memberships))
}

pub async fn active_members(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
) -> Result<Vec<(membership::Model, merchant::Model)>, DbErr> {
    let memberships = membership::Entity::find()
        .filter(membership::Column::AllianceId.eq(alliance))
        .filter(membership::Column::State.eq("active"))
        .order_by_asc(membership::Column::Id)
        .all(c)
        .await?;
    with_merchants(c, memberships).await
}

/// Up to `limit` active members after a membership, in the order of their ids.
pub async fn active_members_after(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    after: Option<MembershipId>,
    limit: u64,
) -> Result<Vec<(membership::Model, merchant::Model)>, DbErr> {
    let mut query = membership::Entity::find()
        .filter(membership::Column::AllianceId.eq(alliance))
        .filter(membership::Column::State.eq("active"));
    if let Some(after) = after {
        query = query.filter(membership::Column::Id.gt(after));
    }
    let memberships = query
        .order_by_asc(membership::Column::Id)
        .limit(limit)
        .all(c)
        .await?;
    with_merchants(c, memberships).await
}

/// The members that came after an instant, whether or not they are there still.
pub async fn members_since(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    after: Instant,
) -> Result<Vec<(membership::Model, merchant::Model)>, DbErr> {
    let memberships = membership::Entity::find()
        .filter(membership::Column::AllianceId.eq(alliance))
        .filter(membership::Column::JoinedAt.gt(after))
        .order_by_asc(membership::Column::Id)
        .all(c)
        .await?;
    with_merchants(c, memberships).await
}

pub async fn memberships_by_id(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    ids: &[MembershipId],
) -> Result<Vec<(membership::Model, merchant::Model)>, DbErr> {
    let mut memberships = Vec::with_capacity(ids.len());
    for some in ids.chunks(SOME) {
        let rows = membership::Entity::find()
            .filter(membership::Column::AllianceId.eq(alliance))
            .filter(membership::Column::Id.is_in(some.iter().copied()))
            .all(c)
            .await?;
        memberships.extend(rows);
    }
    memberships.sort_unstable_by_key(|row| row.id);
    with_merchants(c, memberships).await
}

pub async fn with_merchants(
    c: &impl ConnectionTrait,
    memberships: Vec<membership::Model>,
) -> Result<Vec<(membership::Model, merchant::Model)>, DbErr> {
    let ids: Vec<MerchantId> = memberships.iter().map(|m| m.merchant_id).collect();
    let mut by_id = std::collections::HashMap::with_capacity(ids.len());
    for some in ids.chunks(SOME) {
        let merchants = merchant::Entity::find()
            .filter(merchant::Column::Id.is_in(some.iter().copied()))
            .all(c)
            .await?;
        by_id.extend(merchants.into_iter().map(|m| (m.id, m)));
    }
    Ok(memberships
        .into_iter()
        .filter_map(|m| {
            by_id
                .get(&m.merchant_id)
                .cloned()
                .map(|merchant| (m, merchant))
        })
        .collect())
}

pub async fn staff_of_merchants(
    c: &impl ConnectionTrait,
    merchants: &[MerchantId],
) -> Result<Vec<merchant_staff::Model>, DbErr> {
    let mut staff = Vec::new();
    for some in merchants.chunks(SOME) {
        let rows = merchant_staff::Entity::find()
            .filter(merchant_staff::Column::MerchantId.is_in(some.iter().copied()))
            .all(c)
            .await?;
        staff.extend(rows);
    }
    staff.sort_unstable_by_key(|row| row.id);
    Ok(staff)
}

pub async fn role_holders(
    c: &impl ConnectionTrait,
    alliance: AllianceId,
    roles: &[Role],
) -> Result<Vec<UserId>, DbErr> {
    let rows = role_grant::Entity::find()
        .filter(role_grant::Column::AllianceId.eq(alliance))
        .filter(role_grant::Column::Role.is_in(roles.iter().map(|r| r.as_str())))
        .order_by_asc(role_grant::Column::Id)
        .all(c)
        .await?;
    let mut users: Vec<UserId> = rows.into_iter().map(|row| row.user_id).collect();
    users.sort_unstable();
    users.dedup();
    Ok(users)
}

/// The newest version; without one, the defaults.
pub async fn by_laws(c: &impl ConnectionTrait, alliance: AllianceId) -> Result<ByLaws, DbErr> {
    let row = by_laws::Entity::find()
        .filter(by_laws::Column::AllianceId.eq(alliance))
        .order_by_desc(by_laws::Column::Number)
        .one(c)
        .await?;
    row.map_or_else(
        || Ok(ByLaws::default()),
        |row| serde_json::from_value(row.content).map_err(|error| DbErr::Json(error.to_string())),
    )
}
