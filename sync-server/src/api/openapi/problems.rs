//! The problems that an operation answers with. A handler names its own codes; those of its
//! credential and of a broken server follow from who may call it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::codes;

/// Codes by HTTP status.
type ByStatus = BTreeMap<String, Vec<String>>;

/// Replaces the codes that an operation names by whole responses, and adds those that follow.
pub fn complete(method: &str, operation: &mut Value) {
    let mut codes = ByStatus::new();
    let responses = operation["responses"].as_object_mut().expect("every operation has responses");
    responses.retain(|status, response| {
        let is_problem = status.as_str() >= "400";
        if is_problem {
            let named = response["description"].as_str().unwrap_or_default();
            add(&mut codes, status, named);
        }
        !is_problem
    });
    for (status, named) in implied(method, &operation["security"]) {
        add(&mut codes, status, named);
    }
    let responses =
        codes.into_iter().map(|(status, codes)| (status.clone(), response(&status, &codes)));
    operation["responses"].as_object_mut().expect("as above").extend(responses);
}

fn add(codes: &mut ByStatus, status: &str, named: &str) {
    let known = codes.entry(status.to_owned()).or_default();
    known.extend(named.split_whitespace().map(str::to_owned));
    known.sort_unstable();
    known.dedup();
}

/// What the guard before the handler and the database below it answer.
fn implied(method: &str, security: &Value) -> Vec<(&'static str, &'static str)> {
    let ways = || security.as_array().into_iter().flatten();
    let named = |scheme: &str| ways().find_map(|way| way.get(scheme));
    let mut implied = Vec::new();
    if let Some(least) = named("session") {
        implied.push(("401", "signed_out"));
        implied.extend((least[0] != "store_manager").then_some(("403", "role_too_low")));
        implied.extend((method != "get").then_some(("403", "cross_site")));
    } else if named("channel").is_some() {
        implied.push(("401", "signed_out"));
    } else if named("device").is_some() {
        implied.extend([
            ("400", "cut_off"),
            ("401", "clock replay signature token unknown_device"),
            ("403", "quarantined revoked"),
            ("413", "too_large"),
        ]);
    } else {
        return implied;
    }
    implied.extend([("500", "internal"), ("503", "slow_down")]);
    implied.extend((method != "get").then_some(("507", "disk_full")));
    implied
}

fn response(status: &str, codes: &[String]) -> Value {
    let lines: Vec<_> = codes.iter().map(|code| format!("`{code}`: {}", meaning(code))).collect();
    let status: u16 = status.parse().expect("a status is a number");
    let mut response = json!({
        "description": lines.join("\n\n"),
        "content": { "application/problem+json": { "schema": {
            "allOf": [
                { "$ref": "#/components/schemas/Problem" },
                { "type": "object", "properties": {
                    "status": { "const": status }, "code": { "enum": codes },
                } },
            ],
        } } },
    });
    if codes.iter().any(|code| code == "slow_down") {
        response["headers"] = json!({ "Retry-After": {
            "description": "Seconds to wait.", "schema": { "type": "integer" },
        } });
    }
    response
}

/// # Panics
/// A handler names a code that is not in the table: a bug.
fn meaning(code: &str) -> &'static str {
    codes::meaning(code).unwrap_or_else(|| panic!("{code} is not in the table of codes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_answered_somewhere() {
        let text = super::super::text();
        // A path or a method that is none has no operation.
        let others = codes::CODES.into_iter().filter(|(code, _)| *code != "wrong_method");
        for (code, _) in others {
            assert!(text.contains(&format!("\"{code}\"")), "{code} is in no operation");
        }
    }
}
