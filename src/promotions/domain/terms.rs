//! The terms of a promotion beside its phases: what it claims, whom it takes, and what it waits for.

use std::collections::BTreeSet;

use chrono::Days;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::ids::AssessmentId;
use crate::kernel::problem::FieldError;
use crate::kernel::text;
use crate::promotions::domain::conflicts::EVERYTHING;
use crate::promotions::domain::phases::LocalPhase;
use crate::promotions::domain::phases::Milestones;
use crate::promotions::domain::phases::PhaseName;

/// Most exclusions of a promotion.
const EXCLUSIONS_MAX: usize = 60;

/// Two phases that one product cannot both be in, though they need not overlap.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, garde::Validate, ToSchema,
)]
#[serde(deny_unknown_fields)]
#[schema(as = PhaseExclusion, example = json!({"a": "w1_main", "b": "w2_deposit"}))]
pub struct Exclusion {
    /// A phase of the promotion.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    pub a: String,
    /// Another.
    #[garde(custom(text::line))]
    #[schema(max_length = 80)]
    pub b: String,
}

/// What a product has to bring.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, garde::Validate, ToSchema,
)]
#[serde(deny_unknown_fields, default)]
#[schema(as = EnrolmentRequirements, example = json!({"min_discount_bp": 1000, "min_stock": 20, "categories": ["tea"]}))]
pub struct Requirements {
    /// Least discount against the member's own prior price, in basis points: 1000 is 10 %.
    #[garde(inner(range(min = 1, max = 9_999)))]
    #[schema(minimum = 1, maximum = 9_999)]
    pub min_discount_bp: Option<u32>,
    /// Least stock of each product.
    #[garde(inner(range(min = 1, max = 1_000_000_000)))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub min_stock: Option<i64>,
    /// Categories that are wanted; empty: any.
    #[garde(length(max = 100), inner(custom(text::line)))]
    #[schema(max_items = 100)]
    pub categories: Vec<String>,
    /// Most products of one member.
    #[garde(inner(range(min = 1, max = 500)))]
    #[schema(minimum = 1, maximum = 500)]
    pub max_items: Option<u32>,
}

/// The terms; a missing value is the default that is written here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Whether it suffers no other promotion of the same scope beside it.
    pub exclusive: bool,
    /// SKUs and categories that it is about, or everything.
    pub scope: Vec<String>,
    pub exclusions: Vec<Exclusion>,
    pub requirements: Requirements,
    /// Whether an organizer decides on each enrolment.
    pub needs_approval: bool,
    /// When the vote on it closes, in local time.
    pub vote_closes: Option<NaiveDateTime>,
    /// Last day on which the levy for it may be paid.
    pub levy_due: Option<NaiveDate>,
    /// Whether its end puts the edition of the next year before the members.
    pub yearly: bool,
    /// What it may cost, in minor units.
    pub budget_minor: Option<i64>,
    /// The line of the season's budget that pays for it.
    pub budget_line: Option<String>,
    /// The assessment that raises it.
    pub budget_assessment_id: Option<AssessmentId>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            exclusive: false,
            scope: vec![EVERYTHING.to_owned()],
            exclusions: Vec::new(),
            requirements: Requirements::default(),
            needs_approval: true,
            vote_closes: None,
            levy_due: None,
            yearly: false,
            budget_minor: None,
            budget_line: None,
            budget_assessment_id: None,
        }
    }
}

impl Terms {
    /// What has to come before enrolment closes. A levy may be paid until its day is over.
    pub fn milestones(&self) -> Milestones {
        let over = |day: NaiveDate| {
            day.checked_add_days(Days::new(1))
                .map(|next| next.and_time(NaiveTime::MIN))
        };
        Milestones {
            vote_closes: self.vote_closes,
            levy_due: self.levy_due.and_then(over),
        }
    }

