//! The OpenAPI document: complete for every operation, true to itself, and the same as the committed file.

use std::collections::BTreeSet;

use guildhall::app;
use serde_json::Map;
use serde_json::Value;

/// One operation of the document.
pub struct Operation {
    pub id: String,
    pub method: String,
    pub path: String,
    pub body: Value,
}

impl Operation {
    /// Names of the parameters in the path.
    pub fn path_names(&self) -> Vec<String> {
        self.path
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
            .collect()
    }
}

/// Every operation of the document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, body) in item.as_object().expect("methods") {
            found.push(Operation {
                id: body["operationId"].as_str().unwrap_or_default().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                body: body.clone(),
            });
        }
    }
    found
}

/// The media type and example of an operation's body, if it takes one.
pub fn example(document: &Value, operation: &Operation) -> Option<(String, Value)> {
    let content = operation.body["requestBody"]["content"].as_object()?;
    let (media, content) = content.iter().next()?;
    let examples = [
        content.get("example"),
        resolve(document, &content["schema"]).get("example"),
    ];
    let example = examples.into_iter().flatten().next().cloned();
    Some((media.clone(), example.unwrap_or(Value::Null)))
}

/// Follows a reference.
fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#');
            let target = document.pointer(pointer);
            resolve(
                document,
                target.unwrap_or_else(|| panic!("{reference} leads nowhere")),
            )
        }
        None => schema,
    }
}

