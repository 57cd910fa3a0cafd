//! Whether a value is what a schema says, as far as our description uses JSON Schema. Stricter in one
//! thing: a field that an object's schema does not name is a fault, since the description forgot it.

use std::collections::BTreeSet;

use serde_json::Value;

/// Checks a value against a schema of the document.
///
/// # Errors
/// Where and why it does not conform.
pub fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let known = names(document, schema, value);
    if let (Some(fields), Some(known)) = (value.as_object(), known)
        && let Some(extra) = fields.keys().find(|name| !known.contains(name.as_str()))
    {
        return Err(format!("{extra} is not described: {value}"));
    }
    one(document, schema, value)
}

/// Fields that a schema names for this value; `None` when it leaves them open.
fn names<'a>(document: &'a Value, schema: &'a Value, value: &Value) -> Option<BTreeSet<&'a str>> {
    let schema = resolve(document, schema);
    let mut named: Option<BTreeSet<&str>> =
        schema["properties"].as_object().map(|fields| fields.keys().map(String::as_str).collect());
    let parts = schema["allOf"].as_array().into_iter().flatten();
    let ways = ["oneOf", "anyOf"].into_iter().filter_map(|of| schema[of].as_array()).flatten();
    let ways = ways.filter(|way| one(document, way, value).is_ok());
    for part in parts.chain(ways) {
        if let Some(more) = names(document, part, value) {
            named.get_or_insert_default().extend(more);
        }
    }
    named
}

fn one(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolve(document, schema);
    let fail = |why: &str| Err(format!("{why}: {value} is not {schema}"));
    if !is_of_type(&schema["type"], value) {
        return fail("type");
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        return fail("enum");
    }
    if schema.get("const").is_some_and(|word| word != value) {
        return fail("const");
    }
    let bound = |name: &str| schema[name].as_f64().zip(value.as_f64());
    if bound("minimum").is_some_and(|(min, is)| is < min)
        || bound("maximum").is_some_and(|(max, is)| is > max)
    {
        return fail("bounds");
    }
    if schema["format"] == "date-time"
        && value.as_str().is_some_and(|text| domain::clock::TimeMs::from_rfc3339(text).is_err())
    {
        return fail("date-time");
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        one(document, part, value)?;
    }
    if let Some(ways) = schema["oneOf"].as_array() {
        let fit = ways.iter().filter(|way| check(document, way, value).is_ok()).count();
        if fit != 1 {
            return fail(&format!("{fit} of oneOf"));
        }
    }
    fields(document, schema, value)?;
    let items = value.as_array().into_iter().flatten();
    match schema.get("items") {
        Some(item) => items.into_iter().try_for_each(|value| check(document, item, value)),
        None => Ok(()),
    }
}

fn fields(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    let Some(fields) = value.as_object() else { return Ok(()) };
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        if !fields.contains_key(name) {
            return Err(format!("{name} is missing: {value}"));
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = fields.get(name) {
            check(document, schema, value).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    Ok(())
}

fn is_of_type(wanted: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().expect("a type is a word") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    };
    match wanted {
        Value::Null => true,
        Value::Array(any) => any.iter().any(is),
        name => is(name),
    }
}

/// The schema that a reference names.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(to) => {
            let place = to.strip_prefix('#').expect("within the document");
            resolve(document, document.pointer(place).unwrap_or_else(|| panic!("{to} is nowhere")))
        }
        None => schema,
    }
}

#[test]
fn what_does_not_conform_is_found() {
    let document = serde_json::json!({ "Unit": { "type": "integer", "minimum": 1 } });
    let schema = serde_json::json!({
        "type": "object", "required": ["units"],
        "properties": {
            "units": { "$ref": "#/Unit" },
            "at": { "oneOf": [{ "type": "null" }, { "type": "string", "format": "date-time" }] },
        },
    });
    let fits = |value: Value| check(&document, &schema, &value).is_ok();
    assert!(fits(serde_json::json!({ "units": 1, "at": "2026-11-23T06:41:07Z" })));
    assert!(fits(serde_json::json!({ "units": 1, "at": null })));
    for wrong in [
        serde_json::json!({}),
        serde_json::json!({ "units": 0 }),
        serde_json::json!({ "units": "1" }),
        serde_json::json!({ "units": 1, "at": "noon" }),
        serde_json::json!({ "units": 1, "more": 2 }),
        serde_json::json!([]),
    ] {
        assert!(!fits(wrong.clone()), "{wrong}");
    }
}
