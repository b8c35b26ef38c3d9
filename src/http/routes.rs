//! The route table, read from the OpenAPI document and the access table, so that no route can be forgotten.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::kernel::access::Rule;

/// What is known about one operation before its handler runs.
#[derive(Debug, Clone)]
pub struct Operation {
    pub rule: Rule,
    /// Path with its parameters in braces.
    pub template: String,
    /// Media types of the request body; empty where there is none.
    pub media_types: Vec<String>,
    /// Whether a body must be there.
    pub body_required: bool,
    /// Names of the query parameters.
    pub query: Vec<String>,
    /// First tag: the slice.
    pub tag: String,
}

/// Every path with its methods.
pub struct RouteTable {
    router: matchit::Router<BTreeMap<String, Operation>>,
}

/// Operations of the document that no rule allows, or rules without an operation.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the access table and the document differ: without rule {without_rule:?}, without operation {without_operation:?}"
)]
pub struct TableMismatch {
    pub without_rule: Vec<String>,
    pub without_operation: Vec<String>,
}

impl RouteTable {
    /// Joins the document with the access table.
    ///
    /// # Errors
    /// [`TableMismatch`] unless every operation has one rule and every rule one operation.
    pub fn build(document: &Value, rules: &[Rule]) -> Result<Self, TableMismatch> {
        let mut unused: BTreeMap<&str, Rule> = rules.iter().map(|r| (r.operation, *r)).collect();
        let mut without_rule = Vec::new();
        let mut router = matchit::Router::new();
        let empty = serde_json::Map::new();
        let paths = document["paths"].as_object().unwrap_or(&empty);
        for (path, item) in paths {
            let mut methods = BTreeMap::new();
            for (method, operation) in item.as_object().unwrap_or(&empty) {
                let name = operation["operationId"].as_str().unwrap_or_default();
                match unused.remove(name) {
                    Some(rule) => {
                        methods.insert(method.to_uppercase(), describe(path, operation, rule));
                    }
                    None => without_rule.push(format!("{name} ({method} {path})")),
                }
            }
            if router.insert(positional(path), methods).is_err() {
                without_rule.push(format!("{path} (conflicts with another path)"));
            }
        }
        let without_operation: Vec<String> = unused.keys().map(|n| (*n).to_owned()).collect();
        if without_rule.is_empty() && without_operation.is_empty() {
            Ok(Self { router })
        } else {
            Err(TableMismatch {
                without_rule,
                without_operation,
            })
        }
    }

    /// The methods of a path, if it is one of ours.
    pub fn find(&self, path: &str) -> Option<&BTreeMap<String, Operation>> {
        self.router.at(path).ok().map(|m| m.value)
    }
}

/// The `Allow` header of a path.
pub fn allow(methods: &BTreeMap<String, Operation>) -> String {
    let mut allowed: Vec<&str> = methods.keys().map(String::as_str).collect();
    if methods.contains_key("GET") {
        allowed.push("HEAD");
    }
    allowed.push("OPTIONS");
    allowed.sort_unstable();
    allowed.join(", ")
}

/// Parameters by position: the router refuses two names for one place.
fn positional(path: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut inside = false;
    for c in path.chars() {
        match c {
            '{' => {
                inside = true;
                count += 1;
                out.push_str(&format!("{{p{count}"));
            }
            '}' => {
                inside = false;
                out.push('}');
            }
            _ if inside => {}
            _ => out.push(c),
        }
    }
    out
}

fn describe(path: &str, operation: &Value, rule: Rule) -> Operation {
    let body = &operation["requestBody"];
    let query = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|p| p["in"] == "query")
        .filter_map(|p| p["name"].as_str().map(str::to_owned))
        .collect();
    Operation {
        rule,
        template: path.to_owned(),
        media_types: body["content"]
            .as_object()
            .map(|content| content.keys().cloned().collect())
            .unwrap_or_default(),
        body_required: body["required"].as_bool().unwrap_or(false),
        query,
        tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
    }
}
