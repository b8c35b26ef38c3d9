//! SQL of proxies.

use entity::ballot_proxy;
use entity::ballot_proxy::Column;
use entity::ballot_proxy::Entity;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::Condition;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::PaginatorTrait;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::Expr;

use crate::ballots::repo::Proxy;
use crate::kernel::ids::BallotId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::ProxyId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::platform::db::Tx;

/// Appoints, in the place of the principal's earlier appointment.
pub async fn appoint(tx: &Tx, row: Proxy) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::ReplacedAt, Expr::value(row.appointed_at))
        .filter(Column::BallotId.eq(row.ballot_id))
        .filter(Column::PrincipalId.eq(row.principal_id))
        .filter(Column::ReplacedAt.is_null())
        .exec(tx)
        .await?;
    let row: ballot_proxy::ActiveModel = row.into_active_model().reset_all();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends a standing appointment; `false`: it had ended before.
pub async fn end(tx: &Tx, id: ProxyId) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::ReplacedAt, Expr::value(tx.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::ReplacedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// An appointment of a ballot, whether it stands or not.
pub async fn find(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    id: ProxyId,
) -> Result<Option<Proxy>, DbErr> {
    Entity::find_by_id(id)
        .filter(Column::BallotId.eq(ballot))
        .one(c)
        .await
}

fn concerning(member: MembershipId) -> Condition {
    Condition::any()
        .add(Column::PrincipalId.eq(member))
        .add(Column::HolderId.eq(member))
}

/// The ballots in which a member gave or holds a standing appointment.
pub async fn ballots_of(
    c: &impl ConnectionTrait,
    member: MembershipId,
) -> Result<Vec<BallotId>, DbErr> {
    Entity::find()
        .filter(concerning(member))
        .filter(Column::ReplacedAt.is_null())
        .select_only()
        .column(Column::BallotId)
        .distinct()
        .into_tuple()
        .all(c)
        .await
}

/// The standing appointments that a member gave or holds in a ballot.
pub async fn standing_of(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    member: MembershipId,
) -> Result<Vec<Proxy>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot))
        .filter(concerning(member))
        .filter(Column::ReplacedAt.is_null())
        .order_by_asc(Column::Id)
        .all(c)
        .await
}

/// The standing appointment of a principal.
pub async fn of(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    principal: MembershipId,
) -> Result<Option<Proxy>, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot))
        .filter(Column::PrincipalId.eq(principal))
        .filter(Column::ReplacedAt.is_null())
        .one(c)
        .await
}

/// How many standing appointments a holder has from principals other than one.
pub async fn held(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    holder: MembershipId,
    other_than: MembershipId,
) -> Result<u64, DbErr> {
    Entity::find()
        .filter(Column::BallotId.eq(ballot))
        .filter(Column::HolderId.eq(holder))
        .filter(Column::PrincipalId.ne(other_than))
        .filter(Column::ReplacedAt.is_null())
        .count(c)
        .await
}

/// Appointments in the order of time, replaced ones included; `of` limits them to those of some members.
pub async fn page(
    c: &impl ConnectionTrait,
    ballot: BallotId,
    of: Option<&[MembershipId]>,
    page: Page,
) -> Result<Slice<Proxy>, DbErr> {
    let mut query = Entity::find().filter(Column::BallotId.eq(ballot));
    if let Some(of) = of {
        let among = Condition::any()
            .add(Column::PrincipalId.is_in(of.iter().copied()))
            .add(Column::HolderId.is_in(of.iter().copied()));
        query = query.filter(among);
    }
    if let Some(after) = page.after {
        query = query.filter(Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id.0))
}
