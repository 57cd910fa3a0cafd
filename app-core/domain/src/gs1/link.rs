//! GS1 Digital Link: element strings as web addresses of any host.
//!
//! Uncompressed links only; short names such as `/gtin/` were withdrawn by GS1 and stay text.

use super::scan::{Elements, Scan};
use super::{Gs1Error, ai};

/// True when the text starts as a web address does.
pub(super) fn is_web_address(text: &str) -> bool {
    let scheme = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    scheme.starts_with("https://") || scheme.starts_with("http://")
}

/// Identifiers that can lead a Digital Link path.
const PRIMARY_KEYS: &[&str] = &[
    "00", "01", "253", "255", "401", "402", "414", "417", "8003", "8004", "8006", "8010", "8013",
    "8017", "8018",
];

/// The elements in the address; text when it has none, an error when it has a misread number.
pub(super) fn digital_link(address: &str) -> Result<Scan, Gs1Error> {
    let after_scheme = address.split_once("://").map_or("", |(_, rest)| rest);
    let before_fragment = after_scheme.split('#').next().unwrap_or("");
    let (path, query) = before_fragment.split_once('?').unwrap_or((before_fragment, ""));
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
    let mut refusal = None;
    for start in 0..segments.len() {
        if !PRIMARY_KEYS.contains(&segments[start]) {
            continue;
        }
        match link_elements(&segments[start..], query) {
            Ok(elements) => return Ok(Scan::Elements(elements)),
            // Any shop's address may have a folder "01"; only a misread number is worth an error.
            Err(e @ (Gs1Error::CheckDigit { .. } | Gs1Error::Contradiction(_))) => {
                refusal = Some(e);
            }
            Err(_) => {}
        }
    }
    refusal.map_or_else(|| Ok(Scan::Text(address.to_owned())), Err)
}

fn link_elements(path: &[&str], query: &str) -> Result<Elements, Gs1Error> {
    if !path.len().is_multiple_of(2) {
        return Err(Gs1Error::DigitalLink("an identifier without a value"));
    }
    let mut elements = Elements::default();
    for pair in path.chunks(2) {
        push_link(&mut elements, pair[0], pair[1])?;
    }
    for (key, value) in query.split(['&', ';']).filter_map(|pair| pair.split_once('=')) {
        if ai::format(key).is_some() {
            push_link(&mut elements, key, value)?;
        }
    }
    Ok(elements)
}

fn push_link(elements: &mut Elements, ai: &str, value: &str) -> Result<(), Gs1Error> {
    let value = percent_decode(value)?;
    match ai {
        // Older links carry a trade item number without its padding.
        "01" if matches!(value.len(), 8 | 12 | 13) => elements.push(ai, &format!("{value:0>14}")),
        _ => elements.push(ai, &value),
    }
}

fn percent_decode(text: &str) -> Result<String, Gs1Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let pair = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
            let pair = pair.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
            let hex = pair.ok_or(Gs1Error::DigitalLink("a broken percent escape"))?;
            bytes.push(u8::from_str_radix(hex, 16).expect("two hexadecimal digits"));
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_err(|_| Gs1Error::DigitalLink("escapes that are not UTF-8"))
}
