//! SQL of tenders.

pub mod awards;
pub mod demand;
pub mod offers;
pub mod tenders;

/// Writers of a table whose rows change: `insert` answers whether the row went in (a unique constraint may
/// say no), `save` writes every column of the row with its id.
macro_rules! writers {
    ($($entity:ident: $row:ident, $insert:ident, $save:ident;)+) => {$(
        pub type $row = $entity::Model;

        pub async fn $insert(tx: &Tx, row: $row) -> Result<bool, DbErr> {
            let inserted = $entity::Entity::insert(row.into_active_model())
                .on_conflict(on_any_conflict())
                .exec_without_returning(tx)
                .await?;
            Ok(inserted == 1)
        }

        pub async fn $save(tx: &Tx, row: &$row) -> Result<(), DbErr> {
            $entity::Entity::update_many()
                .set(row.clone().into_active_model().reset_all())
                .filter($entity::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
            Ok(())
        }
    )+};
}
use writers;

/// Rows of one statement: PostgreSQL takes at most 65,535 values.
pub const INSERT_ROWS: usize = 500;
