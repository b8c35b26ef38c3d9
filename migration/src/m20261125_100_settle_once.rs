//! A season is settled once: a true-up by spend leaves nothing of the same money to refund, and once the close has
//! divided what was not spent, nothing is trued up any more.

use sea_orm_migration::prelude::*;

use crate::dialect;

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Name, table, event, condition, and what is said where it holds.
const GUARDS: [(&str, &str, &str, &str, &str); 4] = [
    (
        "true_up_before_close",
        "true_up",
        "INSERT",
        "EXISTS (SELECT 1 FROM fund_closing c WHERE c.fund_id = NEW.fund_id)",
        "true_up: the close has divided what was not spent",
    ),
    (
        "true_up_applied_before_close",
        "true_up",
        "UPDATE",
        "NEW.state = 'applied' AND EXISTS (SELECT 1 FROM fund_closing c WHERE c.fund_id = NEW.fund_id)",
        "true_up: the close has divided what was not spent",
    ),
    (
        "fund_closing_after_true_up",
        "fund_closing",
        "INSERT",
        "EXISTS (SELECT 1 FROM true_up t WHERE t.fund_id = NEW.fund_id AND t.state = 'proposed')",
        "fund_closing: a true-up is open",
    ),
    (
        "refund_beyond_true_up",
        "refund",
        "INSERT",
        "NEW.amount_minor > 0 AND EXISTS (SELECT 1 FROM true_up t JOIN true_up_line l ON l.true_up_id = t.id
    WHERE t.fund_id = NEW.fund_id AND t.state = 'applied' AND t.basis = 'spend'
    AND l.membership_id = NEW.membership_id AND NEW.amount_minor > NEW.paid_minor - l.final_minor)",
        "refund: the true-up has settled it",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, event, condition, told) in GUARDS {
            let on_sqlite = format!(
                "CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} \
                 BEGIN SELECT RAISE(ABORT, '{told}'); END"
            );
            let function = format!(
                "CREATE FUNCTION {name}_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF {condition} THEN RAISE EXCEPTION '{told}'; END IF;
  RETURN NEW; END $$"
            );
            let trigger = format!(
                "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_guard()"
            );
            dialect::either(manager, &[&on_sqlite], &[&function, &trigger]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, ..) in GUARDS {
            let on_sqlite = format!("DROP TRIGGER {name}");
            let trigger = format!("DROP TRIGGER {name} ON {table}");
            let function = format!("DROP FUNCTION {name}_guard");
            dialect::either(manager, &[&on_sqlite], &[&trigger, &function]).await?;
        }
        Ok(())
    }
}
