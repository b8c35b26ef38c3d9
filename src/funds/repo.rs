//! SQL of funds, one file per document.

pub mod assessments;
pub mod books;
pub mod closings;
pub mod credits;
pub mod dues;
pub mod expenses;
pub mod funds;
pub mod in_kind;
pub mod invariants;
pub mod ledger;
pub mod notices;
pub mod payments;
pub mod periods;
pub mod pledges;
pub mod policies;
pub mod refunds;
pub mod reservations;
pub mod reversals;
pub mod sponsors;
pub mod statements;
pub mod transfers;
pub mod true_ups;

use sea_orm::ActiveModelTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;

use crate::platform::db::Tx;

pub type Period = entity::fund_period::Model;
pub type Policy = entity::levy_policy::Model;
pub type PolicyAdoption = entity::levy_policy_adoption::Model;
pub type TrueUp = entity::true_up::Model;
pub type TrueUpLine = entity::true_up_line::Model;
pub type Fund = entity::fund::Model;
pub type Assessment = entity::assessment::Model;
pub type AssessmentLine = entity::assessment_line::Model;
pub type Notice = entity::levy_notice::Model;
pub type Payment = entity::payment::Model;
pub type Allocation = entity::payment_allocation::Model;
pub type Bounce = entity::payment_bounce::Model;
pub type InstalmentRow = entity::levy_notice_instalment::Model;
pub type Dispute = entity::levy_dispute::Model;
pub type Reminder = entity::levy_reminder::Model;
pub type CreditNote = entity::credit_note::Model;
pub type CreditUse = entity::credit_use::Model;
pub type CreditPart = entity::credit_use_allocation::Model;
pub type Pledge = entity::pledge::Model;
pub type Expense = entity::expense::Model;
pub type ExpenseApproval = entity::expense_approval::Model;
pub type Deal = entity::sponsor_deal::Model;
pub type SponsorReceipt = entity::sponsor_receipt::Model;
pub type Gift = entity::in_kind::Model;
pub type Transfer = entity::fund_transfer::Model;
pub type FundClosing = entity::fund_closing::Model;
pub type Reservation = entity::reservation::Model;
pub type Reversal = entity::reversal::Model;
pub type Refund = entity::refund::Model;
pub type Account = entity::account::Model;
pub type Transaction = entity::ledger_transaction::Model;
pub type Posting = entity::posting::Model;

/// Rows of one statement: below the databases' limits on variables.
pub const INSERT_ROWS: usize = 500;

/// Inserts rows of a table, some with each statement; without any there is nothing to do.
///
/// # Errors
/// When the database refuses.
pub async fn insert_all<M, A>(tx: &Tx, rows: Vec<M>) -> Result<(), DbErr>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait + Send,
{
    let mut rows = rows
        .into_iter()
        .map(|row| row.into_active_model().reset_all());
    loop {
        let some: Vec<A> = rows.by_ref().take(INSERT_ROWS).collect();
        if some.is_empty() {
            return Ok(());
        }
        <A::Entity as EntityTrait>::insert_many(some)
            .exec_without_returning(tx)
            .await?;
    }
}
