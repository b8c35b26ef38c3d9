//! What changed between two contents of a quote, line by line, prices compared as numbers.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use utoipa::ToSchema;

use crate::kernel::money::UnitPrice;

/// A field with both its values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChangedField {
    #[schema(max_length = 80)]
    pub field: String,
    #[schema(value_type = Option<Object>)]
    pub before: Value,
    #[schema(value_type = Option<Object>)]
    pub after: Value,
}

/// A line that both contents have.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChangedLine {
    #[schema(max_length = 40)]
    pub line_ref: String,
    #[schema(max_items = 100)]
    pub fields: Vec<ChangedField>,
}

/// The difference of two contents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    #[schema(max_items = 50_000)]
    pub added: Vec<String>,
    #[schema(max_items = 50_000)]
    pub removed: Vec<String>,
    #[schema(max_items = 50_000)]
    pub changed: Vec<ChangedLine>,
    #[schema(minimum = 0, maximum = 50_000)]
    pub unchanged: u64,
}

/// Compares by `line_ref`. A field that is absent equals one that is `null`.
pub fn compare(before: &[Value], after: &[Value]) -> Difference {
    let (before, after) = (by_ref(before), by_ref(after));
    let mut difference = Difference::default();
    for (name, line) in &after {
        let Some(old) = before.get(name) else {
            difference.added.push((*name).to_owned());
            continue;
        };
        let fields = changed(old, line);
        if fields.is_empty() {
            difference.unchanged += 1;
        } else {
            difference.changed.push(ChangedLine {
                line_ref: (*name).to_owned(),
                fields,
            });
        }
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    difference.removed = gone.map(|name| (*name).to_owned()).collect();
    difference
}

fn by_ref(lines: &[Value]) -> BTreeMap<&str, &Map<String, Value>> {
    lines
        .iter()
        .filter_map(|line| Some((line["line_ref"].as_str()?, line.as_object()?)))
        .collect()
}

fn changed(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<ChangedField> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |line: &Map<String, Value>, name: &str| line.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| ChangedField {
            field: name.clone(),
            before: value(before, name),
            after: value(after, name),
        })
        .filter(|field| canonical(&field.before) != canonical(&field.after))
        .collect()
}

/// Prices in their one spelling, wherever they stand.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(fields) => {
            let one = |(name, value): (&String, &Value)| {
                let price = value
                    .as_str()
                    .filter(|_| name.ends_with("unit_price") || name == "per_unit");
                let price = price.and_then(UnitPrice::parse);
                let value = price.map_or_else(|| canonical(value), |p| Value::from(p.to_string()));
                (name.clone(), value)
            };
            Value::Object(fields.iter().map(one).collect())
        }
        other => other.clone(),
    }
}
