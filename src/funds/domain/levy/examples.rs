//! Rules that real institutions charge by, as ready-made examples with their sources.

use std::sync::LazyLock;

use serde::Deserialize;
use serde::Serialize;
use utoipa::ToSchema;

use super::Rule;

/// One rule with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyExample)]
pub struct Example {
    /// Its name here.
    #[schema(max_length = 60)]
    pub name: String,
    /// Whose rule it is, in a few words.
    #[schema(max_length = 200)]
    pub title: String,
    /// Where it is published.
    #[schema(max_length = 1000)]
    pub source: String,
    /// What was decided where the source says nothing.
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    /// The rule, in the amounts of its own currency.
    pub rule: Rule,
    /// What it measures.
    #[schema(max_items = 10)]
    pub measures: Vec<ExampleMeasure>,
}

/// A measure that a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LevyExampleMeasure)]
pub struct ExampleMeasure {
    #[schema(max_length = 40)]
    pub key: String,
    /// Whether it is money, in the currency of the rule.
    pub money: bool,
    /// What is counted, where it is no money.
    #[schema(max_length = 20)]
    pub unit: Option<String>,
    #[schema(max_length = 200)]
    pub description: String,
}

static ALL: LazyLock<Vec<Example>> =
    LazyLock::new(|| serde_json::from_str(include_str!("examples.json")).unwrap_or_default());

/// All examples, in the order of their publication here.
pub fn all() -> &'static [Example] {
    &ALL
}

/// An example by its name.
pub fn find(name: &str) -> Option<&'static Example> {
    all().iter().find(|example| example.name == name)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_examples_are_the_published_rules_with_their_sources() {
        let file = include_str!("../../../../tests/vectors/levy.json");
        let file: Value = serde_json::from_str(file).expect("vectors are JSON");
        let published = file["rules"].as_object().expect("rules");
        assert_eq!(all().len(), 31);
        assert_eq!(all().len(), published.len());
        for (name, rule) in published {
            let example = find(name).unwrap_or_else(|| panic!("{name} is missing"));
            let mut rule = rule.clone();
            let fields = rule.as_object_mut().expect("a rule");
            let source = fields.remove("source").unwrap_or_default();
            let note = fields.remove("note");
            assert_eq!(example.source, source, "{name}");
            assert_eq!(
                example.note.as_deref(),
                note.as_ref().and_then(Value::as_str)
            );
            let rule: Rule = serde_json::from_value(rule).expect("a rule");
            assert_eq!(example.rule, rule, "{name}");
            example.rule.check().expect("a sound rule");
        }
    }

    #[test]
    fn an_example_names_every_measure_that_its_rule_asks_for() {
        use crate::funds::domain::plan::Method;
        use crate::funds::domain::plan::Plan;
        use crate::funds::domain::plan::Rate;
        use crate::funds::domain::plan::Terms;
        for example in all() {
            let rule = example.rule.clone();
            let method = Method::Rate(Rate { rule });
            let terms = Terms::default();
            let plan = Plan { method, terms };
            let named: Vec<&str> = example.measures.iter().map(|m| m.key.as_str()).collect();
            assert_eq!(plan.measures().into_iter().collect::<Vec<_>>(), named);
            assert!(example.measures.iter().all(|m| m.money == m.unit.is_none()));
        }
    }
}
