//! Where the types alone do not say what is on the wire.

use domain::limits;
use serde_json::{Value, json};

/// Completes the schemas and the parameters.
pub fn complete(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    schemas["Quantity"]["minimum"] = json!(1);
    schemas["Quantity"]["maximum"] = json!(limits::LINE_QUANTITY_MAX);
    // An envelope's type and payload are those of a command.
    let envelope = schemas["Envelope"].take();
    schemas["Envelope"] = json!({
        "description": envelope["description"],
        "allOf": [envelope, { "$ref": "#/components/schemas/Command" }],
    });
    super::operations(document, |_, operation| {
        let packed = "/responses/200/content/application~1zstd";
        if let Some(chunk) = operation.pointer_mut(packed) {
            *chunk = json!({ "schema": { "contentMediaType": "application/zstd" } });
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        parameters.into_iter().flatten().for_each(|one| absent_not_null(&mut one["schema"]));
    });
}

/// A parameter that is not given is absent; a query has no null.
fn absent_not_null(schema: &mut Value) {
    let list = |schema: &Value, of: &str| schema.get(of)?.as_array().cloned();
    if let Some(types) = list(schema, "type") {
        schema["type"] = types.into_iter().find(|one| one != "null").unwrap_or_default();
    }
    if let Some(one_of) = list(schema, "oneOf") {
        *schema = one_of.into_iter().find(|one| one["type"] != "null").unwrap_or_default();
    }
}
