//! What people write about a promotion.

use chrono::NaiveDate;
use chrono::NaiveDateTime;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::kernel::ids::AssessmentId;
use crate::kernel::ids::FundId;
use crate::kernel::money::MAX_AMOUNT;
use crate::kernel::text;
use crate::promotions::domain::templates::Template;
use crate::promotions::domain::terms::Exclusion;
use crate::promotions::domain::terms::Requirements;
use crate::promotions::domain::terms::TermsChange;
use crate::promotions::routes::views::PhaseBody;
use crate::promotions::routes::views::present;

/// Most entries of a scope.
const SCOPE_MAX: usize = 200;
/// Most characters of a description or of criteria.
const TEXT_MAX: usize = 4_000;
/// Most phases of a promotion.
const PHASES_MAX: usize = 60;
/// Most places of a promotion.
const PLACES_MAX: i64 = 1_000_000;

/// A body about a promotion: its own fields, then those that new promotions and changes share, and what they say
/// about the terms.
macro_rules! promotion_body {
    ($(#[$about:meta])* $body:ident { $($own:tt)* }) => {
        #[derive(Debug, Deserialize, garde::Validate, ToSchema)]
        $(#[$about])*
        #[serde(deny_unknown_fields)]
        #[garde(allow_unvalidated)]
        pub struct $body {
            $($own)*
            /// What it is about.
            #[garde(custom(text::paragraph), inner(length(chars, max = TEXT_MAX)))]
            #[schema(max_length = 4000)]
            pub(super) description: Option<String>,
            /// What members need to take part.
            #[garde(custom(text::paragraph), inner(length(chars, max = TEXT_MAX)))]
            #[schema(max_length = 4000)]
            pub(super) criteria: Option<String>,
            /// A festival of the catalogue, or of the alliance's own.
            #[schema(max_length = 40)]
            pub(super) festival: Option<String>,
            /// The year of the festival.
            #[schema(minimum = 2000, maximum = 2198)]
            pub(super) year: Option<i32>,
            /// The main day, where no year is named.
            pub(super) main_day: Option<NaiveDate>,
            /// A layout of phases; default is the festival's own.
            pub(super) template: Option<Template>,
            /// The phases, instead of a template.
            #[garde(inner(length(min = 1, max = PHASES_MAX)))]
            #[schema(min_items = 1, max_items = 60)]
            pub(super) phases: Option<Vec<PhaseBody>>,
            /// Whether it suffers no other promotion of the same scope beside it.
            pub(super) exclusive: Option<bool>,
            /// The SKUs and categories that it is about; `*`, the default, is everything.
            #[garde(inner(length(min = 1, max = SCOPE_MAX), inner(custom(text::line))))]
            #[schema(min_items = 1, max_items = 200)]
            pub(super) scope: Option<Vec<String>>,
            /// Pairs of phases that one product cannot both be in; default are the template's.
            #[garde(dive)]
            #[schema(max_items = 60)]
            pub(super) exclusions: Option<Vec<Exclusion>>,
            /// What a product has to bring.
            #[garde(dive)]
            pub(super) requirements: Option<Requirements>,
            /// Whether an organizer decides on each enrolment; the default.
            pub(super) needs_approval: Option<bool>,
            /// When the vote on it closes, in local time; before enrolment does.
            #[serde(default, deserialize_with = "present")]
            #[schema(value_type = Option<String>, max_length = 40, example = "2026-09-10T18:00:00")]
            pub(super) vote_closes: Option<Option<NaiveDateTime>>,
            /// Last day on which the levy for it may be paid; before enrolment closes.
            #[serde(default, deserialize_with = "present")]
            #[schema(value_type = Option<NaiveDate>)]
            pub(super) levy_due: Option<Option<NaiveDate>>,
            /// Whether its end puts the edition of the next year before the members.
            pub(super) yearly: Option<bool>,
            /// What it may cost, in minor units.
            #[serde(default, deserialize_with = "present")]
            #[garde(inner(inner(range(min = 1, max = MAX_AMOUNT))))]
            #[schema(value_type = Option<i64>, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
            pub(super) budget_minor: Option<Option<i64>>,
            /// The line of the season's budget that pays for it.
            #[serde(default, deserialize_with = "present")]
            #[garde(inner(inner(custom(text::line))))]
            #[schema(value_type = Option<String>, max_length = 80)]
            pub(super) budget_line: Option<Option<String>>,
            /// The assessment that raises the money; its due date counts as the levy's.
            #[serde(default, deserialize_with = "present")]
            #[schema(value_type = Option<AssessmentId>)]
            pub(super) budget_assessment_id: Option<Option<AssessmentId>>,
        }

        impl $body {
            /// What it says about the terms.
            pub fn terms(&self) -> TermsChange {
                TermsChange {
                    exclusive: self.exclusive,
                    scope: self.scope.clone(),
                    exclusions: self.exclusions.clone(),
                    requirements: self.requirements.clone(),
                    needs_approval: self.needs_approval,
                    vote_closes: self.vote_closes,
                    levy_due: self.levy_due,
                    yearly: self.yearly,
                    budget_minor: self.budget_minor,
                    budget_line: self.budget_line.clone(),
                    budget_assessment_id: self.budget_assessment_id,
                }
            }
        }
    };
}

promotion_body! {
    /// A new promotion: its day by festival and year or by date, its phases by template or one by one.
    #[schema(example = json!({"name": "Double Eleven 2026", "festival": "double_eleven", "year": 2026,
        "template": "double_eleven", "criteria": "Ships within 48 hours", "capacity": 40}))]
    CreatePromotion {
        #[garde(custom(text::line))]
        #[schema(max_length = 80)]
        pub(super) name: String,
        /// The fund that pays for it.
        pub(super) budget_fund_id: Option<FundId>,
        /// Most members that may take part; without it any number.
        #[garde(inner(range(min = 1, max = PLACES_MAX)))]
        #[schema(minimum = 1, maximum = 1_000_000)]
        pub(super) capacity: Option<i64>,
    }
}

promotion_body! {
    /// Changes to a draft; what is absent stays.
    #[schema(example = json!({"name": "Double Eleven of the tea houses", "capacity": 60}))]
    ChangePromotion {
        #[garde(custom(text::line))]
        #[schema(max_length = 80)]
        pub(super) name: Option<String>,
        /// Null: no fund.
        #[serde(default, deserialize_with = "present")]
        #[schema(value_type = Option<FundId>)]
        pub(super) budget_fund_id: Option<Option<FundId>>,
        /// Null: any number.
        #[serde(default, deserialize_with = "present")]
        #[garde(inner(inner(range(min = 1, max = PLACES_MAX))))]
        #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
        pub(super) capacity: Option<Option<i64>>,
    }
}
