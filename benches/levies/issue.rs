//! Issuing notices against the same rows by plain inserts.

use std::collections::HashMap;
use std::time::Instant;

use entity::account;
use entity::assessment_line;
use entity::delivery;
use entity::levy_notice;
use entity::posting;
use guildhall::kernel::ids::AccountId;
use guildhall::kernel::ids::AssessmentId;
use guildhall::kernel::ids::FundId;
use guildhall::kernel::ids::LedgerTransactionId;
use guildhall::kernel::problem::Failure;
use guildhall::mandates::Matter;
use sea_orm::ActiveModelTrait;
use sea_orm::ColumnTrait;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;

use crate::crowd::Crowd;
use crate::support;
use crate::support::Database;
use crate::support::TestApp;

const GOAL: f64 = 0.3;
const ROWS: usize = 500;

/// Both databases, as far as they are offered.
pub async fn run() {
    if support::postgres_is_offered() {
        compare(Database::Postgres).await;
    }
    compare(Database::Sqlite).await;
}

async fn compare(database: Database) {
    let count = crate::members(10_000);
    let crowd = Crowd::found(TestApp::start(database).await, count, true).await;
    let (fund, assessment) = crowd.propose("A", count).await;
    let (twin_fund, twin) = crowd.propose("B", count).await;
    let alliance = &crowd.alliance;
    crowd
        .app
        .decide(alliance, Matter::SeasonBudget, &assessment)
        .await;
    crowd.app.drain().await;
    let path = format!("/v1/assessments/{assessment}");
    let started = Instant::now();
    crowd
        .organizer
        .transition(&path, "issue", None)
        .await
        .expect(200);
    let ours = started.elapsed().as_secs_f64();
    let rows = Written::by(&crowd, &fund)
        .await
        .moved(&crowd, &twin_fund, &twin)
        .await;
    let number = rows.number();
    let theirs = rows.insert(&crowd).await;
    println!(
        "{database:?}: notices to {count} members in one transaction: {ours:.2} s; the same {number} rows by multi-row inserts: {theirs:.2} s; ratio {:.2}, goal {GOAL}",
        theirs / ours
    );
}

/// What an issue writes by the member.
struct Written {
    accounts: Vec<account::Model>,
    notices: Vec<levy_notice::Model>,
    postings: Vec<posting::Model>,
    mails: Vec<delivery::Model>,
}

impl Written {
    async fn by(crowd: &Crowd, fund: &str) -> Self {
        let fund: FundId = fund.parse().expect("an id");
        let c = crowd.app.ctx().db.reader();
        Self {
            accounts: account::Entity::find()
                .filter(account::Column::FundId.eq(fund))
                .all(&c)
                .await
                .expect("rows"),
            notices: levy_notice::Entity::find()
                .filter(levy_notice::Column::FundId.eq(fund))
                .all(&c)
                .await
                .expect("rows"),
            postings: posting::Entity::find()
                .filter(posting::Column::FundId.eq(fund))
                .all(&c)
                .await
                .expect("rows"),
            mails: delivery::Entity::find()
                .filter(delivery::Column::Category.eq("levy_notice"))
                .all(&c)
                .await
                .expect("rows"),
        }
    }

    /// The same rows for another fund, whose assessment has the same lines.
    async fn moved(mut self, crowd: &Crowd, fund: &str, assessment: &str) -> Self {
        let ids = crowd.app.ctx().ids;
        let fund: FundId = fund.parse().expect("an id");
        let assessment: AssessmentId = assessment.parse().expect("an id");
        let c = crowd.app.ctx().db.reader();
        let lines = assessment_line::Entity::find()
            .filter(assessment_line::Column::AssessmentId.eq(assessment))
            .all(&c)
            .await
            .expect("rows");
        let lines: HashMap<_, _> = lines.into_iter().map(|l| (l.membership_id, l.id)).collect();
        let mut accounts: HashMap<AccountId, AccountId> = HashMap::new();
        for row in &mut self.accounts {
            let fresh = ids.fresh();
            accounts.insert(row.id, fresh);
            (row.id, row.fund_id) = (fresh, fund);
        }
        for row in &mut self.notices {
            (row.id, row.fund_id) = (ids.fresh(), fund);
            row.assessment_id = assessment.into();
            row.line_id = lines[&row.membership_id].into();
        }
        let transaction: LedgerTransactionId = ids.fresh();
        for row in &mut self.postings {
            (row.id, row.fund_id) = (ids.fresh(), fund);
            row.transaction_id = transaction;
            row.account_id = accounts[&row.account_id];
        }
        for row in &mut self.mails {
            row.id = ids.fresh();
            row.dedupe_key = row.dedupe_key.take().map(|key| format!("twin:{key}"));
        }
        self
    }

    fn number(&self) -> usize {
        self.accounts.len() + self.notices.len() + self.postings.len() + self.mails.len()
    }

    /// Seconds of inserting everything; taken back afterwards.
    async fn insert(&self, crowd: &Crowd) -> f64 {
        let mut seconds = 0.0;
        let taken = std::sync::Mutex::new(0.0);
        let outcome: Result<(), Failure> = crowd
            .app
            .ctx()
            .db
            .write(async |tx| {
                let started = Instant::now();
                macro_rules! put {
                    ($entity:ident, $rows:expr) => {
                        for some in $rows.chunks(ROWS) {
                            let rows = some
                                .iter()
                                .map(|row| row.clone().into_active_model().reset_all());
                            $entity::Entity::insert_many(rows)
                                .exec_without_returning(tx)
                                .await?;
                        }
                    };
                }
                put!(account, self.accounts);
                put!(levy_notice, self.notices);
                put!(posting, self.postings);
                put!(delivery, self.mails);
                *taken.lock().expect("one at a time") = started.elapsed().as_secs_f64();
                Err(anyhow::anyhow!("taken back").into())
            })
            .await;
        assert!(outcome.is_err());
        seconds += *taken.lock().expect("one at a time");
        assert!(seconds > 0.0, "nothing was inserted: {outcome:?}");
        seconds
    }
}
