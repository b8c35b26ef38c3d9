//! A page of a member's statement in a large ledger, compared with the same page in a small one.
//!
//! `cargo bench --bench statement` prints both on SQLite, and on PostgreSQL where `GUILDHALL_TEST_POSTGRES_URL` is set,
//! beside the limit: with 1,000,000 postings in the ledger at most 1.5 times the time with 10,000.
//! `GUILDHALL_BENCH_POSTINGS` takes another number than 1,000,000.
#![expect(clippy::float_arithmetic, reason = "figures for people, no money")]

#[path = "../tests/suite/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the harness of the tests, which use more of it"
)]
mod support;
#[path = "../tests/suite/funds/world.rs"]
#[expect(dead_code, reason = "the world of the tests, which use more of it")]
mod world;

use std::time::Instant;

use entity::account;
use entity::ledger_transaction;
use entity::posting;
use guildhall::kernel::ids::AccountId;
use guildhall::kernel::ids::FundId;
use guildhall::kernel::ids::LedgerTransactionId;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use uuid::Uuid;

use crate::support::Database;
use crate::support::TestApp;
use crate::world::NOTICES;
use crate::world::World;

const SMALL: i64 = 10_000;
const LARGE: i64 = 1_000_000;
const LIMIT: f64 = 1.5;
const READS: usize = 200;
/// Members between whom the other postings are spread.
const OTHERS: usize = 500;
/// Transactions written at once: two postings each.
const ROWS: i64 = 400;

#[actix_web::main]
async fn main() {
    if support::postgres_is_offered() {
        compare(Database::Postgres).await;
    }
    compare(Database::Sqlite).await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is told by its environment"
)]
fn wanted() -> i64 {
    std::env::var("GUILDHALL_BENCH_POSTINGS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(LARGE)
}

async fn compare(database: Database) {
    let world = World::found(TestApp::start(database).await).await;
    let path = world.collecting("D11-2026").await;
    for member in 0..NOTICES.len() {
        for _ in 0..20 {
            world.pay(&path, member, 1_000).await.expect(201);
        }
    }
    let fund: FundId = path["/v1/funds/".len()..].parse().expect("an id");
    let mut filler = Filler::new(&world, fund).await;
    filler.fill(&world, SMALL).await;
    let small = read(&world, fund).await;
    let large = wanted();
    filler.fill(&world, large).await;
    let big = read(&world, fund).await;
    println!(
        "{database:?}: a page of a statement takes {:.2} ms with {SMALL} postings and {:.2} ms with {large}; ratio {:.2}, limit {LIMIT}",
        small * 1e3,
        big * 1e3,
        big / small
    );
}

/// The median time of a page, in seconds; the service has read it before, as it has in practice.
async fn read(world: &World, fund: FundId) -> f64 {
    let path = world.path(&format!("statements/me?fund_id={fund}&limit=25"));
    let mut times = Vec::with_capacity(READS);
    for number in 0..READS + 20 {
        let started = Instant::now();
        let page = world.owners[1].get(&path).await;
        page.expect(200);
        if number >= 20 {
            times.push(started.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    times[READS / 2]
}

/// Writes postings of others by rows.
struct Filler {
    fund: FundId,
    model: ledger_transaction::Model,
    bank: account::Model,
    others: Vec<account::Model>,
    postings: i64,
}

impl Filler {
    #[expect(clippy::too_many_lines, reason = "one block per table, each alike")]
    async fn new(world: &World, fund: FundId) -> Self {
        let db = world.app.ctx().db.for_migration();
        let guards: &[&str] = match db.get_database_backend() {
            sea_orm::DbBackend::Sqlite => &[
                "DROP TRIGGER ledger_transaction_seal",
                "DROP TRIGGER posting_before_seal",
            ],
            _ => &[
                "DROP TRIGGER ledger_transaction_seal ON ledger_transaction",
                "DROP TRIGGER posting_before_seal ON posting",
            ],
        };
        for guard in guards {
            db.execute_unprepared(guard).await.expect("dropped");
        }
        let model = ledger_transaction::Entity::find()
            .filter(ledger_transaction::Column::FundId.eq(fund))
            .order_by_desc(ledger_transaction::Column::Sequence)
            .one(db)
            .await
            .expect("read")
            .expect("a transaction");
        let accounts = account::Entity::find()
            .filter(account::Column::FundId.eq(fund))
            .all(db)
            .await
            .expect("accounts");
        let bank = accounts
            .iter()
            .find(|a| a.kind == "bank")
            .expect("a bank")
            .clone();
        let newest = posting::Entity::find()
            .filter(posting::Column::FundId.eq(fund))
            .order_by_desc(posting::Column::Sequence)
            .one(db)
            .await
            .expect("read")
            .expect("a posting");
        let ids = world.app.ctx().ids;
        let others: Vec<account::Model> = (0..OTHERS)
            .map(|_| account::Model {
                id: ids.fresh::<AccountId>(),
                kind: "receivable".to_owned(),
                party: ids.fresh::<Uuid>().to_string(),
                balance_minor: 0,
                ..bank.clone()
            })
            .collect();
        let rows = others
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        account::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await
            .expect("accounts");
        Self {
            fund,
            model,
            bank,
            others,
            postings: newest.sequence,
        }
    }

    /// Until there are so many postings.
    async fn fill(&mut self, world: &World, postings: i64) {
        let db = world.app.ctx().db.clone();
        while self.postings < postings {
            let count = ROWS.min((postings - self.postings + 1) / 2);
            let (transactions, legs) = self.rows(world, count);
            db.write(async |tx| {
                let legs = legs
                    .iter()
                    .map(|row| row.clone().into_active_model().reset_all());
                posting::Entity::insert_many(legs)
                    .exec_without_returning(tx)
                    .await?;
                let rows = transactions
                    .iter()
                    .map(|row| row.clone().into_active_model().reset_all());
                ledger_transaction::Entity::insert_many(rows)
                    .exec_without_returning(tx)
                    .await?;
                Ok(())
            })
            .await
            .expect("written");
        }
        let analyze = db.for_migration().execute_unprepared("ANALYZE").await;
        analyze.expect("analyzed");
    }

    fn rows(
        &mut self,
        world: &World,
        count: i64,
    ) -> (Vec<ledger_transaction::Model>, Vec<posting::Model>) {
        let ids = world.app.ctx().ids;
        let mut transactions = Vec::new();
        let mut legs = Vec::new();
        for _ in 0..count {
            self.model.id = ids.fresh::<LedgerTransactionId>();
            self.model.sequence += 1;
            self.model.postings = 2;
            self.model.document_ref = ids.fresh();
            let place = usize::try_from(self.model.sequence).unwrap_or(0) % self.others.len();
            self.bank.balance_minor += 1;
            self.others[place].balance_minor -= 1;
            for (account, amount) in [(&self.bank, 1), (&self.others[place], -1)] {
                self.postings += 1;
                legs.push(posting::Model {
                    id: ids.fresh(),
                    alliance_id: account.alliance_id,
                    fund_id: self.fund,
                    transaction_id: self.model.id,
                    account_id: account.id,
                    sequence: self.postings,
                    amount_minor: amount,
                    balance_minor: account.balance_minor,
                });
            }
            transactions.push(self.model.clone());
        }
        (transactions, legs)
    }
}
