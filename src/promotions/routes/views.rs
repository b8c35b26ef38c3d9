//! What the routes of promotions read and show.

use chrono::NaiveDate;
use chrono::NaiveDateTime;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::AllianceId;
use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::EnrolmentId;
use crate::kernel::ids::FundId;
use crate::kernel::ids::MembershipId;
use crate::kernel::ids::PhaseId;
use crate::kernel::ids::PromotionId;
use crate::kernel::time::Instant;
use crate::promotions::domain::offers::Accepted;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::terms::Exclusion;
use crate::promotions::domain::terms::Requirements;
use crate::promotions::repo::Phase;
use crate::promotions::repo::enrolments::Enrolment;
use crate::promotions::service::Loaded;
use crate::promotions::service::Shown;

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
    budget_assessment_id: Option<AssessmentId>,
    /// The line of the season's budget that pays for it.
    #[schema(max_length = 80)]
    budget_line: Option<String>,
    /// What it may cost, in minor units.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    budget_minor: Option<i64>,
    #[schema(minimum = 1, maximum = 1_000_000)]
    capacity: Option<i64>,
    /// Whether it suffers no other promotion of the same scope beside it.
    exclusive: bool,
    /// SKUs and categories; `*` is everything.
    #[schema(max_items = 200)]
    scope: Vec<String>,
    /// Pairs of phases that one product cannot both be in.
    #[schema(max_items = 60)]
    exclusions: Vec<Exclusion>,
    requirements: Requirements,
    /// Whether an organizer decides on each enrolment.
    needs_approval: bool,
    /// Local time at which the vote on it closes.
    #[schema(value_type = Option<String>, max_length = 40)]
    vote_closes: Option<NaiveDateTime>,
    /// Last day on which the levy for it may be paid.
    levy_due: Option<NaiveDate>,
    /// Whether its end puts the edition of the next year before the members.
    yearly: bool,
    /// The promotion of which it is the next edition.
    edition_of: Option<PromotionId>,
    /// From when on the offers of its members are public.
    public_from: Instant,
    #[schema(max_items = 60)]
    phases: Vec<PhaseView>,
    published_at: Option<Instant>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Loaded> for PromotionView {
    fn from(loaded: Loaded) -> Self {
        // What cannot be read is shown as if nothing had been said.
        let terms = loaded.terms().unwrap_or_default();
        let public_from = loaded.public_from();
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
            budget_assessment_id: terms.budget_assessment_id,
            budget_line: terms.budget_line,
            budget_minor: terms.budget_minor,
            capacity: row.capacity,
            exclusive: terms.exclusive,
            scope: terms.scope,
            exclusions: terms.exclusions,
            requirements: terms.requirements,
            needs_approval: terms.needs_approval,
            vote_closes: terms.vote_closes,
            levy_due: terms.levy_due,
            yearly: terms.yearly,
            edition_of: row.edition_of,
            public_from,
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
    /// What the member brings; stock and prior prices are shown to it and to those who decide.
    #[schema(max_items = 500)]
    items: Vec<Accepted>,
    /// Why it was let in after the deadline.
    #[schema(max_length = 400)]
    late_reason: Option<String>,
    /// Why it ended, where nobody withdrew it by hand: `instead` of which another was chosen, or
    /// `membership_ended`.
    #[schema(max_length = 40)]
    end_reason: Option<String>,
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
    created_at: Instant,
}

impl From<Shown> for EnrolmentView {
    fn from(shown: Shown) -> Self {
        let row = shown.row;
        let mut items: Vec<Accepted> = serde_json::from_value(row.items).unwrap_or_default();
        if !shown.in_full {
            for item in &mut items {
                item.stock = None;
                item.prior = None;
                item.at_start = None;
            }
        }
        Self {
            id: row.id,
            promotion_id: row.promotion_id,
            membership_id: row.membership_id,
            state: row.state,
            items,
            late_reason: row.late_reason.filter(|_| shown.in_full),
            end_reason: row.end_reason,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

impl From<Enrolment> for EnrolmentView {
    /// For its member and for those who decide.
    fn from(row: Enrolment) -> Self {
        Self::from(Shown { row, in_full: true })
    }
}