fn complaints(check: impl Fn(&Value, &Operation, &mut Vec<String>)) {
    let document = app::document();
    let mut found = Vec::new();
    for operation in operations(&document) {
        let mut of_this = Vec::new();
        check(&document, &operation, &mut of_this);
        found.extend(
            of_this
                .iter()
                .map(|c| format!("{} {}: {c}", operation.method, operation.path)),
        );
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_operation_says_what_it_is_for_and_who_may_call_it() {
    complaints(|_, operation, found| {
        for text in ["operationId", "summary", "description", "x-authz"] {
            if operation.body[text].as_str().is_none_or(str::is_empty) {
                found.push(format!("no {text}"));
            }
        }
        if operation.body["tags"]
            .as_array()
            .is_none_or(|tags| tags.len() != 1)
        {
            found.push("not exactly one tag".to_owned());
        }
        if !operation.body["security"].is_array() {
            found.push("no security".to_owned());
        }
    });
    let document = app::document();
    let mut seen = BTreeSet::new();
    for operation in operations(&document) {
        assert!(
            seen.insert(operation.id.clone()),
            "{} names two operations",
            operation.id
        );
    }
}

#[test]
fn every_operation_answers_with_a_success_and_with_problems() {
    complaints(|_, operation, found| {
        let none = Map::new();
        let responses = operation.body["responses"].as_object().unwrap_or(&none);
        if !responses.keys().any(|s| s.starts_with('2') || s == "302") {
            found.push("no success".to_owned());
        }
        for status in ["429", "500", "503"] {
            if !responses.contains_key(status) {
                found.push(format!("no {status}"));
            }
        }
        let secured = operation.body["security"]
            .as_array()
            .is_some_and(|s| !s.is_empty());
        if secured && !responses.contains_key("401") {
            found.push("no 401".to_owned());
        }
        for (status, response) in responses {
            let described = response["$ref"].is_string()
                || response["description"]
                    .as_str()
                    .is_some_and(|d| !d.is_empty());
            if !described {
                found.push(format!("{status} is not described"));
            }
        }
    });
}

#[test]
fn every_path_parameter_is_declared_and_every_declared_one_is_in_the_path() {
    complaints(|_, operation, found| {
        let empty = Vec::new();
        let declared: BTreeSet<String> = operation.body["parameters"]
            .as_array()
            .unwrap_or(&empty)
            .iter()
            .filter(|p| p["in"] == "path" && p["required"] == true)
            .filter_map(|p| p["name"].as_str().map(str::to_owned))
            .collect();
        let named: BTreeSet<String> = operation.path_names().into_iter().collect();
        if declared != named {
            found.push(format!(
                "the path names {named:?}, the parameters {declared:?}"
            ));
        }
    });
}

#[test]
fn every_body_has_an_example_that_fits_its_schema() {
    complaints(|document, operation, found| {
        let Some(content) = operation.body["requestBody"]["content"].as_object() else {
            return;
        };
        for (media, content) in content {
            let schema = &content["schema"];
            let example = content
                .get("example")
                .or_else(|| resolve(document, schema).get("example"));
            match example {
                Some(example) => misfits(document, schema, example, "#", found),
                None => found.push(format!("no example of {media}")),
            }
        }
    });
}

#[test]
fn every_reference_and_every_security_scheme_leads_somewhere() {
    let document = app::document();
    let mut references = Vec::new();
    collect(&document, "$ref", &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let reference = reference.as_str().expect("a text");
        let pointer = reference
            .strip_prefix('#')
            .expect("a reference into this document");
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    }
    let schemes = document["components"]["securitySchemes"]
        .as_object()
        .expect("schemes");
    for operation in operations(&document) {
        for requirement in operation.body["security"].as_array().into_iter().flatten() {
            for name in requirement.as_object().expect("an object").keys() {
                assert!(
                    schemes.contains_key(name),
                    "{}: {name} is no scheme",
                    operation.id
                );
            }
        }
    }
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    let served = serde_json::to_string_pretty(&app::document()).expect("JSON");
    assert!(
        committed.trim_end() == served,
        "refresh it: cargo run -- openapi > openapi/openapi.json"
    );
}

fn collect<'d>(value: &'d Value, name: &str, found: &mut Vec<&'d Value>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if key == name {
                    found.push(member);
                } else {
                    collect(member, name, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        _ => {}
    }
}

/// Where `value` does not fit `schema`: shapes, required and unknown members, words, and limits.
fn misfits(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolve(document, schema);
    for choice in ["oneOf", "anyOf"] {
        if let Some(options) = schema[choice].as_array() {
            let fits = options.iter().any(|option| {
                let mut inner = Vec::new();
                misfits(document, option, value, at, &mut inner);
                inner.is_empty()
            });
            if !fits {
                found.push(format!("{at} fits none of its shapes"));
            }
        }
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        misfits(document, part, value, at, found);
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        found.push(format!("{at} is none of {words:?}"));
    }
    if !has_type(&schema["type"], value) {
        found.push(format!("{at} is no {}", schema["type"]));
        return;
    }
    check_limits(schema, value, at, found);
    if let Some(members) = value.as_object() {
        check_members(document, schema, members, at, found);
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        if schema["items"].is_object() {
            misfits(
                document,
                &schema["items"],
                item,
                &format!("{at}/{index}"),
                found,
            );
        }
    }
}

fn check_members(
    document: &Value,
    schema: &Value,
    members: &Map<String, Value>,
    at: &str,
    found: &mut Vec<String>,
) {
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = required.as_str().unwrap_or_default();
        if !members.contains_key(name) {
            found.push(format!("{at} lacks {name}"));
        }
    }
    for (name, member) in members {
        let place = format!("{at}/{name}");
        if let Some(inner) = schema["properties"].get(name) {
            misfits(document, inner, member, &place, found);
        } else if schema["additionalProperties"].is_object() {
            misfits(
                document,
                &schema["additionalProperties"],
                member,
                &place,
                found,
            );
        } else if schema["properties"].is_object() && schema["additionalProperties"] != true {
            found.push(format!("{place} is not known"));
        }
    }
}

fn has_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    match wanted {
        Value::String(name) => is(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn check_limits(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let measures = [
        (
            "minLength",
            "maxLength",
            value.as_str().map(|s| s.chars().count() as i64),
        ),
        (
            "minItems",
            "maxItems",
            value.as_array().map(|a| a.len() as i64),
        ),
        ("minimum", "maximum", value.as_i64()),
    ];
    for (least, most, measure) in measures {
        let Some(measure) = measure else { continue };
        let low = schema[least].as_i64().is_some_and(|limit| measure < limit);
        let high = schema[most].as_i64().is_some_and(|limit| measure > limit);
        if low || high {
            found.push(format!("{at} is outside of its limits"));
        }
    }
}
