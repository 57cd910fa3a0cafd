//! Sources of stock, as an operator adds them: an ERP whose files are counts, tills whose events are sales.

use demo_network::api::Api;
use domain::api::{NewSource, SourceKind, Transport};
use serde_json::json;

/// Adds a source, and is it from then on. One called `till…` sends events of tills, any other sends
/// counts; `format` is `csv` or `ndjson`.
pub fn open_source(operator: &Api, id: &str, format: &str) -> Api {
    operator.put_source(id, &new_source(id, format)).expect("a source");
    operator.as_source(id).expect("its token")
}

/// What an operator states of it.
pub fn new_source(id: &str, format: &str) -> NewSource {
    let fields: serde_json::Map<_, _> =
        ["sku", "location", "quantity", "kind", "at", "event_id", "order"]
            .map(|name| {
                (
                    name.to_owned(),
                    json!({ "column": name, "optional": !matches!(name, "sku" | "location") }),
                )
            })
            .into_iter()
            .collect();
    let format = if format == "csv" { json!({ "csv": {} }) } else { json!(format) };
    let is_till = id.starts_with("till");
    let content = if is_till { "till" } else { "counts" };
    let absent = if is_till { "kept" } else { "marked" };
    let profile = json!({ "version": 1, "name": id, "format": format, "content": content,
        "fields": fields, "absent": absent });
    let kind = if is_till { SourceKind::Till } else { SourceKind::Erp };
    NewSource {
        name: id.into(),
        kind,
        profile: Some(profile),
        hold_above: None,
        transport: Transport::Upload,
    }
}