    /// Moves its dates along with the main day.
    pub fn shift(&mut self, span: TimeDelta) {
        self.vote_closes = self.vote_closes.and_then(|at| at.checked_add_signed(span));
        self.levy_due = self.levy_due.and_then(|at| at.checked_add_signed(span));
    }

    /// Exclusions that name a phase that the promotion does not have, or one phase twice.
    pub fn faults(&self, phases: &[LocalPhase<PhaseName>]) -> Vec<FieldError> {
        let names: BTreeSet<String> = phases.iter().map(|p| p.name.to_string()).collect();
        let mut faults = Vec::new();
        if self.exclusions.len() > EXCLUSIONS_MAX {
            let detail = format!("At most {EXCLUSIONS_MAX} exclusions.");
            faults.push(FieldError::new("#/exclusions", "length", detail));
            return faults;
        }
        for (index, pair) in self.exclusions.iter().enumerate() {
            for (side, name) in [("a", &pair.a), ("b", &pair.b)] {
                if !names.contains(name) {
                    faults.push(FieldError::new(
                        format!("#/exclusions/{index}/{side}"),
                        "phase_unknown",
                        format!("The promotion has no phase '{name}'."),
                    ));
                }
            }
            if pair.a == pair.b {
                faults.push(FieldError::new(
                    format!("#/exclusions/{index}"),
                    "phase_repeated",
                    "An exclusion is between two different phases.",
                ));
            }
        }
        faults
    }
}

/// What of the terms changes; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct TermsChange {
    pub exclusive: Option<bool>,
    pub scope: Option<Vec<String>>,
    pub exclusions: Option<Vec<Exclusion>>,
    pub requirements: Option<Requirements>,
    pub needs_approval: Option<bool>,
    pub vote_closes: Option<Option<NaiveDateTime>>,
    pub levy_due: Option<Option<NaiveDate>>,
    pub yearly: Option<bool>,
    pub budget_minor: Option<Option<i64>>,
    pub budget_line: Option<Option<String>>,
    pub budget_assessment_id: Option<Option<AssessmentId>>,
}

impl TermsChange {
    /// Puts what changes into `terms`.
    pub fn apply(&self, terms: &mut Terms) {
        put(&mut terms.exclusive, self.exclusive.as_ref());
        put(&mut terms.scope, self.scope.as_ref());
        put(&mut terms.exclusions, self.exclusions.as_ref());
        put(&mut terms.requirements, self.requirements.as_ref());
        put(&mut terms.needs_approval, self.needs_approval.as_ref());
        put(&mut terms.vote_closes, self.vote_closes.as_ref());
        put(&mut terms.levy_due, self.levy_due.as_ref());
        put(&mut terms.yearly, self.yearly.as_ref());
        put(&mut terms.budget_minor, self.budget_minor.as_ref());
        put(&mut terms.budget_line, self.budget_line.as_ref());
        put(
            &mut terms.budget_assessment_id,
            self.budget_assessment_id.as_ref(),
        );
    }

    /// Whether the phases have to be checked again.
    pub const fn touches_phases(&self) -> bool {
        self.exclusions.is_some()
            || self.vote_closes.is_some()
            || self.levy_due.is_some()
            || self.budget_assessment_id.is_some()
    }
}

fn put<T: Clone>(place: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        place.clone_from(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_levy_may_be_paid_until_its_day_is_over() {
        let terms = Terms {
            levy_due: Some("2026-09-24".parse().expect("a date")),
            ..Terms::default()
        };
        let due = terms.milestones().levy_due.map(|at| at.to_string());
        assert_eq!(due.as_deref(), Some("2026-09-25 00:00:00"));
    }

    #[test]
    fn stored_terms_of_any_age_are_read() {
        let empty: Terms = serde_json::from_str("{}").expect("terms");
        assert_eq!(empty, Terms::default());
        let back = serde_json::to_value(&empty).expect("JSON");
        assert_eq!(serde_json::from_value::<Terms>(back).ok(), Some(empty));
    }
}
