//! What went wrong: the log of tries, and addresses that do not work.

use chrono::TimeDelta;
use entity::address_fault;
use entity::answer_rule;
use entity::attempt;
use sea_orm::ActiveModelTrait;
use sea_orm::ActiveValue::Set;
use sea_orm::ColumnTrait;
use sea_orm::ConnectionTrait;
use sea_orm::DbErr;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::sea_query::OnConflict;

use crate::kernel::ids::CampaignId;
use crate::kernel::ids::DeliveryId;
use crate::kernel::page::Page;
use crate::kernel::page::Slice;
use crate::mail::domain::verdict::AnswerRule;
use crate::mail::domain::verdict::Verdict;
use crate::platform::db::Tx;

/// How far a try came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Mail,
    Rcpt,
    Data,
    /// The content was handed over.
    Content,
    /// It could not be written.
    Render,
    /// Its sender ended at work.
    Worker,
}

impl Stage {
    /// The word in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Rcpt => "rcpt",
            Self::Data => "data",
            Self::Content => "content",
            Self::Render => "render",
            Self::Worker => "worker",
        }
    }
}

/// Why a try did not end with a 250.
#[derive(Debug, Clone)]
pub struct Fault {
    pub stage: Stage,
    pub code: Option<u16>,
    pub enhanced: Option<String>,
    pub text: String,
    /// What was made of the answer; `unknown` where there was none.
    pub verdict: Option<Verdict>,
    /// How long the try took.
    pub ms: i64,
}

impl Fault {
    /// A fault without an answer of a server.
    pub fn silent(stage: Stage, text: impl Into<String>) -> Self {
        Self {
            stage,
            code: None,
            enhanced: None,
            text: text.into(),
            verdict: None,
            ms: 0,
        }
    }
}

/// The try that a row of the log is about.
#[derive(Debug, Clone)]
pub struct Try {
    pub delivery: DeliveryId,
    pub campaign: Option<CampaignId>,
    /// From 1.
    pub n: i32,
    pub relay: Option<String>,
}

/// A row of the log.
pub fn logged(tx: &Tx, id: uuid::Uuid, of: Try, fault: &Fault) -> attempt::ActiveModel {
    attempt::Model {
        id,
        delivery_id: of.delivery,
        campaign_id: of.campaign,
        n: of.n,
        at: tx.now(),
        relay: of.relay,
        stage: fault.stage.as_str().to_owned(),
        code: fault.code.map(i32::from),
        enhanced: fault.enhanced.clone(),
        text: fault.text.clone(),
        ms: fault.ms,
        verdict: fault.verdict.map_or("unknown", Verdict::as_str).to_owned(),
    }
    .into_active_model()
    .reset_all()
}

/// Writes rows of the log.
///
/// # Errors
/// When the database refuses.
pub async fn log(tx: &Tx, rows: Vec<attempt::ActiveModel>) -> Result<(), DbErr> {
    if !rows.is_empty() {
        attempt::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// The tries of a campaign that did not end with a 250, in their order.
///
/// # Errors
/// When the database refuses.
pub async fn of_campaign(
    c: &impl ConnectionTrait,
    campaign: CampaignId,
    page: Page,
) -> Result<Slice<attempt::Model>, DbErr> {
    let mut query = attempt::Entity::find().filter(attempt::Column::CampaignId.eq(campaign));
    if let Some(after) = page.after {
        query = query.filter(attempt::Column::Id.gt(after));
    }
    let rows = query
        .order_by_asc(attempt::Column::Id)
        .limit(page.limit + 1)
        .all(c)
        .await?;
    Ok(Slice::cut(rows, page, |row| row.id))
}

/// Within this time a second refusal says that the address does not work.
const SECOND_CHANCE: TimeDelta = TimeDelta::days(30);

/// Notes that an address was refused for good, for a reason that is not known. Answers whether that
/// happened before, within 30 days.
///
/// # Errors
/// When the database refuses.
pub async fn refused_again(tx: &Tx, email: &str) -> Result<bool, DbErr> {
    let email = email.to_lowercase();
    let before = address_fault::Entity::find_by_id(email.clone())
        .one(tx)
        .await?;
    let row = address_fault::ActiveModel {
        email: Set(email),
        refused_at: Set(tx.now()),
    };
    address_fault::Entity::insert(row)
        .on_conflict(
            OnConflict::column(address_fault::Column::Email)
                .update_column(address_fault::Column::RefusedAt)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(before.is_some_and(|row| row.refused_at.plus(SECOND_CHANCE) > tx.now()))
}

/// The rules by which answers are judged, in their order. A line that cannot be read is left out and told.
///
/// # Errors
/// When the database refuses.
pub async fn rules(c: &impl ConnectionTrait) -> Result<Vec<AnswerRule>, DbErr> {
    let rows = answer_rule::Entity::find()
        .order_by_asc(answer_rule::Column::Rank)
        .all(c)
        .await?;
    let read = |row: answer_rule::Model| {
        let verdict = Verdict::parse(&row.verdict)?;
        match AnswerRule::new(row.code, row.enhanced, row.pattern.as_deref(), verdict) {
            Ok(rule) => Some(rule),
            Err(error) => {
                tracing::error!(rank = row.rank, %error, "a rule for answers cannot be read");
                None
            }
        }
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
