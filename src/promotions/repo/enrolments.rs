//! SQL of enrolments.

use entity::enrolment;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;

use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PromotionId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;
use crate::platform::db::on_any_conflict;

pub type Enrolment = enrolment::Model;

/// The states that hold a place.
const LIVING: [&str; 2] = ["pending", "approved"];

pub async fn enrolment(
    c: &impl ConnectionTrait,
    id: EnrolmentId,
) -> Result<Option<Enrolment>, DbErr> {
    enrolment::Entity::find_by_id(id).one(c).await
}

pub async fn lock_enrolment(tx: &Tx, id: EnrolmentId) -> Result<Option<Enrolment>, DbErr> {
    enrolment::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await
}

/// `false`: the member has one already.
pub async fn insert(tx: &Tx, row: Enrolment) -> Result<bool, DbErr> {
    let inserted = enrolment::Entity::insert(enrolment::ActiveModel {
        id: Set(row.id),
        alliance_id: Set(row.alliance_id),
        promotion_id: Set(row.promotion_id),
        membership_id: Set(row.membership_id),
        state: Set(row.state),
        items: Set(row.items),
        enrolled_by: Set(row.enrolled_by),
        late_reason: Set(row.late_reason),
        end_reason: Set(row.end_reason),
        version: Set(row.version),
        created_at: Set(row.created_at),
    })
    .on_conflict(on_any_conflict())
    .exec_without_returning(tx)
    .await?;
    Ok(inserted == 1)
}

/// Writes the state and the products of a locked row.
pub async fn save(tx: &Tx, row: &Enrolment) -> Result<(), DbErr> {
    enrolment::Entity::update_many()
        .set(enrolment::ActiveModel {
            state: Set(row.state.clone()),
            items: Set(row.items.clone()),
            end_reason: Set(row.end_reason.clone()),
            version: Set(row.version),
            ..Default::default()
        })
        .filter(enrolment::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whose enrolments are listed.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// Everybody's, whatever became of them.
    All,
    /// Those of some memberships.
    Of(&'a [MembershipId]),
    /// Those of some memberships, and everybody's that take part.
    OfAndLiving(&'a [MembershipId]),
}

pub async fn list(
    c: &impl ConnectionTrait,
    promotion: PromotionId,
    which: Which<'_>,
    page: Page,
) -> Result<Slice<Enrolment>, DbErr> {
    let of = |members: &[MembershipId]| {
        Condition::any().add(enrolment::Column::MembershipId.is_in(members.iter().copied()))
    };
    let mut query = enrolment::Entity::find()
        .filter(enrolment::Column::PromotionId.eq(promotion))
        .order_by_asc(enrolment::Column::Id)
        .limit(page.limit + 1);
    query = match which {
        Which::All => query,
        Which::Of(members) => query.filter(of(members)),
        Which::OfAndLiving(members) => {
            query.filter(of(members).add(enrolment::Column::State.is_in(LIVING)))
        }
    };
    if let Some(after) = page.after {
        query = query.filter(enrolment::Column::Id.gt(EnrolmentId(after)));
    }
    Ok(Slice::cut(query.all(c).await?, page, |row| row.id.0))
}

/// The members that hold a place.
pub async fn members(
    c: &impl ConnectionTrait,
    promotion: PromotionId,
) -> Result<Vec<MembershipId>, DbErr> {
    enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::MembershipId)
        .filter(enrolment::Column::PromotionId.eq(promotion))
        .filter(enrolment::Column::State.is_in(LIVING))
        .into_tuple()
        .all(c)
        .await
}

/// The enrolments that hold a place in a promotion.
pub async fn living_in(
    c: &impl ConnectionTrait,
    promotion: PromotionId,
) -> Result<Vec<EnrolmentId>, DbErr> {
    enrolment::Entity::find()
        .select_only()
        .column(enrolment::Column::Id)
        .filter(enrolment::Column::PromotionId.eq(promotion))
        .filter(enrolment::Column::State.is_in(LIVING))
        .order_by_asc(enrolment::Column::Id)
        .into_tuple()
        .all(c)
        .await
}

/// What some memberships take part in, wherever.
pub async fn living_of(
    c: &impl ConnectionTrait,
    members: &[MembershipId],
) -> Result<Vec<Enrolment>, DbErr> {
    enrolment::Entity::find()
        .filter(enrolment::Column::MembershipId.is_in(members.iter().copied()))
        .filter(enrolment::Column::State.is_in(LIVING))
        .order_by_asc(enrolment::Column::Id)
        .all(c)
        .await
}

/// Whether a membership has an enrolment here that was not taken back.
pub async fn is_enrolled(
    c: &impl ConnectionTrait,
    promotion: PromotionId,
    member: MembershipId,
) -> Result<bool, DbErr> {
    let found = enrolment::Entity::find()
        .filter(enrolment::Column::PromotionId.eq(promotion))
        .filter(enrolment::Column::MembershipId.eq(member))
        .filter(enrolment::Column::State.ne("withdrawn"))
        .one(c)
        .await?;
    Ok(found.is_some())
}
