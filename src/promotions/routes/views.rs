//! What the routes of promotions read and show.

use chrono::NaiveDate;
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PhaseId;
use crate::kernel::ids::PromotionId;
use crate::kernel::time::Instant;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::repo::Phase;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::service::Item;
use crate::promotions::service::Loaded;

/// A half-open window of local time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PromotionPhaseInput)]
pub struct PhaseBody {
    /// Its kind, with `w1_`, `w2_` in front where there are waves.
    #[schema(max_length = 100, example = "w1_deposit")]
    phase: String,
    /// First moment, in the alliance's time zone.
    #[schema(value_type = String, max_length = 40, example = "2026-10-21T00:00:00")]
    from: NaiveDateTime,
    /// First moment after it.
    #[schema(value_type = String, max_length = 40, example = "2026-10-31T22:00:00")]
    to: NaiveDateTime,
}

impl PhaseBody {
    /// As the domain takes it.
    pub fn local(&self) -> LocalPhase<String> {
        LocalPhase {
            name: self.phase.clone(),
            from: self.from,
            to: self.to,
        }
    }
}

/// Tells null from absent.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A phase in local time and as instants, half-open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PromotionPhase)]
pub struct PhaseView {
    /// Stays when the promotion is moved.
    id: PhaseId,
    #[schema(max_length = 100)]
    phase: String,
    /// Local wall time: the truth.
    #[schema(max_length = 40)]
    from: String,
    /// First local time after it.
    #[schema(max_length = 40)]
    to: String,
    starts_at: Instant,
    ends_at: Instant,
}

impl From<Phase> for PhaseView {
    fn from(phase: Phase) -> Self {
        Self {
            id: phase.id,
            phase: phase.name,
            from: phase.local_from,
            to: phase.local_to,
            starts_at: phase.starts_at,
            ends_at: phase.ends_at,
        }
    }
}

/// A shared sale.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Promotion)]
pub struct PromotionView {
    id: PromotionId,
    alliance_id: AllianceId,
    #[schema(max_length = 80)]
    name: String,
    #[schema(max_length = 4000)]
    description: String,
    #[schema(max_length = 4000)]
    criteria: String,
    /// A festival of the catalogue.
    #[schema(max_length = 40)]
    festival: Option<String>,
    /// The layout of its phases, where they follow one.
    #[schema(max_length = 40)]
    template: Option<String>,
    main_day: NaiveDate,
    /// IANA name; the local times of the phases are read in it.
    #[schema(max_length = 64, example = "Asia/Shanghai")]
    time_zone: String,
    /// `draft`, `proposed`, `scheduled`, `running`, `ended`, `settled` or `cancelled`.
    #[schema(max_length = 20)]
    state: String,
    budget_fund_id: Option<FundId>,
    #[schema(minimum = 1, maximum = 1_000_000)]
    capacity: Option<i64>,
    #[schema(max_items = 60)]
    phases: Vec<PhaseView>,
    published_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Loaded> for PromotionView {
    fn from(loaded: Loaded) -> Self {
        let row = loaded.row;
        Self {
            id: row.id,
            alliance_id: row.alliance_id,
            name: row.name,
            description: row.description,
            criteria: row.criteria,
            festival: row.festival,
            template: row.template,
            main_day: row.main_day,
            time_zone: row.time_zone,
            state: row.state,
            budget_fund_id: row.budget_fund_id,
            capacity: row.capacity,
            phases: loaded.phases.into_iter().map(PhaseView::from).collect(),
            published_at: row.published_at,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// A member's participation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Enrolment)]
pub struct EnrolmentView {
    id: EnrolmentId,
    promotion_id: PromotionId,
    membership_id: MembershipId,
    /// `pending`, `approved`, `rejected` or `withdrawn`.
    #[schema(max_length = 20)]
    state: String,
    #[schema(value_type = Vec<Item>, max_items = 500)]
    items: serde_json::Value,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Enrolment> for EnrolmentView {
    fn from(row: Enrolment) -> Self {
        Self {
            id: row.id,
            promotion_id: row.promotion_id,
            membership_id: row.membership_id,
            state: row.state,
            items: row.items,
            version: row.version,
            created_at: row.created_at,
        }
    }
}
