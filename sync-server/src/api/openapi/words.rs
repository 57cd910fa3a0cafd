//! What stands in the source for its readers, without what is only for them: links between Rust
//! items, and sections about errors, which the problems say better.

use serde_json::Value;

/// Cleans every description.
pub fn clean(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = plain(text);
                if text.is_empty() {
                    fields.remove("description");
                }
            }
            fields.values_mut().for_each(clean);
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

/// Text up to its errors; of a link only the name.
fn plain(text: &str) -> String {
    let text = text.split("# Errors").next().unwrap_or_default().trim();
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let (item, after) = link.split_once("`]").expect("links end");
        plain.push_str(before);
        plain.push_str(&format!("`{}`", item.rsplit("::").next().unwrap_or(item)));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_of_the_api_sees_no_rust() {
        assert_eq!(
            plain("Shows it, see [`crate::item::Item`].\n\n# Errors\n`x`."),
            "Shows it, see `Item`."
        );
        assert_eq!(plain("# Errors\nAny."), "");
    }
}
