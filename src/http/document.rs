//! The OpenAPI document: what the handlers declare, joined with the access table and the problems.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::kernel::access::Allow;
use crate::kernel::access::Rule;

/// Completes the document that was collected from the handlers.
pub fn complete(collected: &utoipa::openapi::OpenApi, rules: &[Rule]) -> Value {
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    document["info"] = json!({
        "title": "Guildhall",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Alliances of small merchants pool contributions, decide together, share promotions and negotiate group prices. Every refusal is an RFC 9457 problem with a stable code.",
        "license": { "name": "MIT OR Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/" }]);
    document["components"]["securitySchemes"]["bearer"] = json!({
        "type": "http",
        "scheme": "bearer",
        "description": "An access token (10 minutes), a manufacturer's API key, or a link session."
    });
    let problem = json!({
        "description": "A problem; see `code`",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
    });
    document["components"]["responses"]["Problem"] = problem;
    if let Some(paths) = document["paths"].as_object_mut() {
        for operation in paths
            .values_mut()
            .filter_map(Value::as_object_mut)
            .flat_map(Map::values_mut)
        {
            let name = operation["operationId"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            if let Some(rule) = rules.iter().find(|rule| rule.operation == name) {
                complete_operation(operation, rule);
            }
        }
    }
    document
}

fn complete_operation(operation: &mut Value, rule: &Rule) {
    operation["security"] = match rule.allow {
        Allow::Public => json!([]),
        Allow::Anybody => json!([{}, { "bearer": [] }]),
        _ => json!([{ "bearer": [] }]),
    };
    operation["x-authz"] = Value::String(authz(rule.allow));
    let has_body = operation.get("requestBody").is_some();
    let writes = has_body || rule.idempotency_required || rule.if_match_required;
    operation["x-idempotency"] = json!(match (rule.idempotency_required, writes) {
        (true, _) => "required",
        (false, true) => "optional",
        (false, false) => "none",
    });
    operation["x-if-match"] = json!(rule.if_match_required);
    add_header_parameters(operation, rule);
    let has_path = operation["parameters"]
        .as_array()
        .is_some_and(|p| p.iter().any(|p| p["in"] == "path"));
    let has_query = operation["parameters"]
        .as_array()
        .is_some_and(|p| p.iter().any(|p| p["in"] == "query"));
    let mut statuses = vec!["429", "500", "503"];
    if has_body || has_query || writes {
        statuses.push("400");
    }
    if rule.allow != Allow::Public {
        statuses.extend(["401", "403"]);
    }
    if has_path {
        statuses.push("404");
    }
    if has_body {
        statuses.extend(["408", "413", "415", "422"]);
    }
    if writes {
        statuses.extend(["409", "422"]);
    }
    if rule.if_match_required {
        statuses.extend(["412", "428"]);
    }
    for status in statuses {
        if operation["responses"].get(status).is_none() {
            operation["responses"][status] = json!({ "$ref": "#/components/responses/Problem" });
        }
    }
}

fn add_header_parameters(operation: &mut Value, rule: &Rule) {
    let mut headers = Vec::new();
    if rule.idempotency_required {
        headers.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "Any 1 to 255 visible ASCII characters; the same one for a retry. Kept 72 hours.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            "example": "f0e1d2c3-payment-7"
        }));
    }
    if rule.if_match_required {
        headers.push(json!({
            "name": "If-Match", "in": "header", "required": true,
            "description": "The ETag that was last read.",
            "schema": { "type": "string", "maxLength": 30, "pattern": "^(W/)?\"v[0-9]+\"$" },
            "example": "\"v1\""
        }));
    }
    if headers.is_empty() {
        return;
    }
    match operation["parameters"].as_array_mut() {
        Some(parameters) => parameters.append(&mut headers),
        None => operation["parameters"] = Value::Array(headers),
    }
}

/// The rule in words, as the document's `x-authz`.
fn authz(allow: Allow) -> String {
    match allow {
        Allow::Public => "public".to_owned(),
        Allow::Anybody => "public; more with a credential".to_owned(),
        Allow::Account => "account".to_owned(),
        Allow::Verified => "verified account".to_owned(),
        Allow::Roles(roles) => roles
            .iter()
            .map(|r| r.as_str())
            .collect::<Vec<_>>()
            .join(" or "),
        Allow::MerchantStaff => "staff of the merchant".to_owned(),
        Allow::Manufacturer => "staff, key or link of the manufacturer".to_owned(),
        Allow::Participant => "people of the alliance, or an invited manufacturer".to_owned(),
        Allow::Admin => "platform admin".to_owned(),
    }
}
