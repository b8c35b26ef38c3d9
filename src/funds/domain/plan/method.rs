//! The two directions, as a policy stores them and a request brings them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;
use utoipa::PartialSchema;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::schema::OneOfBuilder;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::schema::Type;

use super::ClassFactor;
use crate::funds::domain::levy::Base;
use crate::funds::domain::levy::Rule;
use crate::funds::domain::levy::Step;
use crate::funds::domain::mix::Part;
use crate::kernel::ids::MembershipId;
use crate::kernel::rational::Exact;

/// How amounts come about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "direction", rename_all = "snake_case")]
pub enum Method {
    /// A budget is split into shares.
    Budget(Budget),
    /// A rule charges each member on its own.
    Rate(Rate),
}

/// The parts refuse unknown fields, so that the tag has to stand among their own.
fn tagged(part: RefOr<Schema>, word: &'static str) -> RefOr<Schema> {
    let RefOr::T(Schema::Object(mut object)) = part else {
        return part;
    };
    let tag = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some([word]));
    object.properties.insert("direction".to_owned(), tag.into());
    object.required.push("direction".to_owned());
    RefOr::T(Schema::Object(object))
}

impl PartialSchema for Method {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(tagged(Budget::schema(), "budget"))
            .item(tagged(Rate::schema(), "rate"))
            .description(Some("How amounts come about."))
            .into()
    }
}

impl ToSchema for Method {
    fn name() -> Cow<'static, str> {
        "LevyMethod".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Budget::schemas(schemas);
        Rate::schemas(schemas);
    }
}

/// The rate direction.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyByRate)]
pub struct Rate {
    /// Base, steps and rounding.
    pub rule: Rule,
}

/// The budget direction.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyByBudget)]
pub struct Budget {
    /// Where weights come from.
    pub weights: Weights,
    /// Discounts and surcharges of classes, on the weight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub factors: Vec<ClassFactor>,
    /// Least amount of every member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub floor_minor: Option<i64>,
    /// Largest amount of every member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub cap_minor: Option<i64>,
    /// Bounds of classes; where absent, those of every member.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub class_bounds: Vec<ClassBounds>,
    /// Bounds of single members; where absent, those of the class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub overrides: Vec<Bounds>,
    /// Every share is a multiple of this many minor units.
    #[serde(default = "one")]
    #[schema(default = 1, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub quantum_minor: i64,
    /// Members below a size are not in the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub exempt_below: Vec<ExemptBelow>,
    /// Members of these classes are not in the list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    pub exempt_classes: Vec<String>,
}

const fn one() -> i64 {
    1
}

/// Where weights come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = LevyWeights)]
pub enum Weights {
    /// A size.
    Measure { measure: String },
    /// The same for everybody.
    Equal {},
    /// Points of the member's class.
    ClassPoints { points: BTreeMap<String, Exact> },
    /// Points of the band that holds a size; lower bounds are included.
    BandPoints {
        measure: String,
        bands: Vec<BandPoint>,
    },
    /// Parts of several measures, each by its total.
    Mix { parts: Vec<Part> },
}

/// A band with its points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyBandPoint)]
pub struct BandPoint {
    /// Smallest size in the band.
    pub from: Exact,
    /// The weight of everybody in it.
    pub points: Exact,
}

/// Bounds of a class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyClassBounds)]
pub struct ClassBounds {
    /// Whose bounds.
    #[schema(max_length = 60)]
    pub class: String,
    /// Least amount in minor units.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub floor_minor: Option<i64>,
    /// Largest amount in minor units.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub cap_minor: Option<i64>,
}

/// Bounds of one member that differ from those of the policy.
#[derive(
    Debug, Clone, PartialEq, Eq, Serialize, Deserialize, garde::Validate, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[schema(as = LevyBounds)]
pub struct Bounds {
    /// Whose bounds.
    pub membership_id: MembershipId,
    /// Least amount in minor units; the policy's where absent.
    #[garde(range(min = 0, max = 9_007_199_254_740_991))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub floor_minor: Option<i64>,
    /// Largest amount in minor units; the policy's where absent.
    #[garde(range(min = 0, max = 9_007_199_254_740_991))]
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub cap_minor: Option<i64>,
}

/// Who is too small to be in the list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyExemptBelow)]
pub struct ExemptBelow {
    #[schema(max_length = 60)]
    pub measure: String,
    /// The smallest size that is not exempt.
    pub value: Exact,
}

impl Method {
    pub(super) fn measures(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        match self {
            Self::Budget(budget) => {
                budget.weights.measures(&mut found);
                found.extend(budget.exempt_below.iter().map(|e| e.measure.as_str()));
            }
            Self::Rate(rate) => {
                of_base(&rate.rule.base, &mut found);
                for step in &rate.rule.steps {
                    if let Step::ExemptBelow { measure, .. } = step {
                        found.insert(measure);
                    }
                }
            }
        }
        found
    }

    pub(super) fn first_measure(&self) -> Option<&str> {
        let mut found = BTreeSet::new();
        match self {
            Self::Budget(budget) => match &budget.weights {
                Weights::Mix { parts } => return parts.first().map(|p| p.measure.as_str()),
                weights => weights.measures(&mut found),
            },
            Self::Rate(rate) => of_base(&rate.rule.base, &mut found),
        }
        found.into_iter().next()
    }
}

impl Weights {
    fn measures<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        match self {
            Self::Measure { measure } | Self::BandPoints { measure, .. } => {
                found.insert(measure);
            }
            Self::Mix { parts } => found.extend(parts.iter().map(|p| p.measure.as_str())),
            Self::Equal {} | Self::ClassPoints { .. } => {}
        }
    }
}

fn of_base<'a>(base: &'a Base, found: &mut BTreeSet<&'a str>) {
    match base {
        Base::Flat { .. } | Base::Class { .. } => {}
        Base::Rate { measure, .. }
        | Base::Bands { measure, .. }
        | Base::Marginal { measure, .. } => {
            found.insert(measure);
        }
        Base::WholeBandRate {
            measure, select, ..
        } => {
            found.insert(measure);
            found.extend(select.as_deref());
        }
        Base::Sum { terms } | Base::MaxOf { terms } | Base::MinOf { terms } => {
            for term in terms {
                of_base(term, found);
            }
        }
    }
}
