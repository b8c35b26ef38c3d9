//! SQL of merchants and manufacturers themselves, and of the people who act for them.

use entity::manufacturer;
use entity::manufacturer_staff;
use entity::merchant;
use entity::merchant_staff;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::kernel::ids::ManufacturerId;
use crate::kernel::ids::ManufacturerStaffId;
use crate::kernel::ids::MerchantId;
use crate::kernel::ids::MerchantStaffId;
use crate::kernel::ids::UserId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::kernel::time::Instant;
use crate::merchants::domain::firm::Firm;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;
use crate::platform::ids::Ids;

pub type Merchant = merchant::Model;
pub type Manufacturer = manufacturer::Model;

/// A person's post at a firm.
#[derive(Debug, Clone, Copy)]
pub struct Post {
    pub id: uuid::Uuid,
    pub user: UserId,
    pub since: Instant,
}

impl From<merchant_staff::Model> for Post {
    fn from(row: merchant_staff::Model) -> Self {
        Self {
            id: row.id.0,
            user: row.user_id,
            since: row.created_at,
        }
    }
}

impl From<manufacturer_staff::Model> for Post {
    fn from(row: manufacturer_staff::Model) -> Self {
        Self {
            id: row.id.0,
            user: row.user_id,
            since: row.created_at,
        }
    }
}

pub async fn insert_merchant(tx: &Tx, row: &Merchant) -> Result<(), DbErr> {
    let row = row.clone();
    merchant::Entity::insert(merchant::ActiveModel {
        id: Set(row.id),
        name: Set(row.name),
        region: Set(row.region),
        category: Set(row.category),
        locale: Set(row.locale),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

pub async fn insert_manufacturer(tx: &Tx, row: &Manufacturer) -> Result<(), DbErr> {
    let row = row.clone();
    manufacturer::Entity::insert(manufacturer::ActiveModel {
        id: Set(row.id),
        name: Set(row.name),
        country: Set(row.country),
        locale: Set(row.locale),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

pub async fn lock_merchant(tx: &Tx, id: MerchantId) -> Result<Option<Merchant>, DbErr> {
    merchant::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

pub async fn lock_manufacturer(tx: &Tx, id: ManufacturerId) -> Result<Option<Manufacturer>, DbErr> {
    manufacturer::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// Writes the changed row; its version counts up.
pub async fn update_merchant(tx: &Tx, row: &Merchant) -> Result<(), DbErr> {
    merchant::Entity::update_many()
        .col_expr(merchant::Column::Name, Expr::value(row.name.as_str()))
        .col_expr(merchant::Column::Region, Expr::value(row.region.as_str()))
        .col_expr(
            merchant::Column::Category,
            Expr::value(row.category.as_str()),
        )
        .col_expr(merchant::Column::Locale, Expr::value(row.locale.as_str()))
        .col_expr(merchant::Column::Version, Expr::value(row.version))
        .filter(merchant::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes the changed row; its version counts up.
pub async fn update_manufacturer(tx: &Tx, row: &Manufacturer) -> Result<(), DbErr> {
    manufacturer::Entity::update_many()
        .col_expr(manufacturer::Column::Name, Expr::value(row.name.as_str()))
        .col_expr(
            manufacturer::Column::Country,
            Expr::value(row.country.as_str()),
        )
        .col_expr(
            manufacturer::Column::Locale,
            Expr::value(row.locale.as_str()),
        )
        .col_expr(manufacturer::Column::Version, Expr::value(row.version))
        .filter(manufacturer::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn merchants_page(
    c: &impl ConnectionTrait,
    ids: &[MerchantId],
    page: Page,
) -> Result<Slice<Merchant>, DbErr> {
    let mut query = merchant::Entity::find()
        .filter(merchant::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(merchant::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(merchant::Column::Id.gt(MerchantId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// The manufacturers that a person acts for.
pub async fn manufacturers_page(
    c: &impl ConnectionTrait,
    user: UserId,
    page: Page,
) -> Result<Slice<Manufacturer>, DbErr> {
    let posts = manufacturer_staff::Entity::find()
        .filter(manufacturer_staff::Column::UserId.eq(user))
        .all(c)
        .await?;
    let mut query = manufacturer::Entity::find()
        .filter(manufacturer::Column::Id.is_in(posts.into_iter().map(|p| p.manufacturer_id)))
        .order_by_asc(manufacturer::Column::Id)
        .limit(page.limit + 1);
    if let Some(after) = page.after {
        query = query.filter(manufacturer::Column::Id.gt(ManufacturerId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

pub async fn posts(c: &impl ConnectionTrait, firm: Firm, page: Page) -> Result<Slice<Post>, DbErr> {
    let rows: Vec<Post> = match firm {
        Firm::Merchant(id) => {
            let mut query = merchant_staff::Entity::find()
                .filter(merchant_staff::Column::MerchantId.eq(id))
                .order_by_asc(merchant_staff::Column::Id)
                .limit(page.limit + 1);
            if let Some(after) = page.after {
                query = query.filter(merchant_staff::Column::Id.gt(MerchantStaffId(after)));
            }
            query.all(c).await?.into_iter().map(Post::from).collect()
        }
        Firm::Manufacturer(id) => {
            let mut query = manufacturer_staff::Entity::find()
                .filter(manufacturer_staff::Column::ManufacturerId.eq(id))
                .order_by_asc(manufacturer_staff::Column::Id)
                .limit(page.limit + 1);
            if let Some(after) = page.after {
                query = query.filter(manufacturer_staff::Column::Id.gt(ManufacturerStaffId(after)));
            }
            query.all(c).await?.into_iter().map(Post::from).collect()
        }
    };
    Ok(Slice::cut(rows, page, |post| post.id))
}

/// `false`: the person is on the staff already.
pub async fn insert_post(tx: &Tx, ids: Ids, firm: Firm, user: UserId) -> Result<bool, DbErr> {
    let inserted = match firm {
        Firm::Merchant(id) => {
            merchant_staff::Entity::insert(merchant_staff::ActiveModel {
                id: Set(ids.fresh()),
                merchant_id: Set(id),
                user_id: Set(user),
                created_at: Set(tx.now()),
            })
            .on_conflict(on_any_conflict())
            .exec_without_returning(tx)
            .await?
        }
        Firm::Manufacturer(id) => {
            manufacturer_staff::Entity::insert(manufacturer_staff::ActiveModel {
                id: Set(ids.fresh()),
                manufacturer_id: Set(id),
                user_id: Set(user),
                created_at: Set(tx.now()),
            })
            .on_conflict(on_any_conflict())
            .exec_without_returning(tx)
            .await?
        }
    };
    Ok(inserted == 1)
}

pub async fn delete_post(tx: &Tx, firm: Firm, user: UserId) -> Result<(), DbErr> {
    match firm {
        Firm::Merchant(id) => {
            merchant_staff::Entity::delete_many()
                .filter(merchant_staff::Column::MerchantId.eq(id))
                .filter(merchant_staff::Column::UserId.eq(user))
                .exec(tx)
                .await?;
        }
        Firm::Manufacturer(id) => {
            manufacturer_staff::Entity::delete_many()
                .filter(manufacturer_staff::Column::ManufacturerId.eq(id))
                .filter(manufacturer_staff::Column::UserId.eq(user))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
